package author

import (
	"context"
	"os"

	"endstate/internal/scenario"
	"endstate/labs"
)

// Own is a scenario in a folder of this machine, which can be edited.
type Own struct {
	Name   string
	Title  string // empty: it can't be read
	Folder string
}

// Own returns the scenarios that are in folders of this machine, as they are now, in the order of their
// names. What is part of the program is left out.
func (d *Desk) Own(who labs.Learner) ([]Own, error) {
	if err := mayAuthor(who); err != nil {
		return nil, err
	}
	library := d.parts.Reread()
	titles := map[string]string{}
	for _, s := range library.List() {
		titles[s.Name] = s.Title
	}
	found := []Own{}
	for _, name := range library.Names() {
		if folder := library.Path(name); folder != "" {
			found = append(found, Own{name, titles[name], folder})
		}
	}
	return found, nil
}

// Find returns one of those scenarios.
func (d *Desk) Find(who labs.Learner, name string) (*Own, error) {
	all, err := d.Own(who)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if one.Name == name {
			return &one, nil
		}
	}
	return nil, &labs.Problem{Code: labs.CodeNotFound, What: "There is no scenario " + name + " in a folder that can be edited", Usage: true}
}

// Mistakes finds mistakes in one scenario as it is now, without containers.
func (d *Desk) Mistakes(who labs.Learner, name string) (scenario.Mistakes, error) {
	own, err := d.Find(who, name)
	if err != nil {
		return nil, err
	}
	return d.parts.Read([]scenario.Root{{Files: os.DirFS(own.Folder), Path: own.Folder}}).Lint(), nil
}

// Follow calls report once it follows the files of a scenario, so that no change is missed, and then each time
// that some have changed, until the context ends.
func (d *Desk) Follow(ctx context.Context, who labs.Learner, name string, report func()) error {
	own, err := d.Find(who, name)
	if err != nil {
		return err
	}
	changes, stop, err := changesIn(ctx, own.Folder)
	if err != nil {
		return err
	}
	defer stop()
	report()
	for {
		select {
		case <-changes:
			report()
		case <-ctx.Done():
			return nil
		}
	}
}

package author

import (
	"context"
	"os"
	"path/filepath"

	"endstate/internal/collections"
	"endstate/internal/scenario"
	"endstate/labs"
)

// Collected is a collection of scenarios of others, and what can be used of it.
type Collected struct {
	collections.Collection
	Scenarios []string `json:"scenarios"`
	LeftOut   []string `json:"left_out,omitempty"` // because others have the same names
	Before    string   `json:"before,omitempty"`   // the commit that an update replaced
}

// Collections is where collections are kept, below the home folder.
func Collections(home string) collections.Store {
	return collections.Store{Folder: filepath.Join(home, "collections")}
}

func (d *Desk) collections() collections.Store {
	store := Collections(d.parts.Home())
	store.Clock = d.parts.Now
	return store
}

// AddCollection fetches a repository of scenarios and pins it to a commit. From then on its
// scenarios are there. One that was already added stays as it is.
func (d *Desk) AddCollection(ctx context.Context, who labs.Learner, address string, emit labs.Emit) (*Collected, error) {
	if err := mayAuthor(who); err != nil {
		return nil, err
	}
	end := emit.Step(labs.FetchScenarios, address)
	c, err := d.collections().Add(ctx, address)
	if end(err); err != nil {
		return nil, err
	}
	return d.collected(*c), nil
}

// UpdateCollection fetches collections again: one by name or address, or all. With an error, it
// returns those that were updated before.
func (d *Desk) UpdateCollection(ctx context.Context, who labs.Learner, name string, emit labs.Emit) ([]Collected, error) {
	if err := mayAuthor(who); err != nil {
		return nil, err
	}
	wanted, err := d.collections().List()
	if name != "" && err == nil {
		var one *collections.Collection
		one, err = d.collection(name)
		if err == nil {
			wanted = []collections.Collection{*one}
		}
	}
	var updated []Collected
	for _, c := range wanted {
		if err != nil {
			break
		}
		end := emit.Step(labs.FetchScenarios, c.Address)
		var fresh *collections.Collection
		fresh, err = d.collections().Update(ctx, &c)
		if end(err); err == nil {
			one := d.collected(*fresh)
			one.Before = c.Commit
			updated = append(updated, *one)
		}
	}
	return updated, err
}

// ListCollections returns the collections that were added.
func (d *Desk) ListCollections(labs.Learner) ([]Collected, error) {
	all, err := d.collections().List()
	found := []Collected{}
	for _, c := range all {
		found = append(found, *d.collected(c))
	}
	return found, err
}

// RemoveCollection removes a collection, by name or address. Labs of its scenarios go on, but can't
// be checked any more.
func (d *Desk) RemoveCollection(who labs.Learner, name string) (*collections.Collection, error) {
	if err := mayAuthor(who); err != nil {
		return nil, err
	}
	c, err := d.collection(name)
	if err == nil {
		err = d.collections().Remove(c)
	}
	return c, err
}

func (d *Desk) collection(name string) (*collections.Collection, error) {
	c, err := d.collections().Find(name)
	if err != nil || c != nil {
		return c, err
	}
	return nil, &labs.Problem{
		Code: labs.CodeNotFound, What: "There is no collection " + name, Usage: true,
		Acts: []labs.Act{{Name: labs.ActCollections, For: "See those that were added"}},
	}
}

// collected says what can be used of a collection: what no earlier one and no other folder has.
func (d *Desk) collected(c collections.Collection) *Collected {
	others := d.parts.Bundled()
	all, _ := d.collections().List()
	for _, one := range all {
		if one.Name < c.Name {
			others = append(others, ForeignRoot(one))
		}
	}
	result := &Collected{Collection: c, Scenarios: []string{}}
	before := d.parts.Read(others)
	for _, s := range d.parts.Read([]scenario.Root{ForeignRoot(c)}).List() {
		if before.Has(s.Name) {
			result.LeftOut = append(result.LeftOut, s.Name)
		} else {
			result.Scenarios = append(result.Scenarios, s.Name)
		}
	}
	return result
}

// ForeignRoot returns the folder of a collection's scenarios: scenarios/ if it has one, else its
// own.
func ForeignRoot(c collections.Collection) scenario.Root {
	folder := c.Folder
	if info, err := os.Stat(filepath.Join(folder, "scenarios")); err == nil && info.IsDir() {
		folder = filepath.Join(folder, "scenarios")
	}
	return scenario.Root{Files: os.DirFS(folder), Path: folder, Foreign: true}
}

// Roots returns the folders of scenarios of others: those that were added, and those of more
// addresses, which are added. It reports each fetch.
func Roots(ctx context.Context, store collections.Store, addresses []string, fetching func(address string)) ([]scenario.Root, error) {
	for _, address := range addresses {
		parsed, err := collections.ParseAddress(address)
		if err != nil {
			return nil, err
		}
		if there, err := store.Find(parsed.String()); err != nil || there != nil {
			continue // List returns the error
		}
		fetching(address)
		if _, err := store.Add(ctx, address); err != nil {
			return nil, err
		}
	}
	all, err := store.List()
	var roots []scenario.Root
	for _, c := range all {
		roots = append(roots, ForeignRoot(c))
	}
	return roots, err
}

package author

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"endstate/internal/scenario"
	"endstate/labs"
)

// Round is one round of proofs that a watch plays.
type Round struct {
	Changed []string // the files that caused it; none for the first round
	Proved  *Proved
	Err     error // why nothing was played: mistakes in the scenarios, for example
}

// Watching is how a watch reports what it does.
type Watching struct {
	// Begin is called before each round and returns where the round's events go.
	Begin func(changed []string) labs.Emit
	// End is called after each round. A round that a change has overtaken does not end.
	End func(Round)
}

// changesIn reports the files of folders that change, each time that some have, until the context ends or
// stop is called.
func changesIn(ctx context.Context, folders ...string) (changes <-chan []string, stop func(), err error) {
	watcher, err := fsnotify.NewWatcher()
	if err == nil {
		if err = addFolders(watcher, folders...); err != nil {
			err = errors.Join(err, watcher.Close())
		}
	}
	if err != nil {
		return nil, nil, err
	}
	changed := make(chan []string)
	go collect(ctx, watcher, changed)
	return changed, func() { _ = watcher.Close() }, nil
}

// Watch plays proofs, and plays them again whenever a file of their scenarios changes, at the same
// seeds, until the context ends. Only a change of what goes into the hosts builds them anew. A
// change during a round starts the next one at once.
func (d *Desk) Watch(ctx context.Context, who labs.Learner, wanted Proving, report Watching) error {
	if err := mayAuthor(who); err != nil {
		return err
	}
	folders, err := watchable(d.parts.Library(), &wanted)
	if err != nil {
		return err
	}
	changes, stop, err := changesIn(ctx, folders...)
	if err != nil {
		return err
	}
	defer stop()
	var changed []string
	for {
		changed = d.round(ctx, who, wanted, changed, changes, report)
		if ctx.Err() != nil {
			return nil
		}
	}
}

// round plays one round, and returns the next changed files.
func (d *Desk) round(ctx context.Context, who labs.Learner, wanted Proving, changed []string, changes <-chan []string, report Watching) []string {
	current, overtake := context.WithCancel(ctx)
	defer overtake()
	ended := make(chan Round, 1)
	emit := report.Begin(changed)
	go func() {
		proved, err := d.proveFrom(current, who, d.parts.Reread(), wanted, emit)
		ended <- Round{Changed: changed, Proved: proved, Err: err}
	}()
	var next []string
	select {
	case round := <-ended:
		if ctx.Err() == nil {
			report.End(round)
		}
		select {
		case next = <-changes:
		case <-ctx.Done():
		}
		return next
	case next = <-changes:
	case <-ctx.Done():
	}
	overtake()
	<-ended // its labs are gone
	return next
}

// watchable returns the folders of the wanted scenarios, and names these if all are wanted. Those
// that are part of the program can't change.
func watchable(library *scenario.Library, wanted *Proving) ([]string, error) {
	if len(wanted.Scenarios) == 0 {
		for _, s := range library.List() {
			if library.Path(s.Name) != "" {
				wanted.Scenarios = append(wanted.Scenarios, s.Name)
			}
		}
	}
	var folders []string
	for _, name := range wanted.Scenarios {
		folder := library.Path(name)
		if folder == "" {
			if _, err := library.Variant(name, 1); err != nil {
				return nil, err
			}
			return nil, labs.Misuse("The scenario "+name+" is part of the program, so it does not change", "Name a scenario of a folder of your own.")
		}
		folders = append(folders, folder)
	}
	if len(folders) == 0 {
		return nil, labs.Misuse("There is no scenario to watch", "Give a folder of scenarios.")
	}
	return folders, nil
}

// addFolders watches folders and those in them: the system watches each folder on its own.
func addFolders(watcher *fsnotify.Watcher, folders ...string) error {
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.IsDir() {
				return err
			}
			return watcher.Add(path)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// quiet is how long nothing must change before a round begins: editors write a file in several
// steps.
const quiet = 150 * time.Millisecond

// collect sends the files that changed, once no more change.
func collect(ctx context.Context, watcher *fsnotify.Watcher, changes chan<- []string) {
	var changed []string
	timer := time.NewTimer(quiet)
	for {
		var ready chan<- []string
		var due <-chan time.Time
		if len(changed) > 0 {
			due = timer.C
		}
		select {
		case <-ctx.Done():
			return
		case event, open := <-watcher.Events:
			if !open {
				return
			}
			if isEdit(event) && !slices.Contains(changed, event.Name) {
				changed = append(changed, event.Name)
			}
			if event.Has(fsnotify.Create) {
				_ = addFolders(watcher, event.Name) // not a folder, or gone again: nothing to watch
			}
			timer.Reset(quiet)
		case <-due:
			ready = changes
		}
		if ready != nil {
			select {
			case ready <- changed:
				changed = nil
			case <-ctx.Done():
				return
			}
		}
	}
}

// isEdit reports whether an event changes a file of a scenario, rather than one that an editor
// keeps for itself.
func isEdit(event fsnotify.Event) bool {
	name := filepath.Base(event.Name)
	return event.Op != fsnotify.Chmod && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "~") && name != "4913"
}

package admission

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/gofrs/flock"
)

// A reservation is a file that the process which starts a lab holds locked: so the room of a killed
// process is free again. Its content is the lab.
const (
	reservations = "starting"
	unfinished   = ".new"
)

// reserve keeps room for a lab until leave is called.
func (g *Gate) reserve(lab Lab) (leave func(), err error) {
	text, err := json.Marshal(lab)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(g.Folder, reservations)
	sum := sha256.Sum256([]byte(lab.Owner))
	path := filepath.Join(folder, hex.EncodeToString(sum[:4])+"-"+rand.Text())
	lock := flock.New(path+unfinished, flock.SetPermissions(0o644))
	if err := makeShared(folder); err != nil {
		return nil, fmt.Errorf("create the folder of reservations: %w", err)
	}
	// It gets its name once it is locked and complete.
	if _, err = lock.TryLock(); err == nil {
		err = os.WriteFile(lock.Path(), text, 0o644)
	}
	if err == nil {
		err = os.Rename(lock.Path(), path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reserve room for a lab: %w", err), os.Remove(lock.Path()), lock.Unlock())
	}
	return func() { _, _ = os.Remove(path), lock.Unlock() }, nil
}

// makeShared creates a folder that all users of the machine share, as they do /tmp.
func makeShared(folder string) error {
	err := os.Mkdir(folder, 0o777)
	if err == nil {
		err = os.Chmod(folder, 0o777|fs.ModeSticky)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// taken returns the labs that run, and those that are being started.
func (g *Gate) taken(ctx context.Context) ([]Lab, error) {
	starting, err := g.starting()
	if err != nil {
		return nil, err
	}
	running, err := g.Running(ctx)
	for _, lab := range starting {
		if !slices.ContainsFunc(running, func(l Lab) bool { return l.Owner == lab.Owner && l.Scenario == lab.Scenario }) {
			running = append(running, lab)
		}
	}
	return running, err
}

// starting returns the labs that are being started, and removes what killed processes have left.
func (g *Gate) starting() ([]Lab, error) {
	found, err := filepath.Glob(filepath.Join(g.Folder, reservations, "*-*"))
	var all []Lab
	for _, path := range found {
		if filepath.Ext(path) == unfinished {
			continue
		}
		lock := flock.New(path, flock.SetFlag(os.O_RDONLY))
		if locked, err := lock.TryLock(); locked {
			_, _ = os.Remove(path), lock.Unlock()
			continue
		} else if err != nil {
			continue // it was removed meanwhile
		}
		var lab Lab
		if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &lab) == nil {
			all = append(all, lab)
		}
	}
	return all, err
}

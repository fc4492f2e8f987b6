package places

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// idle is the file that the holder of the place for work that nobody waits for locks.
const idle = "idle"

// TakeIdle takes the one place of the machine for work that nobody waits for, if no caller of
// Take is working or waiting. It is not one of the places that Take gives, so it keeps nobody
// from them. If it can't be taken now, ok is false.
func (p *Places) TakeIdle() (leave func(), ok bool) {
	if p.makeDir() != nil {
		return nil, false
	}
	names, err := p.tickets()
	if err != nil {
		return nil, false
	}
	for _, name := range names {
		if p.lives(name) {
			return nil, false
		}
	}
	place, err := p.lock(idle)
	if err != nil || place == nil {
		return nil, false
	}
	return func() { _ = place.Unlock() }, true
}

// lock locks a file of the folder, and returns nil if another caller has locked it.
func (p *Places) lock(name string) (*flock.Flock, error) {
	path := filepath.Join(p.dir, name)
	// In a sticky folder, Linux may refuse O_CREATE for another user's file, so create the file on
	// its own.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o644)
	if err == nil {
		err = file.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("create a place: %w", err)
	}
	place := flock.New(path, flock.SetFlag(os.O_RDONLY))
	locked, err := place.TryLock()
	if err != nil || !locked {
		return nil, err
	}
	return place, nil
}

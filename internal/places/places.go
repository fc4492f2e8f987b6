// Package places bounds how many of the grader's own hosts work at once on a machine,
// across all processes and users. Whoever finds no place waits in line, fair between owners.
//
// Everything is in a folder: a file for each place, held by a lock on it, and a file for
// each that waits or works, a ticket, which is locked for as long as its process lives. So
// a process that was killed holds no place and stands in no line.
package places

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	// How long the first in line wait before they look again, and those further behind.
	pause        = 50 * time.Millisecond
	longestPause = time.Second
)

// Places are the places of a machine. They are safe to use side by side.
type Places struct {
	dir string
	n   int
}

// In returns n places that are kept in a folder. It is made if it is not there, and shared
// with all who can write to its parent.
func In(dir string, n int) *Places { return &Places{dir: dir, n: n} }

// Machine returns the places of this machine, which all its users share: one a processor,
// and two at least.
func Machine() *Places {
	return In(filepath.Join(os.TempDir(), "endstate-places"), max(2, runtime.NumCPU()))
}

// Take waits for a place and returns what gives it back. While it waits it tells how many
// are before it. It ends with its context.
func (p *Places) Take(ctx context.Context, owner string, before func(int)) (leave func(), err error) {
	if err := p.makeDir(); err != nil {
		return nil, err
	}
	if err := p.sweep(); err != nil {
		return nil, err
	}
	t, err := p.newTicket(owner)
	if err != nil {
		return nil, err
	}
	for {
		position, first, err := p.position(t)
		if err != nil {
			return nil, errors.Join(err, t.tear())
		}
		if first {
			place, err := p.free()
			if err != nil {
				return nil, errors.Join(err, t.tear())
			}
			if place != nil {
				t.works()
				return func() { _, _ = place.Unlock(), t.tear() }, nil
			}
		}
		before(position)
		select {
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), t.tear())
		case <-time.After(min(longestPause, pause*time.Duration(1+position/p.n))):
		}
	}
}

// makeDir makes the folder, into which everybody may write as into that for temporary files.
func (p *Places) makeDir() error {
	err := os.Mkdir(p.dir, 0o777)
	if err == nil {
		err = os.Chmod(p.dir, 0o777|fs.ModeSticky)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the folder of places: %w", err)
	}
	return nil
}

// free returns a lock on a place that nobody has; nil if there is none.
func (p *Places) free() (*flock.Flock, error) {
	for i := range p.n {
		name := filepath.Join(p.dir, fmt.Sprintf("place-%d", i))
		// Of another user's file in such a folder nobody may say that it is to be made.
		file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil {
			err = file.Close()
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("make a place: %w", err)
		}
		place := flock.New(name, flock.SetFlag(os.O_RDONLY))
		if locked, err := place.TryLock(); err != nil || locked {
			return place, err
		}
	}
	return nil, nil
}

// ticket is one that waits or works.
type ticket struct {
	name  string // w or r, as it waits or works; when it came; its owner; and something unique
	dir   string
	lock  *flock.Flock
	owner string
}

const (
	waits = "w"
	works = "r"
)

func (p *Places) newTicket(owner string) (*ticket, error) {
	sum := sha256.Sum256([]byte(owner))
	t := &ticket{dir: p.dir, owner: hex.EncodeToString(sum[:8])}
	t.name = fmt.Sprintf("%s-%020d-%s-%s", waits, time.Now().UnixNano(), t.owner, rand.Text()[:8])
	// Under a name that is none, until it is locked: else it would be taken for a dead one's.
	t.lock = flock.New(filepath.Join(t.dir, "new-"+t.name), flock.SetPermissions(0o644))
	if _, err := t.lock.TryLock(); err != nil {
		return nil, fmt.Errorf("stand in line for a place: %w", err)
	}
	if err := os.Rename(t.lock.Path(), filepath.Join(t.dir, t.name)); err != nil {
		return nil, errors.Join(fmt.Errorf("stand in line for a place: %w", err), os.Remove(t.lock.Path()), t.lock.Unlock())
	}
	return t, nil
}

// works says that it waits no more. If that can't be said, it is only counted wrongly.
func (t *ticket) works() {
	now := works + strings.TrimPrefix(t.name, waits)
	if os.Rename(filepath.Join(t.dir, t.name), filepath.Join(t.dir, now)) == nil {
		t.name = now
	}
}

func (t *ticket) tear() error {
	return errors.Join(os.Remove(filepath.Join(t.dir, t.name)), t.lock.Unlock())
}

// sweep removes the tickets of processes that were killed.
func (p *Places) sweep() error {
	names, err := p.tickets()
	for _, name := range names {
		p.lives(name)
	}
	return err
}

// tickets returns the names of all tickets, those at work first, each by when they came.
func (p *Places) tickets() ([]string, error) {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return nil, fmt.Errorf("look at the line for a place: %w", err)
	}
	var names []string
	for _, entry := range entries { // in the order of their names
		if kind, _, _ := strings.Cut(entry.Name(), "-"); kind == waits || kind == works {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// position returns how many wait before a ticket, and whether it is among the first, who
// may look for a place.
func (p *Places) position(t *ticket) (before int, first bool, err error) {
	names, err := p.tickets()
	if err != nil {
		return 0, false, err
	}
	line := order(names)
	before = slices.Index(line, t.name)
	if before < 0 {
		return 0, false, errors.New("wait for a place: the ticket is gone")
	}
	alive := 0
	for _, name := range line[:before] {
		if alive >= p.n {
			return before, false, nil
		}
		if p.lives(name) {
			alive++
		}
	}
	return before, alive < p.n, nil
}

// lives reports whether a ticket's process does. The ticket of one that does not is removed.
func (p *Places) lives(name string) bool {
	path := filepath.Join(p.dir, name)
	lock := flock.New(path, flock.SetFlag(os.O_RDONLY))
	locked, err := lock.TryLock()
	if !locked {
		return err == nil // gone meanwhile, or in nobody's way
	}
	_, _ = os.Remove(path), lock.Unlock() // another user's stays, and is passed over each time
	return false
}

// order puts those who wait into the order of their turns: of each owner one after the
// other, whoever has the fewest at work first, and then whoever came first.
func order(names []string) []string {
	turns, line := map[string]int{}, []string{}
	turn := map[string]int{}
	for _, name := range names {
		parts := strings.Split(name, "-")
		if len(parts) != 4 {
			continue // not one of ours
		}
		owner := parts[2]
		if parts[0] == works {
			turns[owner]++
			continue
		}
		turn[name] = turns[owner]
		turns[owner]++
		line = append(line, name)
	}
	slices.SortStableFunc(line, func(a, b string) int { return turn[a] - turn[b] })
	return line
}

// Package places limits how many of the grader's own hosts run at the same time on a machine,
// across all processes and users. The others wait in a line that is fair to all owners.
//
// All state is in one folder: a file per place, which its holder locks, and a file per
// waiting or working caller, a ticket, which is locked as long as the caller's process
// lives. So a killed process holds no place and blocks no line.
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

// A waiting caller polls: the first in line every pause, those behind less often, but at
// least every maxPause.
const (
	pause    = 50 * time.Millisecond
	maxPause = time.Second
)

// Places are the places of a machine. The methods are safe for concurrent use.
type Places struct {
	dir string
	n   int
}

// In returns n places that are kept in a folder. If the folder does not exist, the first
// Take creates it for all users.
func In(dir string, n int) *Places { return &Places{dir: dir, n: n} }

// Machine returns the places of this machine, which all its users share: one per processor,
// but at least two.
func Machine() *Places {
	return In(filepath.Join(os.TempDir(), "endstate-places"), max(2, runtime.NumCPU()))
}

// Take waits for a place. The returned function gives it back. While waiting, Take repeatedly
// calls before with the number of callers ahead in line. If the context ends first, the error
// is its cause.
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
			return nil, errors.Join(err, t.remove())
		}
		if first {
			place, err := p.free()
			if err != nil {
				return nil, errors.Join(err, t.remove())
			}
			if place != nil {
				t.setWorking()
				return func() { _, _ = place.Unlock(), t.remove() }, nil
			}
		}
		before(position)
		select {
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), t.remove())
		case <-time.After(min(maxPause, pause*time.Duration(1+position/p.n))):
		}
	}
}

// makeDir creates the folder with the permissions of /tmp, so that all users share it.
func (p *Places) makeDir() error {
	err := os.Mkdir(p.dir, 0o777)
	if err == nil {
		err = os.Chmod(p.dir, 0o777|fs.ModeSticky)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("create the folder of places: %w", err)
	}
	return nil
}

// free locks a free place and returns the lock, or nil if all are taken.
func (p *Places) free() (*flock.Flock, error) {
	for i := range p.n {
		if place, err := p.lock(fmt.Sprintf("place-%d", i)); err != nil || place != nil {
			return place, err
		}
	}
	return nil, nil
}

// ticket is the file of a waiting or working caller.
type ticket struct {
	name  string // state, time of arrival, owner and a random part, joined by "-"
	dir   string
	lock  *flock.Flock
	owner string
}

// The states of a ticket.
const (
	waiting = "w"
	working = "r"
)

func (p *Places) newTicket(owner string) (*ticket, error) {
	sum := sha256.Sum256([]byte(owner))
	t := &ticket{dir: p.dir, owner: hex.EncodeToString(sum[:8])}
	t.name = fmt.Sprintf("%s-%020d-%s-%s", waiting, time.Now().UnixNano(), t.owner, rand.Text()[:8])
	// The file gets its final name only once it is locked. Otherwise it would look like the
	// ticket of a dead process.
	t.lock = flock.New(filepath.Join(t.dir, "new-"+t.name), flock.SetPermissions(0o644))
	if _, err := t.lock.TryLock(); err != nil {
		return nil, fmt.Errorf("get in line for a place: %w", err)
	}
	if err := os.Rename(t.lock.Path(), filepath.Join(t.dir, t.name)); err != nil {
		return nil, errors.Join(fmt.Errorf("get in line for a place: %w", err), os.Remove(t.lock.Path()), t.lock.Unlock())
	}
	return t, nil
}

// setWorking changes the ticket's state. If that fails, only the order of the line is less fair.
func (t *ticket) setWorking() {
	now := working + strings.TrimPrefix(t.name, waiting)
	if os.Rename(filepath.Join(t.dir, t.name), filepath.Join(t.dir, now)) == nil {
		t.name = now
	}
}

func (t *ticket) remove() error {
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

// tickets returns the names of all tickets: working before waiting, each in order of arrival.
func (p *Places) tickets() ([]string, error) {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return nil, fmt.Errorf("read the line for a place: %w", err)
	}
	var names []string
	for _, entry := range entries { // sorted by name
		if state, _, _ := strings.Cut(entry.Name(), "-"); state == waiting || state == working {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// position returns how many tickets are ahead of one in line, and whether it is among the
// first n, which may look for a place.
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

// lives reports whether a ticket's process is alive. If not, it removes the ticket.
func (p *Places) lives(name string) bool {
	path := filepath.Join(p.dir, name)
	lock := flock.New(path, flock.SetFlag(os.O_RDONLY))
	locked, err := lock.TryLock()
	if !locked {
		return err == nil // on an error the ticket is gone, or does not count
	}
	_, _ = os.Remove(path), lock.Unlock() // another user's file can't be removed, and is skipped each time
	return false
}

// order returns the waiting tickets in the order of their turns. Owners take turns: the next
// ticket is that of the owner with the fewest working or ahead in line, and among equals the
// one that arrived first.
func order(names []string) []string {
	perOwner, line := map[string]int{}, []string{}
	turn := map[string]int{}
	for _, name := range names {
		parts := strings.Split(name, "-")
		if len(parts) != 4 {
			continue // not a ticket
		}
		owner := parts[2]
		if parts[0] == working {
			perOwner[owner]++
			continue
		}
		turn[name] = perOwner[owner]
		perOwner[owner]++
		line = append(line, name)
	}
	slices.SortStableFunc(line, func(a, b string) int { return turn[a] - turn[b] })
	return line
}

// Package kit is what the author of a family uses: a [Site], which is a lab as the looks of one
// round of checks see it, and the parts of a [Family]: images, and probes with their looks. A
// family imports only this package, package labs and its own driver.
package kit

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"time"

	"endstate/labs"
)

// Site is a lab as the looks of one round of checks see it. Its methods are safe for concurrent
// use, and looks share connections and copies.
type Site interface {
	// Lab returns the lab.
	Lab() *labs.Lab
	// Record returns what was measured and sealed before the lab was handed over.
	Record() labs.Record
	// Given returns the scenario's folder, with templates rendered.
	Given() fs.FS

	// Dial connects to a port of a host from inside that host. It waits for a server that is
	// restarting. An [Obstacle]: nothing listens on the port, or the host ended by itself.
	Dial(ctx context.Context, host labs.Host, port int) (net.Conn, error)
	// DialNetwork is like Dial, but connects to the host's address in the lab's network, so
	// that the server sees a client from that network.
	DialNetwork(ctx context.Context, host labs.Host, port int) (net.Conn, error)
	// Ask repeats a question until it is answered. An [Obstacle]: the grader saw what the
	// learner did to prevent an answer. A [labs.Problem]: the host is too slow, and the
	// check is ungraded.
	Ask(ctx context.Context, q Question) error
	// Files copies a file or folder out of a host into memory, once a round, while the host
	// is frozen. An [Obstacle]: it is not there, is too large, or holds what can't be read.
	Files(ctx context.Context, host labs.Host, root string) ([]Entry, error)
	// Fresh runs a command in a host made for it, which is gone once it has ended.
	Fresh(ctx context.Context, run FreshRun) (FreshResult, error)
	// Restarted returns a lab of the grader's own, for this round: this one as it would be after a
	// restart of its hosts. Of the learner's work it has what is in the folders.
	Restarted(ctx context.Context, folders []string) (*labs.Lab, error)
	// Reserve starts the host of a command that a later round will run, so that Fresh need not
	// wait for it; see [Preparer].
	Reserve(ctx context.Context, run FreshRun) error
	// Server returns a server of the grader's own, in a host without a network. Looks of a
	// variant that want the same data share one. open waits until it answers, and fills it if
	// it is empty. A kept server that does not open is replaced.
	Server(ctx context.Context, image, holds string, open func(ctx context.Context, host labs.Host, empty bool) error) (labs.Host, error)
	// Turn waits for a turn with the server that Server returns for the same arguments, shared
	// with others or alone. The turn lasts until done is called.
	Turn(ctx context.Context, image, holds string, alone bool) (done func(), err error)

	// Budget returns a budget for reading one thing. If the limits say that the data is kept,
	// it also counts against the round's budget.
	Budget(what string, limits Limits) *Budget
	// Share builds a value once per round; see [Once].
	Share(key string, build func() (any, error)) (any, error)
	// OnClose registers a function to call when the round ends.
	OnClose(func())
}

// Once builds a value once per round and returns it to all callers with the same key. All
// of them must ask for the same type.
func Once[T any](site Site, key string, build func() (T, error)) (T, error) {
	shared, err := site.Share(key, func() (any, error) { return build() })
	value, ok := shared.(T)
	if err == nil && !ok && shared != nil {
		err = fmt.Errorf("%q is shared as a %T", key, shared)
	}
	return value, err
}

// HostOf returns the named host. Without a name it returns the only host that runs one of
// the images or, if there are no images either, the workspace.
func HostOf(site Site, name string, images ...string) (labs.Host, error) {
	if name == "" && len(images) == 0 {
		name = labs.Workspace
	}
	if name != "" {
		return site.Lab().Host(name)
	}
	var found []labs.Host
	for _, h := range site.Lab().Hosts {
		if slices.Contains(images, h.Image) {
			found = append(found, h)
		}
	}
	if len(found) != 1 {
		return labs.Host{}, fmt.Errorf("%d hosts run %v: the look must name one", len(found), images)
	}
	return found[0], nil
}

// LookTimeout is how long one look may take. Only a host about a hundred times slower than
// usual needs that long. Waiting for a place does not count.
const LookTimeout = 2 * time.Minute

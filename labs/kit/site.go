// Package kit is what the author of a family calls: a [Site], which is a lab as the looks of
// one round of checks see it, and what a [Family] is made of: images, and probes with their
// looks. A family imports this package, package labs and its own driver, and nothing else.
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

// Site is a lab as the looks of one round of checks see it. Its methods are safe side by
// side, and what one look opened or copied out, the others share.
type Site interface {
	// Lab is the lab that is looked at.
	Lab() *labs.Lab
	// Record is what was measured and sealed before the lab was handed over.
	Record() labs.Record
	// Given is the scenario's folder, templates rendered.
	Given() fs.FS

	// Dial connects to a port of a host, as a program in that host would. It waits for a
	// server that is starting again. An [Obstacle]: nothing listens there, or the host has
	// stopped by itself.
	Dial(ctx context.Context, host labs.Host, port int) (net.Conn, error)
	// DialNetwork is Dial by the host's own address in the lab's network, so that a server
	// sees an address of that network, as of any other host.
	DialNetwork(ctx context.Context, host labs.Host, port int) (net.Conn, error)
	// Ask asks a question until it is answered. What kept the answer away is the learner's,
	// an [Obstacle], only if that was seen. If all that is known is that the host is slow,
	// the error is a [Problem], and nobody is charged.
	Ask(ctx context.Context, q Question) error
	// Files copies a file or folder out of a host into memory, once a round, while the host
	// is frozen. An [Obstacle]: it is not there, is too large, or holds what can't be read.
	Files(ctx context.Context, host labs.Host, root string) ([]Entry, error)
	// Fresh runs a command in a host made for it, which is gone once it has ended.
	Fresh(ctx context.Context, run FreshRun) (FreshResult, error)
	// Server returns a server of an image in a host without a network, which only the grader
	// reaches: one for all looks of the variant that want the same in it. open waits until it
	// answers, and fills it if it is empty. If a kept one does not open it is made anew.
	Server(ctx context.Context, image, holds string, open func(ctx context.Context, host labs.Host, empty bool) error) (labs.Host, error)
	// Turn waits for a turn with the server that Server returns for the same, side by side
	// with others or alone, until done is called.
	Turn(ctx context.Context, image, holds string, alone bool) (done func(), err error)

	// Budget returns a budget of what is read of one thing. It counts against the round's, if
	// what is read is kept.
	Budget(what string, limits Limits) *Budget
	// Share makes a value once a round: see [Once].
	Share(key string, build func() (any, error)) (any, error)
	// OnClose registers what is to be let go at the round's end.
	OnClose(func())
}

// Once makes a value once a round, whoever asks first, and hands it to all who ask for
// the same key, which must be for values of one type.
func Once[T any](site Site, key string, build func() (T, error)) (T, error) {
	shared, err := site.Share(key, func() (any, error) { return build() })
	value, ok := shared.(T)
	if err == nil && !ok && shared != nil {
		err = fmt.Errorf("%q is shared as a %T", key, shared)
	}
	return value, err
}

// HostOf returns the named host or, without a name, the only host that runs one
// of the images.
func HostOf(site Site, name string, images ...string) (labs.Host, error) {
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

// LookTimeout is the longest that one look may take. A look takes it on a host that is
// so slow that all it asks takes a hundred times as long as it should. To wait for a place
// is no part of it.
const LookTimeout = 2 * time.Minute

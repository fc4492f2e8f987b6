// Package admission decides who may start a lab: how much one person may have, and who has to wait while
// the machine is full. All processes of a machine share its queue.
package admission

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"endstate/internal/places"
	"endstate/labs"
)

// Limits are how much may run at once. A limit of 0 is none.
type Limits struct {
	Labs         int   // on the machine
	Memory       int64 // of the machine's labs: the sum of what their hosts may use, in bytes
	PersonLabs   int   // of one person
	PersonMemory int64 // of one person's labs, in bytes
}

// Lab is a lab that runs, or is to be started.
type Lab struct {
	Owner, Scenario string
	Memory          int64 // that its hosts may use together, in bytes
}

const (
	// Patience is how long a start keeps its place in the queue after the last page that waited for it
	// was closed.
	Patience = 2 * time.Minute
	// pause is how often a start that is next looks for room.
	pause = 500 * time.Millisecond
)

// The codes of problems.
const (
	CodePersonFull = "person-full" // the learner has as much as one person may have
	CodeTooLarge   = "too-large"   // the lab needs more than the machine gives to all of them
	CodeGaveUp     = "gave-up"     // the place in the queue was given up
)

// Gate lets starts in.
type Gate struct {
	Limits
	Folder  string                               // of the queue
	Running func(context.Context) ([]Lab, error) // the labs that run
	Clock   func() time.Time

	waiting atomic.Int64
}

// Waiting returns how many starts of this process wait.
func (g *Gate) Waiting() int { return int(g.waiting.Load()) }

// Enter waits until there is room for a lab. It keeps the room until leave is called: then the lab is
// running, or it never will be. seen returns when somebody last was there to wait for it; nil: somebody
// always is. Enter returns an error if the person may not have the lab, and if nobody waits for it.
func (g *Gate) Enter(ctx context.Context, lab Lab, seen func() time.Time, emit labs.Emit) (leave func(), err error) {
	if g.Limits == (Limits{}) {
		return func() {}, nil
	}
	if err := g.May(ctx, lab); err != nil {
		return nil, err
	}
	if err := makeShared(g.Folder); err != nil {
		return nil, fmt.Errorf("create the folder of the queue: %w", err)
	}
	w := &wait{gate: g, seen: seen, emit: emit, ahead: -1}
	ctx, w.giveUp = context.WithCancelCause(ctx)
	defer w.giveUp(nil)
	g.waiting.Add(1)
	defer g.waiting.Add(-1)
	// Whoever has the turn is ahead of all that are in line.
	leaveTurn, err := places.In(filepath.Join(g.Folder, "line"), 1).Take(ctx, lab.Owner, func(before int) { w.move(before + 1) })
	if err == nil {
		defer leaveTurn()
		leave, err = g.nextIn(ctx, lab, w)
	}
	w.end(err)
	return leave, err
}

// nextIn waits for room. Only one start on the machine does so at a time.
func (g *Gate) nextIn(ctx context.Context, lab Lab, w *wait) (leave func(), err error) {
	for {
		taken, err := g.taken(ctx)
		if err == nil {
			err = g.may(taken, lab)
		}
		if err != nil {
			return nil, err
		}
		if g.hasRoom(taken, lab) {
			return g.reserve(lab)
		}
		w.move(0)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (g *Gate) hasRoom(taken []Lab, lab Lab) bool {
	count, memory := sum(taken, "")
	return (g.Labs == 0 || count < g.Labs) && (g.Memory == 0 || memory+lab.Memory <= g.Memory)
}

// May returns an error if a person may not have one more lab.
func (g *Gate) May(ctx context.Context, lab Lab) error {
	if g.Limits == (Limits{}) {
		return nil
	}
	taken, err := g.taken(ctx)
	if err != nil {
		return err
	}
	return g.may(taken, lab)
}

func (g *Gate) may(taken []Lab, lab Lab) error {
	count, memory := sum(taken, lab.Owner)
	stop := []labs.Act{{Name: labs.ActStop, For: "Stop one first"}}
	switch {
	case g.Memory > 0 && lab.Memory > g.Memory:
		return &labs.Problem{
			Code: CodeTooLarge, What: fmt.Sprintf("The lab of %s may use %s of memory, more than this machine has for all labs", lab.Scenario, size(lab.Memory)),
			Advice: "Start another one, or ask whoever runs this machine.",
		}
	case g.PersonLabs > 0 && count >= g.PersonLabs:
		return &labs.Problem{Code: CodePersonFull, What: "You have " + labs.Count(count, "lab") + ", as many as one person may have at once", Usage: true, Acts: stop}
	case g.PersonMemory > 0 && memory+lab.Memory > g.PersonMemory:
		return &labs.Problem{
			Code: CodePersonFull, Usage: true, Acts: stop,
			What: fmt.Sprintf("With the lab of %s, your labs could use %s of memory. One person may have %s at once", lab.Scenario, size(memory+lab.Memory), size(g.PersonMemory)),
		}
	}
	return nil
}

// size formats bytes for people, to a tenth of a GiB.
func size(bytes int64) string {
	return strconv.FormatFloat(float64(bytes)/(1<<30), 'f', 1, 64) + " GiB"
}

// sum returns how many labs an owner has, and what memory they may use; empty: all owners.
func sum(all []Lab, owner string) (count int, memory int64) {
	for _, one := range all {
		if owner == "" || one.Owner == owner {
			count++
			memory += one.Memory
		}
	}
	return count, memory
}

// wait is a start that waits.
type wait struct {
	gate   *Gate
	seen   func() time.Time
	emit   labs.Emit
	giveUp context.CancelCauseFunc
	ahead  int // starts ahead of it, as was told last; -1: it does not wait
	ended  func(error)
}

// move tells how many starts are ahead. It gives the place up if nobody is there any more.
func (w *wait) move(ahead int) {
	if w.seen != nil && w.gate.Clock().Sub(w.seen()) > Patience {
		w.giveUp(&labs.Problem{
			Code: CodeGaveUp, What: fmt.Sprintf("The place in the queue was given up, because no page was open for %d minutes", int(Patience.Minutes())),
			Acts: []labs.Act{{Name: labs.ActStart, For: "Start again"}},
		})
		return
	}
	if ahead == w.ahead {
		return
	}
	if w.ended == nil {
		w.ended = w.emit.Step(labs.AwaitRoom, "")
	}
	w.ahead = ahead
	w.emit.Move(labs.AwaitRoom, "", strconv.Itoa(ahead), 0, 0)
}

func (w *wait) end(err error) {
	if w.ended != nil {
		w.ended(err)
	}
}

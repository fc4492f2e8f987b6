package class

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"endstate/internal/attempts"
	"endstate/internal/classes"
	"endstate/internal/recording"
	"endstate/labs"
)

// mayWatch reports whether somebody may watch the terminals of a group's members. Only its leader may,
// because members are told who that is.
func mayWatch(who labs.Learner, g *classes.Group) bool {
	return g.Watch && g.Leader == who.Name && who.SeesOthers()
}

// Watchers returns who may watch a learner's terminals.
func (d *Desk) Watchers(ctx context.Context, who labs.Learner) ([]string, error) {
	if !d.parts.Remembers() {
		return nil, nil
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	groups, err := store.Joined(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, g := range groups {
		if g.Watch {
			names = append(names, g.Leader)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// Terminal is a terminal of a member that is open and recorded.
type Terminal struct {
	Number         int64 // which identifies it
	Scenario, Host string
	recording      string // the path of its file
}

// Terminals returns the terminals of a member that a teacher can watch, the latest first: those in labs, not
// in exams.
func (d *Desk) Terminals(ctx context.Context, who labs.Learner, group int64, member string) ([]Terminal, error) {
	g, store, err := d.member(ctx, who, group, member)
	if err != nil {
		return nil, err
	}
	if !mayWatch(who, g) {
		return nil, &labs.Problem{Code: labs.CodeForbidden, What: "The terminals of the group " + g.Name + " can't be watched", Usage: true, Advice: "A group's leader can watch them if that was chosen when the group was created."}
	}
	now := d.parts.Now()
	open, err := store.Open(ctx, now)
	if err != nil {
		return nil, err
	}
	var all []Terminal
	for _, a := range open {
		here, err := store.Others(ctx, a, now)
		if err != nil {
			return nil, err
		}
		all = append(all, d.terminals(a, here)...)
	}
	return all, nil
}

func (d *Desk) terminals(a *attempts.Attempt, here []attempts.Visit) []Terminal {
	var all []Terminal
	for _, v := range slices.Backward(here) {
		if a.OwnsRecording(v.Recording) {
			all = append(all, Terminal{v.Began.UnixMilli(), a.Scenario, v.Host, filepath.Join(d.parts.Recordings(), filepath.Base(v.Recording))})
		}
	}
	return all
}

// Watch returns what a member's terminal has shown since a place in its recording, which is 0 at first. The
// terminal must still be open.
func (d *Desk) Watch(ctx context.Context, who labs.Learner, group int64, member string, number, since int64) (*recording.Piece, error) {
	all, err := d.Terminals(ctx, who, group, member)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(t Terminal) bool { return t.Number == number })
	if i < 0 {
		return nil, notFound(fmt.Sprintf("This terminal of %s is closed", member))
	}
	piece, err := recording.Since(all[i].recording, since)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound("The recording of this terminal was removed")
	}
	if err != nil {
		return nil, &labs.Problem{Code: labs.CodeFile, What: "The recording of a terminal can't be read", Advice: "It is " + strings.TrimPrefix(all[i].recording, d.parts.Home()) + ".", Err: err}
	}
	return piece, nil
}

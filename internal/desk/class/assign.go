package class

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/classes"
	"endstate/internal/desk"
	"endstate/labs"
)

// Assign assigns labs or an exam to a group. Without a seed, it draws one. Without a time at which it opens,
// it opens at once.
func (d *Desk) Assign(ctx context.Context, who labs.Learner, group int64, a classes.Assignment) (*classes.Assignment, error) {
	g, store, err := d.group(ctx, who, group)
	if err != nil {
		return nil, err
	}
	now := d.parts.Now()
	a.Group, a.Title = g.ID, strings.TrimSpace(a.Title)
	if a.Opens.IsZero() {
		a.Opens = now
	}
	if a.Seed == 0 {
		a.Seed = desk.DrawSeed()
	}
	if err := d.exists(ctx, g, &a); err != nil {
		return nil, err
	}
	return &a, store.AddAssignment(ctx, &a, now)
}

// exists returns an error if an assignment is invalid, or is about something that does not exist.
func (d *Desk) exists(ctx context.Context, g *classes.Group, a *classes.Assignment) error {
	library := d.parts.Library()
	for _, name := range a.Scenarios {
		if _, err := library.Variant(name, 1); err != nil {
			return err
		}
	}
	if a.Exam != "" {
		if err := d.canBeSat(ctx, g, a); err != nil {
			return err
		}
	}
	for name := range a.Extra {
		if !g.Has(name) {
			return labs.Misuse(fmt.Sprintf("%s is not a member of the group %s", name, g.Name), "Extra time can be given only to members.")
		}
	}
	if a.Title == "" && len(a.Scenarios) > 0 {
		a.Title = d.titles()[a.Scenarios[0]]
	}
	return a.Validate()
}

// titles returns the titles of the scenarios by their names.
func (d *Desk) titles() map[string]string {
	all := map[string]string{}
	for _, one := range d.parts.Library().List() {
		all[one.Name] = one.Title
	}
	return all
}

// Assignments returns what is assigned to a group.
func (d *Desk) Assignments(ctx context.Context, who labs.Learner, group int64) ([]*classes.Assignment, error) {
	g, store, err := d.group(ctx, who, group)
	if err != nil {
		return nil, err
	}
	return store.Assignments(ctx, g.ID)
}

// Withdraw removes an assignment of a group. Attempts remain.
func (d *Desk) Withdraw(ctx context.Context, who labs.Learner, group, id int64) error {
	g, store, err := d.group(ctx, who, group)
	if err != nil {
		return err
	}
	return store.RemoveAssignment(ctx, g.ID, id)
}

// Assigned is an assignment as a learner sees it.
type Assigned struct {
	*classes.Assignment
	By    string // the teacher
	Group string // the group's name
	Late  bool   // its date is past
	Parts []Part // empty for an exam
	Work  classes.Work
}

// Part is a lab of an assignment.
type Part struct {
	Scenario, Title string
	Seed            uint64
	classes.Work
}

// Assigned returns what is assigned to a learner and open, the earliest date first.
func (d *Desk) Assigned(ctx context.Context, who labs.Learner) ([]*Assigned, error) {
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	groups, err := store.Joined(ctx)
	if err != nil {
		return nil, err
	}
	now, titles := d.parts.Now(), d.titles()
	var all []*Assigned
	for _, g := range groups {
		given, err := store.Assignments(ctx, g.ID)
		if err != nil {
			return nil, err
		}
		for _, a := range given {
			if !a.IsOpen(now) {
				continue
			}
			one, err := d.assigned(ctx, store, who.Name, a, titles)
			if err != nil {
				return nil, err
			}
			one.By, one.Group, one.Late = g.Leader, g.Name, a.IsLate(now)
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b *Assigned) int { return dueAt(a).Compare(dueAt(b)) })
	return all, nil
}

// dueAt returns when an assignment is due; one without a date comes last.
func dueAt(a *Assigned) time.Time {
	if a.Due.IsZero() {
		return a.Opens.AddDate(1000, 0, 0)
	}
	return a.Due
}

func (d *Desk) assigned(ctx context.Context, store *attempts.View, member string, a *classes.Assignment, titles map[string]string) (*Assigned, error) {
	one := &Assigned{Assignment: a}
	works, err := d.works(ctx, store, member, a)
	if err != nil {
		return nil, err
	}
	for i, name := range a.Scenarios {
		one.Parts = append(one.Parts, Part{name, titles[name], a.SeedFor(member, desk.MaxSeed), works[i]})
	}
	if a.Exam != "" {
		one.Work = works[0]
	}
	return one, nil
}

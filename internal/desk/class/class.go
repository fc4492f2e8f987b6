// Package class is the desk's room for classes: groups of learners, what is assigned to them, how they get on,
// and what their teacher writes to them. A teacher sees only groups that they lead; an admin sees all.
package class

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"endstate/internal/attempts"
	"endstate/internal/classes"
	"endstate/internal/desk"
	"endstate/labs"
)

// Desk is what people can do about classes.
type Desk struct {
	base  *desk.Desk
	parts desk.Parts
}

// New returns the room of a desk.
func New(d *desk.Desk) *Desk { return &Desk{d, d.Parts()} }

// onlyTeacher returns an error unless somebody may lead groups.
func onlyTeacher(who labs.Learner, act string) error {
	if who.SeesOthers() {
		return nil
	}
	return &labs.Problem{Code: labs.CodeForbidden, What: "Only a teacher can " + act, Usage: true}
}

// Groups returns the groups that a teacher leads, or all of them for an admin.
func (d *Desk) Groups(ctx context.Context, who labs.Learner) ([]*classes.Group, error) {
	if err := onlyTeacher(who, "see groups"); err != nil {
		return nil, err
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	return store.Led(ctx, who.Maintains())
}

// Group returns a group that a teacher leads. For others, it does not exist.
func (d *Desk) Group(ctx context.Context, who labs.Learner, id int64) (*classes.Group, error) {
	g, _, err := d.group(ctx, who, id)
	return g, err
}

func (d *Desk) group(ctx context.Context, who labs.Learner, id int64) (*classes.Group, *attempts.View, error) {
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	g, err := store.Group(ctx, id)
	if err == nil && !leads(who, g) {
		err = notFound(fmt.Sprintf("There is no group %d", id))
	}
	return g, store, err
}

func leads(who labs.Learner, g *classes.Group) bool {
	return who.Maintains() || who.SeesOthers() && g.Leader == who.Name
}

func notFound(what string) error {
	return &labs.Problem{Code: labs.CodeNotFound, What: what, Usage: true}
}

// Create creates a group that the teacher leads. If watch is set, they may watch the terminals of its
// members, and the members are told.
func (d *Desk) Create(ctx context.Context, who labs.Learner, name string, members []string, watch bool) (*classes.Group, error) {
	if err := onlyTeacher(who, "create a group"); err != nil {
		return nil, err
	}
	g := &classes.Group{Name: strings.TrimSpace(name), Leader: who.Name, Watch: watch, Created: d.parts.Now(), Members: sorted(members)}
	if err := g.Validate(); err != nil {
		return nil, err
	}
	store, err := d.parts.Memory(ctx, who)
	if err == nil {
		err = haveAccounts(ctx, store, g)
	}
	if err != nil {
		return nil, err
	}
	return g, store.AddGroup(ctx, g)
}

// haveAccounts returns an error if there are accounts, and a member has none.
func haveAccounts(ctx context.Context, store *attempts.View, g *classes.Group) error {
	accounts, err := store.Accounts(ctx)
	if err != nil || len(accounts) == 0 {
		return err
	}
	for _, name := range g.Members {
		if !slices.ContainsFunc(accounts, func(a *attempts.Account) bool { return a.Name == name }) {
			return labs.Misuse("Nobody has an account with the name "+name, "Invite them first, or correct the name.")
		}
	}
	return nil
}

// Names returns the names of those who can be members, if there are accounts.
func (d *Desk) Names(ctx context.Context, who labs.Learner) ([]string, error) {
	if err := onlyTeacher(who, "see the accounts"); err != nil {
		return nil, err
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	accounts, err := store.Accounts(ctx)
	var names []string
	for _, a := range accounts {
		if a.Disabled == nil {
			names = append(names, a.Name)
		}
	}
	return names, err
}

// SetMembers replaces the members of a group. What somebody did as a member remains theirs.
func (d *Desk) SetMembers(ctx context.Context, who labs.Learner, id int64, members []string) error {
	g, store, err := d.group(ctx, who, id)
	if err != nil {
		return err
	}
	g.Members = sorted(members)
	if err = g.Validate(); err == nil {
		err = haveAccounts(ctx, store, g)
	}
	if err != nil {
		return err
	}
	return store.SetMembers(ctx, g)
}

// sorted returns names without spaces around them, each once, in order.
func sorted(names []string) []string {
	all := []string{}
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Remove removes a group with what was assigned to it, once the teacher has agreed. Attempts remain.
func (d *Desk) Remove(ctx context.Context, who labs.Learner, id int64, agreed bool) error {
	g, store, err := d.group(ctx, who, id)
	if err != nil {
		return err
	}
	if !agreed {
		return &desk.Unconfirmed{Question: fmt.Sprintf("Remove the group %s with its assignments and gradebook? The attempts of its members remain.", g.Name)}
	}
	return store.RemoveGroup(ctx, g.ID)
}

// member returns a group that a teacher leads, and a member's part of the store.
func (d *Desk) member(ctx context.Context, who labs.Learner, id int64, name string) (*classes.Group, *attempts.View, error) {
	g, _, err := d.group(ctx, who, id)
	if err == nil && !g.Has(name) {
		err = notFound(fmt.Sprintf("%s is not a member of the group %s", name, g.Name))
	}
	if err != nil {
		return nil, nil, err
	}
	store, err := d.parts.Memory(ctx, labs.Learner{Name: name})
	return g, store, err
}

// Package people is the desk's room for accounts: who may sign in, as whom, and who decides that.
package people

import (
	"context"
	"fmt"
	"slices"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/labs"
)

// The codes of problems with accounts.
const (
	CodeSignIn     = "sign-in"     // the name or the password is wrong
	CodeSignedOut  = "signed-out"  // the session has ended
	CodeName       = "name"        // an account can't have that name
	CodePassword   = "password"    // an account can't have that password
	CodeInvitation = "invitation"  // it was used, or has expired
	CodeOwnAccount = "own-account" // the act is only for others' accounts
	CodeTooMany    = "too-many"    // attempts to sign in
	CodeIdentity   = "identity"    // it has an account already, or may have none
)

// Account is somebody who can sign in. Their labs and attempts are owned by their name.
type Account struct {
	ID       int64         `json:"id"`
	Name     string        `json:"name"`
	Role     labs.UserRole `json:"role"`
	Created  time.Time     `json:"created"`
	Disabled *time.Time    `json:"disabled,omitempty"` // nil: they can sign in
	Linked   bool          `json:"linked,omitempty"`   // they can sign in with OpenID Connect
	Password bool          `json:"-"`                  // they can sign in with a password
}

// Learner returns the account as who acts.
func (a *Account) Learner() labs.Learner { return labs.Learner{Name: a.Name, Role: a.Role} }

// Badge names an account in a session. It holds neither a name nor a role, so that changes of the account
// apply at once.
type Badge struct {
	Account int64
	Epoch   int64 // the account's when the session began
}

// Desk is the room.
type Desk struct {
	parts   desk.Parts
	machine labs.Learner // whose machine it is; they need no account
	hashes  hashes
	limits  limits
	changes changes
	domains []string // see Admit
}

// New returns the room of a desk on somebody's machine.
func New(d *desk.Desk, machine labs.Learner) *Desk {
	return &Desk{parts: d.Parts(), machine: machine, hashes: newHashes()}
}

func (d *Desk) store(ctx context.Context) (*attempts.View, error) {
	return d.parts.Memory(ctx, labs.Learner{})
}

// Roles are the roles that an account can have, the least powerful first.
var Roles = []labs.UserRole{labs.RoleLearner, labs.RoleAuthor, labs.RoleExaminer, labs.RoleAdmin}

func isRole(role labs.UserRole) error {
	if slices.Contains(Roles, role) {
		return nil
	}
	return labs.Misuse(fmt.Sprintf("%q is not a role", string(role)), "Choose learner, author, examiner or admin.")
}

// onlyAdmin returns an error unless somebody may decide about accounts.
func onlyAdmin(who labs.Learner, act string) error {
	if who.Maintains() {
		return nil
	}
	return &labs.Problem{Code: labs.CodeForbidden, What: "Only an admin can " + act, Usage: true}
}

// Any reports whether there are accounts.
func (d *Desk) Any(ctx context.Context) (bool, error) {
	store, err := d.store(ctx)
	if err != nil {
		return false, err
	}
	all, err := store.Accounts(ctx)
	return len(all) > 0, err
}

// List returns all accounts, in the order of their names. Examiners need it for their classes.
func (d *Desk) List(ctx context.Context, who labs.Learner) ([]*Account, error) {
	if !who.SeesOthers() {
		return nil, &labs.Problem{Code: labs.CodeForbidden, What: "Only an examiner or an admin can see the accounts", Usage: true}
	}
	store, err := d.store(ctx)
	if err != nil {
		return nil, err
	}
	found, err := store.Accounts(ctx)
	all := make([]*Account, 0, len(found))
	for _, a := range found {
		all = append(all, accountOf(a))
	}
	return all, err
}

// Named returns the account that somebody would sign in to with a name.
func (d *Desk) Named(ctx context.Context, who labs.Learner, name string) (*Account, error) {
	if err := onlyAdmin(who, "manage accounts"); err != nil {
		return nil, err
	}
	store, err := d.store(ctx)
	if err != nil {
		return nil, err
	}
	if like, ok := likeness(name); ok {
		a, err := store.AccountLike(ctx, like)
		if err != nil {
			return nil, err
		}
		if a != nil {
			return accountOf(a), nil
		}
	}
	return nil, noAccount(fmt.Sprintf("There is no account %q", name))
}

func noAccount(what string) error {
	return &labs.Problem{Code: labs.CodeNotFound, What: what, Acts: []labs.Act{{Name: labs.ActPeople, For: "See all"}}, Usage: true}
}

func accountOf(a *attempts.Account) *Account {
	return &Account{ID: a.ID, Name: a.Name, Role: a.Role, Created: a.Created, Disabled: a.Disabled, Linked: a.Issuer != "", Password: a.Password != ""}
}

func badgeOf(a *attempts.Account) Badge { return Badge{a.ID, a.Epoch} }

// Who returns the account of a session as it is now. The code of the problem is [CodeSignedOut] if the account
// was disabled since, or its sessions were ended.
func (d *Desk) Who(ctx context.Context, badge Badge) (*Account, error) {
	store, err := d.store(ctx)
	if err != nil {
		return nil, err
	}
	a, err := store.Account(ctx, badge.Account)
	if err != nil {
		return nil, err
	}
	if a == nil || a.Disabled != nil || a.Epoch != badge.Epoch {
		return nil, &labs.Problem{Code: CodeSignedOut, What: "You are signed out", Advice: "Sign in again.", Usage: true}
	}
	return accountOf(a), nil
}

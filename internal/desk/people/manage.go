package people

import (
	"context"
	"time"

	"endstate/internal/attempts"
	"endstate/labs"
)

// resetLife is how long a link lives that replaces a password.
const resetLife = 24 * time.Hour

// SetRole gives an account another role. Its sessions go on in the new role.
func (d *Desk) SetRole(ctx context.Context, who labs.Learner, id int64, role labs.UserRole) error {
	if err := isRole(role); err != nil {
		return err
	}
	return d.change(ctx, who, id, "change roles", func(a *attempts.Account) { a.Role = role })
}

// Disable keeps an account from signing in, and ends its sessions. What it owns stays.
func (d *Desk) Disable(ctx context.Context, who labs.Learner, id int64) error {
	now := d.parts.Now()
	return d.change(ctx, who, id, "disable accounts", func(a *attempts.Account) {
		a.Disabled = &now
		a.Epoch++
	})
}

// Enable lets a disabled account sign in again.
func (d *Desk) Enable(ctx context.Context, who labs.Learner, id int64) error {
	return d.change(ctx, who, id, "enable accounts", func(a *attempts.Account) { a.Disabled = nil })
}

// EndSessions signs an account out everywhere.
func (d *Desk) EndSessions(ctx context.Context, who labs.Learner, id int64) error {
	return d.change(ctx, who, id, "end sessions", func(a *attempts.Account) { a.Epoch++ })
}

// change changes somebody else's account.
func (d *Desk) change(ctx context.Context, who labs.Learner, id int64, act string, change func(*attempts.Account)) error {
	_, err := d.changeAny(ctx, who, id, act, func(a *attempts.Account) error {
		if a.Name == who.Name {
			return &labs.Problem{Code: CodeOwnAccount, What: "That is your own account", Advice: "Another admin can change it. Otherwise there might be no admin left.", Usage: true}
		}
		change(a)
		return nil
	})
	return err
}

func (d *Desk) changeAny(ctx context.Context, who labs.Learner, id int64, act string, change func(*attempts.Account) error) (*attempts.Account, error) {
	if err := onlyAdmin(who, act); err != nil {
		return nil, err
	}
	store, err := d.store(ctx)
	if err != nil {
		return nil, err
	}
	a, err := store.ChangeAccount(ctx, id, change)
	if err == nil && a == nil {
		err = noAccount("There is no such account")
	}
	d.changes.tell()
	return a, err
}

// Reset creates an invitation with which the owner of an account chooses a new password. The old one works until
// then. It returns the key.
func (d *Desk) Reset(ctx context.Context, who labs.Learner, id int64) (string, *Invitation, error) {
	a, err := d.changeAny(ctx, who, id, "let somebody choose a new password", func(a *attempts.Account) error {
		if a.Disabled == nil {
			return nil
		}
		return labs.Misuse("The account is disabled", "Enable it first.")
	})
	if err != nil {
		return "", nil, err
	}
	return d.invite(ctx, attempts.Invitation{Account: a.ID, Name: a.Name, Role: a.Role}, resetLife)
}

// ChangePassword replaces one's own password. All sessions of the account end; the new badge is for the one that
// goes on.
func (d *Desk) ChangePassword(ctx context.Context, badge Badge, from, old, wanted string) (Badge, error) {
	account, err := d.Who(ctx, badge)
	if err != nil {
		return Badge{}, err
	}
	if _, _, err := d.SignIn(ctx, from, account.Name, old); err != nil {
		return Badge{}, err
	}
	hash, err := d.hashes.of(account.Name, wanted)
	if err != nil {
		return Badge{}, err
	}
	store, err := d.store(ctx)
	if err != nil {
		return Badge{}, err
	}
	a, err := store.ChangeAccount(ctx, account.ID, func(a *attempts.Account) error {
		a.Password = hash
		a.Epoch++
		return nil
	})
	if err != nil {
		return Badge{}, err
	}
	d.changes.tell()
	return badgeOf(a), nil
}

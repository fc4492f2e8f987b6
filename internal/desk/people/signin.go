package people

import (
	"context"

	"endstate/internal/attempts"
	"endstate/labs"
)

// SignIn returns the account with a name and a password. A wrong name, a wrong password and a disabled account
// look the same, and take as long. from is the address that it is tried from. The error is a [Slow] if that was
// tried too often.
func (d *Desk) SignIn(ctx context.Context, from, name, password string) (*Account, Badge, error) {
	store, err := d.store(ctx)
	if err != nil {
		return nil, Badge{}, err
	}
	like, ok := likeness(name)
	success, err := d.limits.take(d.parts.Now(), from, like)
	if err != nil {
		return nil, Badge{}, err
	}
	var a *attempts.Account
	if ok {
		if a, err = store.AccountLike(ctx, like); err != nil {
			return nil, Badge{}, err
		}
	}
	hash := ""
	if a != nil {
		hash = a.Password
	}
	if !d.hashes.match(hash, password) || a.Disabled != nil {
		return nil, Badge{}, &labs.Problem{Code: CodeSignIn, What: "The name or the password is wrong", Advice: "If you have forgotten the password, ask for a new invitation.", Usage: true}
	}
	success()
	return accountOf(a), badgeOf(a), nil
}

package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"endstate/internal/attempts"
	"endstate/labs"
)

// Invitations expire after a time between these.
const (
	shortestInvitation = time.Minute
	longestInvitation  = 30 * 24 * time.Hour
)

// Invitation lets somebody choose a password, once: for a new account, or for one that exists.
type Invitation struct {
	ID      int64
	Role    labs.UserRole
	Name    string // of the account; empty: whoever accepts chooses it
	Expires time.Time
}

func invitationOf(i *attempts.Invitation) *Invitation {
	return &Invitation{ID: i.ID, Role: i.Role, Name: i.Name, Expires: i.Expires}
}

// Invite creates an invitation to a new account. It returns the key, which is not stored, and which opens
// the invitation once.
func (d *Desk) Invite(ctx context.Context, who labs.Learner, role labs.UserRole, life time.Duration) (string, *Invitation, error) {
	err := onlyAdmin(who, "invite somebody")
	if err == nil {
		err = isRole(role)
	}
	if err == nil && (life < shortestInvitation || life > longestInvitation) {
		err = labs.Misuse("An invitation can't last that long", "Choose between a minute and 30 days.")
	}
	if err != nil {
		return "", nil, err
	}
	return d.invite(ctx, attempts.Invitation{Role: role}, life)
}

// firstLife is how long the invitation of the first admin lives.
const firstLife = time.Hour

// FirstAdmin invites the machine's own user to an account, as an admin, if no admin can sign in yet. It is for a server
// that other machines reach: there, everybody needs an account. It returns the key, or "" if there is an admin.
func (d *Desk) FirstAdmin(ctx context.Context) (string, error) {
	store, err := d.store(ctx)
	if err != nil {
		return "", err
	}
	all, err := store.Accounts(ctx)
	if err != nil || slices.ContainsFunc(all, func(a *attempts.Account) bool { return a.Role == labs.RoleAdmin && a.Disabled == nil }) {
		return "", err
	}
	name := d.machine.Name
	if _, ok := likeness(name); !ok {
		name = "" // they choose one
	}
	key, _, err := d.invite(ctx, attempts.Invitation{Role: labs.RoleAdmin, Name: name}, firstLife)
	return key, err
}

func (d *Desk) invite(ctx context.Context, i attempts.Invitation, life time.Duration) (string, *Invitation, error) {
	store, err := d.store(ctx)
	if err != nil {
		return "", nil, err
	}
	key := rand.Text()
	i.Key, i.Created, i.Expires = hashOf(key), d.parts.Now(), d.parts.Now().Add(life)
	if err := store.Invite(ctx, &i); err != nil {
		return "", nil, err
	}
	return key, invitationOf(&i), nil
}

func hashOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// Invitations returns the invitations that nobody has accepted yet, the latest first.
func (d *Desk) Invitations(ctx context.Context, who labs.Learner) ([]*Invitation, error) {
	if err := onlyAdmin(who, "see the invitations"); err != nil {
		return nil, err
	}
	store, err := d.store(ctx)
	if err != nil {
		return nil, err
	}
	found, err := store.Invitations(ctx, d.parts.Now())
	all := make([]*Invitation, 0, len(found))
	for _, i := range found {
		all = append(all, invitationOf(i))
	}
	return all, err
}

// Revoke makes an invitation useless.
func (d *Desk) Revoke(ctx context.Context, who labs.Learner, id int64) error {
	if err := onlyAdmin(who, "revoke an invitation"); err != nil {
		return err
	}
	store, err := d.store(ctx)
	if err != nil {
		return err
	}
	return store.Revoke(ctx, id)
}

// Invited returns the invitation that a key opens.
func (d *Desk) Invited(ctx context.Context, key string) (*Invitation, error) {
	store, err := d.store(ctx)
	if err != nil {
		return nil, err
	}
	i, err := store.Invitation(ctx, hashOf(key), d.parts.Now())
	if err != nil {
		return nil, err
	}
	if i == nil {
		return nil, notInvited()
	}
	return invitationOf(i), nil
}

func notInvited() error {
	return &labs.Problem{Code: CodeInvitation, What: "This invitation can't be used", Advice: "It has been used, has expired, or was revoked. Ask for another one.", Usage: true}
}

// Accept uses up an invitation: the account gets the name, unless the invitation has one, and the password.
func (d *Desk) Accept(ctx context.Context, key, name, password string) (*Account, Badge, error) {
	return d.accept(ctx, key, name, func(a *attempts.Account) (err error) {
		a.Password, err = d.hashes.of(a.Name, password)
		return err
	})
}

// accept uses up an invitation. identify adds to an account how its owner signs in.
func (d *Desk) accept(ctx context.Context, key, name string, identify func(*attempts.Account) error) (*Account, Badge, error) {
	store, err := d.store(ctx)
	if err != nil {
		return nil, Badge{}, err
	}
	wanted, err := d.wanted(ctx, store, key, name)
	if err == nil {
		err = identify(&wanted)
	}
	if err != nil {
		return nil, Badge{}, err
	}
	a, err := store.Accept(ctx, hashOf(key), wanted, d.parts.Now())
	switch {
	case err != nil:
		return nil, Badge{}, takenOr(err)
	case a == nil:
		return nil, Badge{}, notInvited()
	}
	d.changes.tell() // sessions with the old password have ended
	return accountOf(a), badgeOf(a), nil
}

// wanted returns the account that an invitation would create, or whose owner chooses anew how to sign in.
func (d *Desk) wanted(ctx context.Context, store *attempts.View, key, name string) (a attempts.Account, err error) {
	i, err := d.Invited(ctx, key)
	if err != nil {
		return a, err
	}
	a.Name = i.Name
	if i.Name == "" {
		a.Name, a.Likeness, err = d.newName(ctx, store, name)
	} else {
		a.Likeness, _ = likeness(i.Name)
	}
	return a, err
}

// takenOr returns a problem for an error of the store that says what is taken, or the error itself.
func takenOr(err error) error {
	switch {
	case errors.Is(err, attempts.ErrNameTaken):
		return nameTaken()
	case errors.Is(err, attempts.ErrIdentityTaken):
		return &labs.Problem{Code: CodeIdentity, What: "You have an account already", Advice: "Sign in without the invitation. If you want another account, choose a password for it.", Usage: true}
	}
	return err
}

package attempts

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"endstate/internal/attempts/database"
)

// accounts is what is changed by one transaction after the other: accounts and invitations to them.
const accounts = "accounts"

const invitationColumns = "SELECT id, key, role, name, coalesce(account, 0), created, expires FROM invitations "

func scanInvitation(row interface{ Scan(...any) error }) (*Invitation, error) {
	var i Invitation
	var created, expires int64
	if err := row.Scan(&i.ID, &i.Key, &i.Role, &i.Name, &i.Account, &created, &expires); err != nil {
		return nil, err
	}
	i.Created, i.Expires = time.UnixMilli(created), time.UnixMilli(expires)
	return &i, nil
}

// Invite stores an invitation, and removes those that have expired. One for an account replaces the others
// for it.
func (s *Store) Invite(ctx context.Context, i *Invitation) error {
	err := s.change(ctx, func(tx *database.Tx) error {
		if err := tx.Alone(ctx, accounts); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM invitations WHERE expires <= $1 OR account = nullif($2, 0) OR name = nullif($3, '')", milli(i.Created), i.Account, i.Name); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "INSERT INTO invitations (key, role, name, account, created, expires) VALUES ($1, $2, $3, nullif($4, 0), $5, $6) RETURNING id",
			i.Key, i.Role, i.Name, i.Account, milli(i.Created), milli(i.Expires)).Scan(&i.ID)
	})
	if err != nil {
		return s.failed("store invitation", err)
	}
	return nil
}

// Invitation returns the invitation with a key, or nil if there is none or it has expired.
func (s *Store) Invitation(ctx context.Context, key string, now time.Time) (*Invitation, error) {
	i, err := scanInvitation(s.db.QueryRowContext(ctx, invitationColumns+"WHERE key = $1 AND expires > $2", key, milli(now)))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, s.failed("read invitation", err)
	}
	return i, nil
}

// Invitations returns the invitations that can be accepted, the latest first.
func (s *Store) Invitations(ctx context.Context, now time.Time) ([]*Invitation, error) {
	rows, err := s.db.QueryContext(ctx, invitationColumns+"WHERE expires > $1 ORDER BY id DESC", milli(now))
	if err != nil {
		return nil, s.failed("read invitations", err)
	}
	defer rows.Close()
	var found []*Invitation
	for rows.Next() {
		i, err := scanInvitation(rows)
		if err != nil {
			return nil, s.failed("read invitations", err)
		}
		found = append(found, i)
	}
	if err := rows.Err(); err != nil {
		return nil, s.failed("read invitations", err)
	}
	return found, nil
}

// Revoke removes an invitation. It succeeds if there is none.
func (s *Store) Revoke(ctx context.Context, id int64) error {
	if _, err := s.db.ExecContext(ctx, "DELETE FROM invitations WHERE id = $1", id); err != nil {
		return s.failed("revoke invitation", err)
	}
	return nil
}

// Accept uses up the invitation with a key: it stores the new account, or replaces the password or the identity of the
// one that it is for and ends its sessions. It returns nil if the invitation has been used, and [ErrNameTaken] or
// [ErrIdentityTaken] if another account has what must be unique.
func (s *Store) Accept(ctx context.Context, key string, wanted Account, now time.Time) (*Account, error) {
	return s.unlessTaken(ctx, "accept invitation", func(tx *database.Tx) (*Account, error) {
		i, err := scanInvitation(tx.QueryRowContext(ctx, invitationColumns+"WHERE key = $1 AND expires > $2", key, milli(now)))
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		if err == nil {
			err = isFree(ctx, tx, i.Account, &wanted)
		}
		if err != nil {
			return nil, err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM invitations WHERE id = $1", i.ID); err != nil {
			return nil, err
		}
		if i.Account != 0 {
			return replace(ctx, tx, i.Account, &wanted)
		}
		wanted.Role = i.Role
		return insertAccount(ctx, tx, &wanted, now)
	})
}

// AddAccount stores a new account. It returns [ErrNameTaken] or [ErrIdentityTaken] if another account has what must be
// unique.
func (s *Store) AddAccount(ctx context.Context, wanted Account, now time.Time) (*Account, error) {
	return s.unlessTaken(ctx, "add account", func(tx *database.Tx) (*Account, error) {
		if err := isFree(ctx, tx, 0, &wanted); err != nil {
			return nil, err
		}
		return insertAccount(ctx, tx, &wanted, now)
	})
}

// unlessTaken changes an account in a transaction. It returns [ErrNameTaken] and [ErrIdentityTaken] as they are.
func (s *Store) unlessTaken(ctx context.Context, doing string, do func(*database.Tx) (*Account, error)) (*Account, error) {
	var found *Account
	err := s.change(ctx, func(tx *database.Tx) (err error) {
		if err := tx.Alone(ctx, accounts); err != nil {
			return err
		}
		found, err = do(tx)
		return err
	})
	for _, taken := range []error{ErrNameTaken, ErrIdentityTaken} {
		if errors.Is(err, taken) {
			return nil, taken
		}
	}
	if err != nil {
		return nil, s.failed(doing, err)
	}
	return found, nil
}

// isFree returns an error if another account has the identity or, unless an account of an ID has it already, the name.
func isFree(ctx context.Context, tx *database.Tx, id int64, wanted *Account) error {
	var name, identity bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM accounts WHERE $1 = 0 AND likeness = $2),
		EXISTS (SELECT 1 FROM accounts WHERE id <> $1 AND issuer <> '' AND issuer = $3 AND subject = $4)`, id, wanted.Likeness, wanted.Issuer, wanted.Subject).Scan(&name, &identity)
	switch {
	case err != nil:
		return err
	case identity:
		return ErrIdentityTaken
	case name:
		return ErrNameTaken
	}
	return nil
}

// replace replaces the password or the identity of an account, whichever is wanted, and ends its sessions.
func replace(ctx context.Context, tx *database.Tx, id int64, wanted *Account) (*Account, error) {
	_, err := tx.ExecContext(ctx, `UPDATE accounts SET epoch = epoch + 1, password = CASE WHEN $2 <> '' THEN $2 ELSE password END,
		issuer = CASE WHEN $3 <> '' THEN $3 ELSE issuer END, subject = CASE WHEN $3 <> '' THEN $4 ELSE subject END WHERE id = $1`, id, wanted.Password, wanted.Issuer, wanted.Subject)
	if err != nil {
		return nil, err
	}
	return scanAccount(tx.QueryRowContext(ctx, accountColumns+"WHERE id = $1", id))
}

func insertAccount(ctx context.Context, tx *database.Tx, a *Account, now time.Time) (*Account, error) {
	var id int64
	err := tx.QueryRowContext(ctx, "INSERT INTO accounts (name, likeness, role, password, created, issuer, subject) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
		a.Name, a.Likeness, a.Role, a.Password, milli(now), a.Issuer, a.Subject).Scan(&id)
	if err != nil {
		return nil, err
	}
	return scanAccount(tx.QueryRowContext(ctx, accountColumns+"WHERE id = $1", id))
}

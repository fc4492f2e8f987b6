package attempts

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

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
	err := s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM invitations WHERE expires <= ?1 OR account = nullif(?2, 0) OR name = nullif(?3, '')", milli(i.Created), i.Account, i.Name); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "INSERT INTO invitations (key, role, name, account, created, expires) VALUES (?, ?, ?, nullif(?, 0), ?, ?) RETURNING id",
			i.Key, i.Role, i.Name, i.Account, milli(i.Created), milli(i.Expires)).Scan(&i.ID)
	})
	if err != nil {
		return s.failed("store invitation", err)
	}
	return nil
}

// Invitation returns the invitation with a key, or nil if there is none or it has expired.
func (s *Store) Invitation(ctx context.Context, key string, now time.Time) (*Invitation, error) {
	i, err := scanInvitation(s.db.QueryRowContext(ctx, invitationColumns+"WHERE key = ? AND expires > ?", key, milli(now)))
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
	rows, err := s.db.QueryContext(ctx, invitationColumns+"WHERE expires > ? ORDER BY id DESC", milli(now))
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
	if _, err := s.db.ExecContext(ctx, "DELETE FROM invitations WHERE id = ?", id); err != nil {
		return s.failed("revoke invitation", err)
	}
	return nil
}

// Accept uses up the invitation with a key: it stores the new account, or replaces the password of the one
// that it is for and ends its sessions. It returns nil if the invitation has been used, and [ErrNameTaken] if
// the name is not free.
func (s *Store) Accept(ctx context.Context, key string, wanted Account, now time.Time) (*Account, error) {
	var found *Account
	var taken bool
	err := s.change(ctx, func(tx *sql.Tx) error {
		i, err := scanInvitation(tx.QueryRowContext(ctx, invitationColumns+"WHERE key = ? AND expires > ?", key, milli(now)))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil && i.Account == 0 {
			err = tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM accounts WHERE likeness = ?)", wanted.Likeness).Scan(&taken)
		}
		if err != nil || taken {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM invitations WHERE id = ?", i.ID); err != nil {
			return err
		}
		found, err = accept(ctx, tx, i, wanted, now)
		return err
	})
	switch {
	case err != nil:
		return nil, s.failed("accept invitation", err)
	case taken:
		return nil, ErrNameTaken
	}
	return found, nil
}

func accept(ctx context.Context, tx *sql.Tx, i *Invitation, wanted Account, now time.Time) (*Account, error) {
	id := i.Account
	var err error
	if id != 0 {
		_, err = tx.ExecContext(ctx, "UPDATE accounts SET password = ?, epoch = epoch + 1 WHERE id = ?", wanted.Password, id)
	} else {
		err = tx.QueryRowContext(ctx, "INSERT INTO accounts (name, likeness, role, password, created) VALUES (?, ?, ?, ?, ?) RETURNING id",
			wanted.Name, wanted.Likeness, i.Role, wanted.Password, milli(now)).Scan(&id)
	}
	if err != nil {
		return nil, err
	}
	return scanAccount(tx.QueryRowContext(ctx, accountColumns+"WHERE id = ?", id))
}

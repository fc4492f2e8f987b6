package attempts

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"endstate/internal/attempts/database"
	"endstate/labs"
)

// Account is somebody who signs in. Their labs and attempts are owned by their name.
type Account struct {
	ID       int64
	Name     string
	Likeness string // the same for names that look alike; unique
	Role     labs.UserRole
	Password string // its hash; empty: they have none
	Created  time.Time
	Disabled *time.Time // nil: they can sign in
	Epoch    int64      // sessions of earlier epochs have ended
	// Issuer and Subject are as whom they sign in at a provider of OpenID Connect; empty: they don't.
	Issuer, Subject string
}

// Learner returns the account as who acts.
func (a *Account) Learner() labs.Learner { return labs.Learner{Name: a.Name, Role: a.Role} }

// Invitation lets somebody choose a password, once: for a new account, or for one that exists.
type Invitation struct {
	ID      int64
	Key     string // a hash of what the link has
	Role    labs.UserRole
	Name    string // of the account; empty: whoever accepts chooses it
	Account int64  // whose password is replaced; 0: a new account
	Created time.Time
	Expires time.Time
}

const accountColumns = "SELECT id, name, likeness, role, password, created, disabled, epoch, issuer, subject FROM accounts "

func scanAccount(row interface{ Scan(...any) error }) (*Account, error) {
	var a Account
	var created int64
	var disabled *int64
	if err := row.Scan(&a.ID, &a.Name, &a.Likeness, &a.Role, &a.Password, &created, &disabled, &a.Epoch, &a.Issuer, &a.Subject); err != nil {
		return nil, err
	}
	a.Created = time.UnixMilli(created)
	if disabled != nil {
		at := time.UnixMilli(*disabled)
		a.Disabled = &at
	}
	return &a, nil
}

// Accounts returns all accounts, in the order of their names.
func (s *Store) Accounts(ctx context.Context) ([]*Account, error) {
	rows, err := s.db.QueryContext(ctx, accountColumns+"ORDER BY likeness")
	if err != nil {
		return nil, s.failed("read accounts", err)
	}
	defer rows.Close()
	var found []*Account
	for rows.Next() {
		a, err := scanAccount(rows)
		if err != nil {
			return nil, s.failed("read accounts", err)
		}
		found = append(found, a)
	}
	if err := rows.Err(); err != nil {
		return nil, s.failed("read accounts", err)
	}
	return found, nil
}

// Account returns an account, or nil if there is none with that number.
func (s *Store) Account(ctx context.Context, id int64) (*Account, error) {
	return s.account(ctx, "WHERE id = $1", id)
}

// AccountLike returns the account whose name has a likeness, or nil if there is none.
func (s *Store) AccountLike(ctx context.Context, likeness string) (*Account, error) {
	return s.account(ctx, "WHERE likeness = $1", likeness)
}

// AccountAt returns the account of somebody at a provider of OpenID Connect, or nil if there is none.
func (s *Store) AccountAt(ctx context.Context, issuer, subject string) (*Account, error) {
	return s.account(ctx, "WHERE issuer <> '' AND issuer = $1 AND subject = $2", issuer, subject)
}

func (s *Store) account(ctx context.Context, which string, args ...any) (*Account, error) {
	a, err := scanAccount(s.db.QueryRowContext(ctx, accountColumns+which, args...))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, s.failed("read account", err)
	}
	return a, nil
}

// ChangeAccount changes an account in a transaction. It returns nil if there is none with that number. An
// error of change is returned as it is, and nothing is changed.
func (s *Store) ChangeAccount(ctx context.Context, id int64, change func(*Account) error) (*Account, error) {
	var found *Account
	var refused error
	err := s.change(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "accounts", id); err != nil {
			return err
		}
		a, err := scanAccount(tx.QueryRowContext(ctx, accountColumns+"WHERE id = $1", id))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if refused = change(a); refused != nil {
			return nil
		}
		found = a
		var disabled any
		if a.Disabled != nil {
			disabled = milli(*a.Disabled)
		}
		_, err = tx.ExecContext(ctx, "UPDATE accounts SET role = $1, password = $2, disabled = $3, epoch = $4 WHERE id = $5", a.Role, a.Password, disabled, a.Epoch, id)
		return err
	})
	if err != nil {
		return nil, s.failed("change account", err)
	}
	return found, refused
}

// Owners returns the names that own attempts, exams or scripts.
func (s *Store) Owners(ctx context.Context) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT owner FROM attempts UNION SELECT owner FROM exams UNION SELECT owner FROM scripts UNION SELECT owner FROM companies")
	if err != nil {
		return nil, s.failed("read owners", err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, s.failed("read owners", err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return nil, s.failed("read owners", err)
	}
	return names, nil
}

// Errors of [Store.Accept] and [Store.AddAccount].
var (
	ErrNameTaken     = errors.New("the name is taken")           // another account has a name that looks like the new one
	ErrIdentityTaken = errors.New("the identity has an account") // another account signs in as the same person
)

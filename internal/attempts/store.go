// Package attempts stores what learners did, in an embedded database. The store outlives
// labs, and several processes can use it at once.
package attempts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite" // also registers the driver
	sqlite3 "modernc.org/sqlite/lib"

	"endstate/internal/attempts/schema"
	"endstate/labs"
)

// Store is the store of attempts. All its errors are of type *labs.Problem.
type Store struct {
	db   *sql.DB
	path string
}

// Open opens the store in a file, creating or migrating it as needed.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, unusable(path, err)
	}
	// Only this user may read what they typed. If this fails, opening the database says
	// why.
	if file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err == nil {
		_ = file.Close()
	}
	options := url.Values{"_pragma": {fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()), "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: options.Encode()}).String())
	if err != nil {
		return nil, unusable(path, err)
	}
	store := &Store{db: db, path: path}
	if err := patiently(ctx, store.migrate); err != nil {
		return nil, errors.Join(unusable(path, err), db.Close())
	}
	return store, nil
}

// patience is how long to wait for other processes.
const patience = 10 * time.Second

// patiently retries while other processes hold the database. SQLite's own timeout does not
// apply when two processes turn a new file into a database, as they could deadlock.
func patiently(ctx context.Context, do func(context.Context) error) error {
	for begun := time.Now(); ; {
		err := do(ctx)
		var busy *sqlite.Error
		if !errors.As(err, &busy) || busy.Code()&0xff != sqlite3.SQLITE_BUSY || time.Since(begun) > patience {
			return err
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func unusable(path string, err error) error {
	if diskFull(path, err) {
		return &labs.Problem{
			Code:   labs.CodeDiskFull,
			What:   "The disk is full, so the store of attempts can't be used",
			Advice: "Free some space for " + path + ", or set ENDSTATE_HOME to a folder on another disk.", Err: err,
		}
	}
	return &labs.Problem{
		Code:   labs.CodeNoStore,
		What:   "The store of attempts can't be used",
		Advice: "It is " + path + ". Repair it or move it away, or set ENDSTATE_HOME to another folder.", Err: err,
	}
}

func (s *Store) failed(doing string, err error) error {
	return unusable(s.path, fmt.Errorf("%s: %w", doing, err))
}

func (s *Store) migrate(ctx context.Context) error {
	var version int
	if err := s.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version == len(schema.Migrations) {
		return nil
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		// Another process may have migrated the store meanwhile.
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
			return err
		}
		if version > len(schema.Migrations) {
			return fmt.Errorf("it has version %d, from a newer endstate; this one reads version %d", version, len(schema.Migrations))
		}
		for _, migration := range schema.Migrations[version:] {
			if _, err := tx.ExecContext(ctx, migration); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(schema.Migrations)))
		return err
	})
}

func (s *Store) change(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }

// Path returns the path of the store in a home folder.
func Path(home string) string { return filepath.Join(home, "endstate.db") }

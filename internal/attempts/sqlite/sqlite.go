// Package sqlite keeps a store in a file. Several processes of a machine can use it at once.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite" // also registers the driver
	sqlite3 "modernc.org/sqlite/lib"

	"endstate/internal/attempts/database"
	"endstate/internal/attempts/schema"
	"endstate/labs"
)

type file struct{ path string }

// Open opens the store in a file, creating or migrating it as needed.
func Open(ctx context.Context, path string) (*database.DB, error) {
	addFunctions()
	f := file{path}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, f.Problem(err)
	}
	// Only this user may read what they typed. If this fails, opening the database says
	// why.
	if file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err == nil {
		_ = file.Close()
	}
	options := url.Values{"_pragma": {fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()), "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)"}, "_txlock": {"immediate"}}
	pool, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: options.Encode()}).String())
	if err != nil {
		return nil, f.Problem(err)
	}
	db := &database.DB{Kind: f, Pool: pool}
	if err := patiently(ctx, func(ctx context.Context) error { return migrate(ctx, db) }); err != nil {
		return nil, errors.Join(f.Problem(err), pool.Close())
	}
	return db, nil
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

func migrate(ctx context.Context, db *database.DB) error {
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version == len(schema.Migrations) {
		return nil
	}
	return db.Change(ctx, func(tx *database.Tx) error {
		// Another process may have migrated the store meanwhile.
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
			return err
		}
		if err := schema.Check(version); err != nil {
			return err
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

// SQLite has functions for the largest and the smallest of several values under other names, and they don't leave
// out NULL.
var addFunctions = sync.OnceFunc(func() {
	sqlite.MustRegisterDeterministicScalarFunction("greatest", -1, best(func(a, b int64) bool { return a > b }))
	sqlite.MustRegisterDeterministicScalarFunction("least", -1, best(func(a, b int64) bool { return a < b }))
})

func best(better func(a, b int64) bool) func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
	return func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		var found driver.Value
		for _, arg := range args {
			if arg == nil {
				continue
			}
			n, ok := arg.(int64)
			if !ok {
				return nil, fmt.Errorf("%v is not a whole number", arg)
			}
			if found == nil || better(n, found.(int64)) {
				found = n
			}
		}
		return found, nil
	}
}

// Tell tells nobody: there is one server.
func (f file) Tell(context.Context, string) error { return nil }

// Hear waits until the context is done.
func (f file) Hear(ctx context.Context, _ func(string)) { <-ctx.Done() }

// Place is the file's path.
func (f file) Place() string { return f.path }

// Close does nothing.
func (f file) Close() error { return nil }

// Arguments returns them as they are.
func (f file) Arguments(args []any) []any { return args }

// Patiently does something once: a file is there or it is not, and SQLite itself waits for other processes.
func (f file) Patiently(ctx context.Context, do func(context.Context) error) error { return do(ctx) }

// Lock does nothing, because only one transaction at a time can change anything.
func (f file) Lock(context.Context, *sql.Tx, string, int64) error { return nil }

// Alone does nothing, because only one transaction at a time can change anything.
func (f file) Alone(context.Context, *sql.Tx, string) error { return nil }

// Renumber does nothing, because a new row's number is one more than the largest.
func (f file) Renumber(context.Context, *sql.Tx, string) error { return nil }

// Problem says what to do about an error.
func (f file) Problem(err error) *labs.Problem {
	if diskFull(f.path, err) {
		return &labs.Problem{
			Code:   labs.CodeDiskFull,
			What:   "The disk is full, so the store of attempts can't be used",
			Advice: "Free some space for " + f.path + ", or set ENDSTATE_HOME to a folder on another disk.", Err: err,
		}
	}
	return &labs.Problem{
		Code:   labs.CodeNoStore,
		What:   "The store of attempts can't be used",
		Advice: "It is " + f.path + ". Repair it or move it away, or set ENDSTATE_HOME to another folder.", Err: err,
	}
}

// Package attempts is the store of what learners did: an embedded database, so
// that it outlives labs and several processes can use it at once.
package attempts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the database driver

	"endstate/labs"
)

// Store is the store of attempts. Its errors are each a *labs.Problem.
type Store struct {
	db   *sql.DB
	path string
}

// Attempt is one learner's go at one variant, from start to stop.
type Attempt struct {
	ID       int64     `json:"attempt"`
	Lab      string    `json:"lab"`
	Scenario string    `json:"scenario"`
	Seed     uint64    `json:"seed"`
	Owner    string    `json:"owner"`
	Started  time.Time `json:"started"`
	Hints    int       `json:"hints"`    // how many were opened
	Assisted bool      `json:"assisted"` // the solution was shown
	Resets   int       `json:"resets"`
}

// migrations bring a store from one version to the next; its version is how many
// of them it has been through.
var migrations = []string{`
CREATE TABLE attempts (
	id       INTEGER PRIMARY KEY,
	lab      TEXT NOT NULL,
	scenario TEXT NOT NULL,
	seed     TEXT NOT NULL,
	owner    TEXT NOT NULL,
	started  TEXT NOT NULL,
	ended    TEXT,
	hints    INTEGER NOT NULL DEFAULT 0,
	assisted INTEGER NOT NULL DEFAULT 0,
	resets   INTEGER NOT NULL DEFAULT 0,
	UNIQUE (lab, started)
) STRICT;
CREATE TABLE checks (
	id      INTEGER PRIMARY KEY,
	attempt INTEGER NOT NULL REFERENCES attempts (id),
	at      TEXT NOT NULL,
	score   INTEGER,
	report  TEXT NOT NULL
) STRICT;
CREATE INDEX checks_by_attempt ON checks (attempt);
`}

// Open opens the store in a file, and makes or migrates it.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, unusable(path, err)
	}
	options := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: options.Encode()}).String())
	if err != nil {
		return nil, unusable(path, err)
	}
	store := &Store{db: db, path: path}
	if err := store.migrate(ctx); err != nil {
		return nil, errors.Join(unusable(path, err), db.Close())
	}
	return store, nil
}

func unusable(path string, err error) error {
	return &labs.Problem{
		What: "The store of attempts can't be used",
		Do:   "It is " + path + ". Mend it or move it away, or set ENDSTATE_HOME to another folder.", Err: err,
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
	if version == len(migrations) {
		return nil
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		// Another process may have migrated it meanwhile.
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
			return err
		}
		if version > len(migrations) {
			return fmt.Errorf("it is of version %d, from a newer endstate; this one knows version %d", version, len(migrations))
		}
		for _, migration := range migrations[version:] {
			if _, err := tx.ExecContext(ctx, migration); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(migrations)))
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

// Of returns the attempt that a lab stands for, and opens it if there is none.
func (s *Store) Of(ctx context.Context, lab *labs.Lab) (*Attempt, error) {
	started := lab.Started.UTC().Format(time.RFC3339)
	_, err := s.db.ExecContext(ctx, `INSERT INTO attempts (lab, scenario, seed, owner, started) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (lab, started) DO NOTHING`, lab.ID, lab.Scenario, fmt.Sprint(lab.Seed), lab.Owner, started)
	if err != nil {
		return nil, s.failed("open attempt", err)
	}
	a := &Attempt{Lab: lab.ID, Scenario: lab.Scenario, Seed: lab.Seed, Owner: lab.Owner, Started: lab.Started}
	err = s.db.QueryRowContext(ctx, "SELECT id, hints, assisted, resets FROM attempts WHERE lab = ? AND started = ?", lab.ID, started).
		Scan(&a.ID, &a.Hints, &a.Assisted, &a.Resets)
	if err != nil {
		return nil, s.failed("read attempt", err)
	}
	return a, nil
}

// OpenHint notes that one more hint was opened.
func (s *Store) OpenHint(ctx context.Context, a *Attempt) error {
	return s.set(ctx, a, "hints = hints + 1")
}

// Assist notes that the solution was shown.
func (s *Store) Assist(ctx context.Context, a *Attempt) error { return s.set(ctx, a, "assisted = 1") }

// Reset notes that the lab was put back to its beginning.
func (s *Store) Reset(ctx context.Context, a *Attempt) error {
	return s.set(ctx, a, "resets = resets + 1")
}

// End closes an attempt.
func (s *Store) End(ctx context.Context, a *Attempt, at time.Time) error {
	return s.set(ctx, a, "ended = coalesce(ended, ?)", at.UTC().Format(time.RFC3339))
}

func (s *Store) set(ctx context.Context, a *Attempt, what string, args ...any) error {
	if _, err := s.db.ExecContext(ctx, "UPDATE attempts SET "+what+" WHERE id = ?", append(args, a.ID)...); err != nil {
		return s.failed("change attempt", err)
	}
	return nil
}

// AddCheck keeps the report of a round of checks.
func (s *Store) AddCheck(ctx context.Context, a *Attempt, report *labs.Report) error {
	text, err := json.Marshal(report)
	if err != nil {
		return s.failed("keep check", err)
	}
	_, err = s.db.ExecContext(ctx, "INSERT INTO checks (attempt, at, score, report) VALUES (?, ?, ?, ?)",
		a.ID, report.At.UTC().Format(time.RFC3339Nano), report.Score, string(text))
	if err != nil {
		return s.failed("keep check", err)
	}
	return nil
}

// Path returns where the store lies below a home folder.
func Path(home string) string { return filepath.Join(home, "endstate.db") }

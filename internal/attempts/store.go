// Package attempts stores what learners did, in a file or in PostgreSQL. The store outlives
// labs, and several processes can use it at once.
package attempts

import (
	"context"
	"fmt"
	"path/filepath"

	"endstate/internal/attempts/database"
	"endstate/internal/attempts/postgres"
	"endstate/internal/attempts/sqlite"
)

// Store is the store of attempts. All its errors are of type *labs.Problem.
type Store struct{ db *database.DB }

// Open opens the store at a place, creating or migrating it as needed. The place is the URL of a
// database of PostgreSQL or the path of a file.
func Open(ctx context.Context, place string) (*Store, error) {
	open := sqlite.Open
	if postgres.IsURL(place) {
		open = postgres.Open
	}
	db, err := open(ctx, place)
	if err != nil {
		return nil, err
	}
	return &Store{db: db}, nil
}

// Path returns the path of the store in a home folder.
func Path(home string) string { return filepath.Join(home, "endstate.db") }

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }

// Place says where the store is, without secrets.
func (s *Store) Place() string { return s.db.Place() }

// Answer returns an error unless the store answers.
func (s *Store) Answer(ctx context.Context) error {
	var one int
	if err := s.db.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return s.failed("ask", err)
	}
	return nil
}

// Hold takes a lock that all processes of the store share, unless somebody has it: then it returns nil.
// Any number of holders can share it. A process that ends loses it.
func (s *Store) Hold(ctx context.Context, name string, share bool) (release func(), err error) {
	release, err = s.db.Hold(ctx, name, share)
	if err != nil {
		return nil, s.failed("lock", err)
	}
	return release, nil
}

// Held reports whether somebody, in this process or another, has a lock.
func (s *Store) Held(ctx context.Context, name string) (bool, error) {
	held, err := s.db.Held(ctx, name)
	if err != nil {
		return false, s.failed("look for lock", err)
	}
	return held, nil
}

// Tell tells the other servers something, if there can be any.
func (s *Store) Tell(ctx context.Context, news string) error {
	if err := s.db.Tell(ctx, news); err != nil {
		return s.failed("tell", err)
	}
	return nil
}

// Hear calls heard with what other servers tell, until the context is done. Nothing is told again.
func (s *Store) Hear(ctx context.Context, heard func(news string)) { s.db.Hear(ctx, heard) }

func (s *Store) failed(doing string, err error) error {
	return s.db.Problem(fmt.Errorf("%s: %w", doing, err))
}

func (s *Store) change(ctx context.Context, do func(*database.Tx) error) error {
	return s.db.Change(ctx, do)
}

func (s *Store) look(ctx context.Context, do func(*database.Tx) error) error {
	return s.db.Look(ctx, do)
}

package attempts

import (
	"context"
	"time"

	"endstate/internal/attempts/database"
)

// Silence is how long a visit lasts without a sign of life from its client.
const Silence = time.Minute

// Enter records that the learner entered a shell of a host. Pass the returned visit to Stay
// and Leave.
func (s *Store) Enter(ctx context.Context, a *Attempt, host, recording string, at time.Time) (visit int64, err error) {
	err = s.note(ctx, a, at, "note visit", func(tx *database.Tx) error {
		return tx.QueryRowContext(ctx, "INSERT INTO visits (attempt, host, began, seen, recording) VALUES ($1, $2, $3, $3, $4) RETURNING id",
			a.ID, host, milli(at), recording).Scan(&visit)
	})
	return visit, err
}

// Stay records that a visit's client is still running. That does not mean the learner is
// working.
func (s *Store) Stay(ctx context.Context, visit int64, at time.Time) error {
	if _, err := s.db.ExecContext(ctx, "UPDATE visits SET seen = greatest(seen, $1), ended = NULL WHERE id = $2", milli(at), visit); err != nil {
		return s.failed("note visit", err)
	}
	return nil
}

// TakeShell records the shell that a visit is in. If its client is lost, that shell waits.
func (s *Store) TakeShell(ctx context.Context, visit int64, shell string) error {
	if _, err := s.db.ExecContext(ctx, "UPDATE visits SET shell = $1, waits = 1 WHERE id = $2", shell, visit); err != nil {
		return s.failed("note visit", err)
	}
	return nil
}

// EndShell ends the visits to a shell that is handed over: it no longer waits, and the clients of
// these visits are gone.
func (s *Store) EndShell(ctx context.Context, shell string) error {
	_, err := s.db.ExecContext(ctx, "UPDATE visits SET ended = coalesce(ended, greatest(began, seen)), waits = 0 WHERE shell = $1 AND waits = 1", shell)
	if err != nil {
		return s.failed("note visit", err)
	}
	return nil
}

// Lose records that a visit's client is gone, and its shell waits.
func (s *Store) Lose(ctx context.Context, a *Attempt, visit int64, at time.Time) error {
	return s.note(ctx, a, at, "note visit", func(tx *database.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE visits SET ended = greatest(began, $1) WHERE id = $2", milli(at), visit)
		return err
	})
}

// Waiting returns an attempt's visits whose shells still wait for their owner, if shells wait for
// so long.
func (s *Store) Waiting(ctx context.Context, a *Attempt, now time.Time, wait time.Duration) ([]Visit, error) {
	found, err := all(ctx, s.db, `SELECT host, began, coalesce(ended, greatest(began, seen)), recording FROM visits
		WHERE attempt = $1 AND waits = 1 AND (ended IS NOT NULL OR greatest(began, seen) < $2) AND coalesce(ended, greatest(began, seen)) >= $3 ORDER BY id`,
		[]any{a.ID, milli(now.Add(-Silence)), milli(now.Add(-wait))}, scanVisit)
	if err != nil {
		return nil, s.failed("read visits", err)
	}
	return found, nil
}

// Visited reports whether there was a visit in an attempt.
func (s *Store) Visited(ctx context.Context, a *Attempt) (some bool, err error) {
	if err := s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM visits WHERE attempt = $1)", a.ID).Scan(&some); err != nil {
		return false, s.failed("read visits", err)
	}
	return some, nil
}

// Leave records that the learner left a shell, which has ended.
func (s *Store) Leave(ctx context.Context, a *Attempt, visit int64, at time.Time) error {
	return s.note(ctx, a, at, "note visit", func(tx *database.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE visits SET ended = greatest(began, $1), waits = 0 WHERE id = $2", milli(at), visit)
		return err
	})
}

// EndVisits ends the visits of clients that were killed, at their last sign of life.
func (s *Store) EndVisits(ctx context.Context, now time.Time) error {
	before := milli(now.Add(-Silence))
	var some bool
	err := s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM visits WHERE ended IS NULL AND greatest(began, seen) < $1)", before).Scan(&some)
	if err == nil && some {
		err = s.change(ctx, func(tx *database.Tx) error {
			if err := tx.Alone(ctx, "visits of clients that were killed"); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "UPDATE visits SET ended = greatest(began, seen) WHERE ended IS NULL AND greatest(began, seen) < $1", before)
			return err
		})
	}
	if err != nil {
		return s.failed("end visits", err)
	}
	return nil
}

// Others returns an attempt's open visits, at other terminals.
func (s *Store) Others(ctx context.Context, a *Attempt, now time.Time) ([]Visit, error) {
	found, err := all(ctx, s.db, `SELECT host, began, ended, recording FROM visits
		WHERE attempt = $1 AND ended IS NULL AND greatest(began, seen) >= $2 ORDER BY id`, []any{a.ID, milli(now.Add(-Silence))}, scanVisit)
	if err != nil {
		return nil, s.failed("read visits", err)
	}
	return found, nil
}

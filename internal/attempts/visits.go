package attempts

import (
	"context"
	"database/sql"
	"time"
)

// Silence is how long a visit lasts without a sign of life from its client.
const Silence = time.Minute

// Enter records that the learner entered a shell of a host. Pass the returned visit to Stay
// and Leave.
func (s *Store) Enter(ctx context.Context, a *Attempt, host, recording string, at time.Time) (visit int64, err error) {
	err = s.note(ctx, a, at, "note visit", func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "INSERT INTO visits (attempt, host, began, seen, recording) VALUES (?, ?, ?3, ?3, ?4)",
			a.ID, host, milli(at), recording)
		if err != nil {
			return err
		}
		visit, err = result.LastInsertId()
		return err
	})
	return visit, err
}

// Stay records that a visit's client is still running. That does not mean the learner is
// working.
func (s *Store) Stay(ctx context.Context, visit int64, at time.Time) error {
	if _, err := s.db.ExecContext(ctx, "UPDATE visits SET seen = max(seen, ?), ended = NULL WHERE id = ?", milli(at), visit); err != nil {
		return s.failed("note visit", err)
	}
	return nil
}

// Leave records that the learner left a shell.
func (s *Store) Leave(ctx context.Context, a *Attempt, visit int64, at time.Time) error {
	return s.note(ctx, a, at, "note visit", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE visits SET ended = max(began, ?) WHERE id = ?", milli(at), visit)
		return err
	})
}

// EndVisits ends the visits of clients that were killed, at their last sign of life.
func (s *Store) EndVisits(ctx context.Context, now time.Time) error {
	before := milli(now.Add(-Silence))
	var some bool
	err := s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM visits WHERE ended IS NULL AND max(began, seen) < ?)", before).Scan(&some)
	if err == nil && some {
		_, err = s.db.ExecContext(ctx, "UPDATE visits SET ended = max(began, seen) WHERE ended IS NULL AND max(began, seen) < ?", before)
	}
	if err != nil {
		return s.failed("end visits", err)
	}
	return nil
}

// Others returns an attempt's open visits, at other terminals.
func (s *Store) Others(ctx context.Context, a *Attempt, now time.Time) ([]Visit, error) {
	found, err := all(ctx, s.db, `SELECT host, began, ended, recording FROM visits
		WHERE attempt = ? AND ended IS NULL AND max(began, seen) >= ? ORDER BY id`, []any{a.ID, milli(now.Add(-Silence))}, scanVisit)
	if err != nil {
		return nil, s.failed("read visits", err)
	}
	return found, nil
}

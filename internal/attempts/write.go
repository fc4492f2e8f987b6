package attempts

import (
	"context"
	"encoding/json"
	"time"

	"endstate/internal/attempts/database"
	"endstate/labs"
)

// Begin returns the lab's attempt, and opens one if there is none. It stores about unless
// the attempt already has a description.
func (s *Store) Begin(ctx context.Context, lab *labs.Lab, about About) (*Attempt, error) {
	images, err := json.Marshal(append([]Image{}, about.Images...))
	if err != nil {
		return nil, s.failed("open attempt", err)
	}
	of := about.Scenario
	err = s.change(ctx, func(tx *database.Tx) error {
		if err := insert(ctx, tx, lab); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE attempts SET hash = $1, title = $2, topic = $3, level = $4, minutes = $5, engine = $6, images = $7
			WHERE lab = $8 AND owner = $9 AND started = $10 AND imported = 0 AND hash = ''`,
			of.Hash, of.Title, of.Topic, of.Level, of.Minutes, about.Engine, string(images), lab.ID, lab.Owner, second(lab.Started))
		return err
	})
	if err != nil {
		return nil, s.failed("open attempt", err)
	}
	return s.byLab(ctx, lab)
}

// insert opens a lab's attempt, unless there is one. An owner has one lab of a scenario at
// a time, so the lab of an earlier open attempt no longer exists.
func insert(ctx context.Context, tx *database.Tx, lab *labs.Lab) error {
	started := second(lab.Started)
	result, err := tx.ExecContext(ctx, `INSERT INTO attempts (uid, lab, scenario, seed, owner, started, expires, changed, worked)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $6) ON CONFLICT (lab, started) WHERE imported = 0 DO NOTHING`,
		newUID(), lab.ID, lab.Scenario, formatSeed(lab.Seed), lab.Owner, started, milli(lab.Expires))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE attempts SET ending = 'gone', ended = worked
		WHERE lab = $1 AND owner = $2 AND started < $3 AND ended IS NULL AND imported = 0`, lab.ID, lab.Owner, started)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO spans (attempt, began, ended)
		SELECT id, started, started FROM attempts WHERE lab = $1 AND owner = $2 AND started = $3 AND imported = 0`, lab.ID, lab.Owner, started)
	return err
}

// NoteWork records that the learner is working: they pressed a key or gave a command.
func (s *Store) NoteWork(ctx context.Context, a *Attempt, at time.Time) error {
	return s.note(ctx, a, at, "note work", func(*database.Tx) error { return nil })
}

// OpenHint opens the next hint of total, updates the attempt's hints, and reports whether it
// opened one. A hint is free once the attempt was solved. Several processes may call it at once.
func (s *Store) OpenHint(ctx context.Context, a *Attempt, at time.Time, total int) (fresh bool, err error) {
	err = s.note(ctx, a, at, "open hint", func(tx *database.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE attempts SET hints = hints + 1, charged = charged + CASE WHEN solved IS NULL THEN 1 ELSE 0 END WHERE id = $1 AND hints < $2", a.ID, total)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil {
			return err
		} else if fresh = n > 0; fresh {
			if err := addEvent(ctx, tx, a, at, HintOpened, "hints"); err != nil {
				return err
			}
		}
		return tx.QueryRowContext(ctx, "SELECT hints, charged FROM attempts WHERE id = $1", a.ID).Scan(&a.Hints, &a.Charged)
	})
	return fresh, err
}

// NoteSolution records that the learner saw the solution.
func (s *Store) NoteSolution(ctx context.Context, a *Attempt, at time.Time) error {
	return s.event(ctx, a, at, SolutionSeen, "assisted = 1", "0")
}

// NoteReset records that the lab was reset.
func (s *Store) NoteReset(ctx context.Context, a *Attempt, at time.Time) error {
	return s.event(ctx, a, at, LabReset, "resets = resets + 1", "0")
}

// NoteSave records that the lab was saved.
func (s *Store) NoteSave(ctx context.Context, a *Attempt, at time.Time) error {
	return s.note(ctx, a, at, "change attempt", func(tx *database.Tx) error { return addEvent(ctx, tx, a, at, LabSaved, "0") })
}

// NoteReturn records that the lab was put back to a saved state.
func (s *Store) NoteReturn(ctx context.Context, a *Attempt, at time.Time) error {
	return s.note(ctx, a, at, "change attempt", func(tx *database.Tx) error { return addEvent(ctx, tx, a, at, LabReturned, "0") })
}

// event changes an attempt and records the event. number is an SQL expression over the
// attempt's row.
func (s *Store) event(ctx context.Context, a *Attempt, at time.Time, kind Kind, change, number string) error {
	return s.note(ctx, a, at, "change attempt", func(tx *database.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE attempts SET "+change+" WHERE id = $1", a.ID); err != nil {
			return err
		}
		return addEvent(ctx, tx, a, at, kind, number)
	})
}

func addEvent(ctx context.Context, tx *database.Tx, a *Attempt, at time.Time, kind Kind, number string) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO events (attempt, at, kind, number) SELECT id, $1, $2, "+number+" FROM attempts WHERE id = $3",
		milli(at), kind, a.ID)
	return err
}

// note changes an attempt in a transaction, and records that the learner was working at a
// time.
func (s *Store) note(ctx context.Context, a *Attempt, at time.Time, doing string, do func(*database.Tx) error) error {
	err := s.change(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "attempts", a.ID); err != nil {
			return err
		}
		if err := work(ctx, tx, a.ID, milli(at)); err != nil {
			return err
		}
		return do(tx)
	})
	if err != nil {
		return s.failed(doing, err)
	}
	return nil
}

// work records that the learner was working at a time. It extends the current span if the
// pause was short enough, and begins a new one otherwise.
func work(ctx context.Context, tx *database.Tx, attempt, at int64) error {
	away := Away.Milliseconds()
	result, err := tx.ExecContext(ctx, `UPDATE spans SET ended = greatest(ended, $1)
		WHERE id = (SELECT max(id) FROM spans WHERE attempt = $2) AND closed = 0 AND began <= $1 AND ended >= $1 - $3`, at, attempt, away)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		// Ignore times from slow processes that fall before the latest span.
		_, err = tx.ExecContext(ctx, `INSERT INTO spans (attempt, began, ended) SELECT $1, $2, $2
			WHERE NOT EXISTS (SELECT 1 FROM spans WHERE attempt = $1 AND ended >= $2)`, attempt, at)
		if err != nil {
			return err
		}
	}
	return recount(ctx, tx, attempt, at)
}

func recount(ctx context.Context, tx *database.Tx, attempt, at int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE attempts SET changed = greatest(changed, $1), worked = greatest(worked, $1),
		active = (SELECT coalesce(sum(ended - began), 0) FROM spans WHERE attempt = $2) WHERE id = $2`, at, attempt)
	return err
}

// AddCheck stores the report of a round of checks. A round that could not be graded stops
// the clock: no time counts from when the learner asked for it until their next sign of
// life.
func (s *Store) AddCheck(ctx context.Context, a *Attempt, report *labs.Report) error {
	text, err := json.Marshal(report)
	if err != nil {
		return s.failed("keep check", err)
	}
	return s.note(ctx, a, report.At, "keep check", func(tx *database.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO checks (attempt, at, score, report) VALUES ($1, $2, $3, $4)",
			a.ID, milli(report.At), report.Score, string(text))
		if err != nil {
			return err
		}
		if !report.Graded() {
			return stopClock(ctx, tx, a.ID, milli(report.At))
		}
		unaided := report.Score
		if len(report.Hints) > 0 || report.Assisted {
			unaided = nil
		}
		_, err = tx.ExecContext(ctx, `UPDATE attempts SET checks = checks + 1,
			took = CASE WHEN score IS NULL OR score < $1 THEN active ELSE took END, score = greatest(score, $1),
			unaided = greatest(unaided, $2), solved = CASE WHEN $4 = 1 AND solved IS NULL THEN active ELSE solved END
			WHERE id = $3`, report.Score, unaided, a.ID, report.Passed())
		return err
	})
}

func stopClock(ctx context.Context, tx *database.Tx, attempt, at int64) error {
	if _, err := tx.ExecContext(ctx, "UPDATE attempts SET checks = checks + 1, ungraded = ungraded + 1 WHERE id = $1", attempt); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE spans SET closed = 1, ended = greatest(began, least(ended, $1)) WHERE attempt = $2 AND closed = 0", at, attempt)
	if err != nil {
		return err
	}
	return recount(ctx, tx, attempt, at)
}

// StopClock records that the learner turned to something else: no time counts until their
// next sign of life, however soon that comes.
func (s *Store) StopClock(ctx context.Context, a *Attempt) error {
	if _, err := s.db.ExecContext(ctx, "UPDATE spans SET closed = 1 WHERE attempt = $1 AND closed = 0", a.ID); err != nil {
		return s.failed("note rest", err)
	}
	return nil
}

// Explain stores the learner's explanation of an attempt. It replaces an explanation of the
// same time.
func (s *Store) Explain(ctx context.Context, a *Attempt, said Explanation) error {
	points, err := json.Marshal(said.Points)
	if err != nil {
		return s.failed("keep explanation", err)
	}
	err = s.change(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "attempts", a.ID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM explanations WHERE attempt = $1 AND at = $2", a.ID, milli(said.At)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO explanations (attempt, at, text, points) VALUES ($1, $2, $3, $4)",
			a.ID, milli(said.At), said.Text, string(points)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE attempts SET changed = greatest(changed, $1) WHERE id = $2", milli(said.At), a.ID)
		return err
	})
	if err != nil {
		return s.failed("keep explanation", err)
	}
	return nil
}

// Extend records that the lab of an attempt lives longer. A time before its expiry changes
// nothing.
func (s *Store) Extend(ctx context.Context, a *Attempt, until time.Time) error {
	if _, err := s.db.ExecContext(ctx, "UPDATE attempts SET expires = greatest(expires, $1) WHERE id = $2 AND imported = 0", milli(until), a.ID); err != nil {
		return s.failed("extend attempt", err)
	}
	a.Expires = until
	return nil
}

// Reopen reopens an attempt that was ended although its lab still exists, because removing
// the lab was interrupted or undone.
func (s *Store) Reopen(ctx context.Context, a *Attempt) error {
	if _, err := s.db.ExecContext(ctx, "UPDATE attempts SET ended = NULL, ending = '' WHERE id = $1 AND imported = 0", a.ID); err != nil {
		return s.failed("open attempt again", err)
	}
	a.Ended, a.Ending = nil, ""
	return nil
}

// End ends the lab's attempt, if there is one. Only the first end counts, and an attempt
// never ends before it began, even if clocks disagree.
func (s *Store) End(ctx context.Context, lab *labs.Lab, at time.Time, how Ending) error {
	_, err := s.db.ExecContext(ctx, `UPDATE attempts SET ended = greatest(started, $1), ending = $2, changed = greatest(changed, $1)
		WHERE lab = $3 AND owner = $4 AND started = $5 AND imported = 0 AND ended IS NULL`, milli(at), how, lab.ID, lab.Owner, second(lab.Started))
	if err != nil {
		return s.failed("close attempt", err)
	}
	return nil
}

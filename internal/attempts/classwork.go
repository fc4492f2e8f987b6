package attempts

import (
	"context"
	"database/sql"
	"time"

	"endstate/internal/attempts/database"
	"endstate/internal/classes"
)

// At returns the learner's attempts at a scenario with a seed that were started since a time, in the order in
// which they began.
func (v *View) At(ctx context.Context, scenario string, seed uint64, since time.Time) ([]*Attempt, error) {
	found, err := v.query(ctx, "WHERE owner = $1 AND scenario = $2 AND seed = $3 AND started >= $4 AND imported = 0 ORDER BY started, id", v.owner, scenario, formatSeed(seed), second(since))
	if err != nil {
		return nil, v.failed("read attempts", err)
	}
	return found, nil
}

// Open returns the learner's attempts whose labs run, the latest first. It leaves out exams.
func (v *View) Open(ctx context.Context, now time.Time) ([]*Attempt, error) {
	found, err := v.query(ctx, "WHERE owner = $1 AND ended IS NULL AND imported = 0 AND (expires <= started OR expires > $2) ORDER BY started DESC, id DESC", v.owner, milli(now))
	if err != nil {
		return nil, v.failed("read attempts", err)
	}
	return found, nil
}

// Scores returns the checks of an attempt that could be graded, in order, without their reports.
func (s *Store) Scores(ctx context.Context, a *Attempt) ([]classes.Check, error) {
	found, err := all(ctx, s.db, "SELECT at, score FROM checks WHERE attempt = $1 AND score IS NOT NULL ORDER BY id", []any{a.ID}, func(rows *sql.Rows) (classes.Check, error) {
		c := classes.Check{Attempt: a.ID}
		var at int64
		err := rows.Scan(&at, &c.Score)
		c.At = moment(at)
		return c, err
	})
	if err != nil {
		return nil, s.failed("read checks", err)
	}
	return found, nil
}

// Spans returns the periods in which the learner was working at an attempt.
func (s *Store) Spans(ctx context.Context, a *Attempt) ([]classes.Span, error) {
	found, err := all(ctx, s.db, "SELECT began, ended FROM spans WHERE attempt = $1 ORDER BY id", []any{a.ID}, func(rows *sql.Rows) (classes.Span, error) {
		one, err := scanSpan(rows)
		return classes.Span{Began: one.Began, Ended: one.Ended}, err
	})
	if err != nil {
		return nil, s.failed("read spans", err)
	}
	return found, nil
}

// AddMessages stores messages.
func (s *Store) AddMessages(ctx context.Context, all []classes.Message) error {
	err := s.change(ctx, func(tx *database.Tx) error {
		for _, m := range all {
			if _, err := tx.ExecContext(ctx, "INSERT INTO messages (sender, recipient, text, at) VALUES ($1, $2, $3, $4)", m.From, m.To, m.Text, milli(m.At)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return s.failed("keep messages", err)
	}
	return nil
}

// Messages returns what was written to the learner and not read yet, in order.
func (v *View) Messages(ctx context.Context) ([]classes.Message, error) {
	found, err := all(ctx, v.db, "SELECT id, sender, recipient, text, at FROM messages WHERE recipient = $1 ORDER BY id", []any{v.owner}, func(rows *sql.Rows) (m classes.Message, err error) {
		var at int64
		err = rows.Scan(&m.ID, &m.From, &m.To, &m.Text, &at)
		m.At = moment(at)
		return m, err
	})
	if err != nil {
		return nil, v.failed("read messages", err)
	}
	return found, nil
}

// DropMessage removes a message to the learner, who has read it. It succeeds if there is none.
func (v *View) DropMessage(ctx context.Context, id int64) error {
	if _, err := v.db.ExecContext(ctx, "DELETE FROM messages WHERE recipient = $1 AND id = $2", v.owner, id); err != nil {
		return v.failed("remove message", err)
	}
	return nil
}

package attempts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"endstate/internal/rehearsal"
	"endstate/labs"
)

// WriteScript stores a script in place of the one it is named like, and sets its ID.
func (v *View) WriteScript(ctx context.Context, s *rehearsal.Script) error {
	err := v.db.QueryRowContext(ctx, `INSERT INTO scripts (owner, question, scenario, company, tone, text, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (owner, question, scenario, company, tone) DO UPDATE SET text = excluded.text, changed = excluded.changed RETURNING id`,
		v.owner, s.Question, s.Scenario, s.Company, s.Tone, s.Text, milli(s.Changed)).Scan(&s.ID)
	if err != nil {
		return v.failed("store script", err)
	}
	return nil
}

// Scripts returns the scripts with their recitals, in the order of questions.
func (v *View) Scripts(ctx context.Context) ([]*rehearsal.Script, error) {
	return selectAll(ctx, v, "read scripts", `SELECT s.id, question, scenario, company, tone, text, changed, r.at, r.hidden, r.seconds, r.percent
		FROM scripts s LEFT JOIN recitals r ON r.script = s.id WHERE `+own+`
		ORDER BY question = 0, question, scenario, company, tone, r.at, r.id`, nil, scanScript)
}

// scanScript adds a row to the scripts read so far: a new script, or one more recital of the last.
func scanScript(rows *sql.Rows, found []*rehearsal.Script) ([]*rehearsal.Script, error) {
	var s rehearsal.Script
	var changed int64
	var at, hidden, percent *int64
	var seconds *float64
	err := rows.Scan(&s.ID, &s.Question, &s.Scenario, &s.Company, &s.Tone, &s.Text, &changed, &at, &hidden, &seconds, &percent)
	if err != nil {
		return found, err
	}
	if n := len(found); n == 0 || found[n-1].ID != s.ID {
		s.Changed = time.UnixMilli(changed)
		found = append(found, &s)
	}
	if at != nil {
		last := found[len(found)-1]
		last.Recitals = append(last.Recitals, rehearsal.Recital{
			At: time.UnixMilli(*at), Hidden: int(*hidden), Seconds: *seconds, Percent: int(*percent),
		})
	}
	return found, nil
}

// AddRecital stores that a script was said.
func (v *View) AddRecital(ctx context.Context, script int64, r rehearsal.Recital) error {
	_, err := v.db.ExecContext(ctx, `INSERT INTO recitals (script, at, hidden, seconds, percent)
		SELECT id, $4, $5, $6, $7 FROM scripts WHERE `+own+` AND id = $3`,
		v.everyone, v.owner, script, milli(r.At), r.Hidden, r.Seconds, r.Percent)
	if err != nil {
		return v.failed("store recital", err)
	}
	return nil
}

// RemoveScript removes a script and its recitals.
func (v *View) RemoveScript(ctx context.Context, id int64) error {
	_, err := v.db.ExecContext(ctx, "DELETE FROM scripts WHERE "+own+" AND id = $3", v.everyone, v.owner, id)
	if err != nil {
		return v.failed("remove script", err)
	}
	return nil
}

// WriteCompany stores notes on a company in place of earlier ones.
func (v *View) WriteCompany(ctx context.Context, c *rehearsal.Company) error {
	notes, err := json.Marshal(c)
	if err == nil {
		_, err = v.db.ExecContext(ctx, `INSERT INTO companies (owner, name, notes) VALUES ($1, $2, $3)
			ON CONFLICT (owner, name) DO UPDATE SET notes = excluded.notes`, v.owner, c.Name, string(notes))
	}
	if err != nil {
		return v.failed("store company", err)
	}
	return nil
}

// Companies returns the companies, by name.
func (v *View) Companies(ctx context.Context) ([]*rehearsal.Company, error) {
	return selectAll(ctx, v, "read companies", "SELECT notes FROM companies WHERE "+own+" ORDER BY name", nil, func(rows *sql.Rows, found []*rehearsal.Company) ([]*rehearsal.Company, error) {
		var notes string
		c := &rehearsal.Company{}
		err := rows.Scan(&notes)
		if err == nil {
			err = json.Unmarshal([]byte(notes), c)
		}
		return append(found, c), err
	})
}

// Company returns the notes on a company. If there are none, the error is a *labs.Problem.
func (v *View) Company(ctx context.Context, name string) (*rehearsal.Company, error) {
	var notes string
	err := v.db.QueryRowContext(ctx, "SELECT notes FROM companies WHERE "+own+" AND name = $3", v.everyone, v.owner, name).Scan(&notes)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, notFound(fmt.Sprintf("There are no notes on %s", name), labs.Act{Name: labs.ActRehearseCompany, For: "Write some"})
	}
	c := &rehearsal.Company{}
	if err == nil {
		err = json.Unmarshal([]byte(notes), c)
	}
	if err != nil {
		return nil, v.failed("read company", err)
	}
	return c, nil
}

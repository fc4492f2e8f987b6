package attempts

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"endstate/internal/attempts/database"
	"endstate/labs"
)

// List returns the attempts at a scenario, or all attempts if scenario is empty, in the
// order in which they began. It leaves out attempts made in exams.
func (v *View) List(ctx context.Context, scenario string) ([]*Attempt, error) {
	found, err := v.query(ctx, "WHERE "+own+" AND ($3 = '' OR scenario = $3) ORDER BY started, id", v.everyone, v.owner, scenario)
	if err != nil {
		return nil, v.failed("read attempts", err)
	}
	return found, nil
}

// Outlines returns attempts as List does, but with few fields: number, scenario, seed,
// times, help, par, scores and when it was solved. There may be thousands, and somebody is waiting.
func (v *View) Outlines(ctx context.Context, scenario string) ([]*Attempt, error) {
	return v.outlines(ctx, own+" AND ($3 = '' OR scenario = $3)", v.everyone, v.owner, scenario)
}

// Latest returns outlines of the learner's latest attempts, at most n of each scenario, in
// the order in which they began.
func (v *View) Latest(ctx context.Context, n int) ([]*Attempt, error) {
	return v.outlines(ctx, `id IN (SELECT id FROM (
		SELECT id, row_number() OVER (PARTITION BY scenario ORDER BY started DESC, id DESC) AS place FROM attempts WHERE owner = $1) AS ranked
		WHERE place <= $2)`, v.owner, n)
}

// Seeds returns the seeds that the learner has started a scenario at.
func (v *View) Seeds(ctx context.Context, scenario string) (map[uint64]bool, error) {
	rows, err := all(ctx, v.db, "SELECT DISTINCT seed FROM attempts WHERE owner = $1 AND scenario = $2", []any{v.owner, scenario}, func(rows *sql.Rows) (seed uint64, err error) {
		var text string
		if err = rows.Scan(&text); err == nil {
			seed, err = strconv.ParseUint(text, 10, 64)
		}
		return seed, err
	})
	if err != nil {
		return nil, v.failed("read attempts", err)
	}
	used := make(map[uint64]bool, len(rows))
	for _, seed := range rows {
		used[seed] = true
	}
	return used, nil
}

func (s *Store) outlines(ctx context.Context, where string, args ...any) ([]*Attempt, error) {
	found, err := all(ctx, s.db, `SELECT id, scenario, seed, started, coalesce(ended, -1), expires, worked, minutes, hints, assisted, active,
		coalesce(score, -1), coalesce(took, -1), coalesce(unaided, -1), coalesce(solved, -1) FROM attempts WHERE `+where+" ORDER BY started, id", args, scanOutline())
	if err != nil {
		return nil, s.failed("read attempts", err)
	}
	return found, nil
}

func scanOutline() func(rows *sql.Rows) (*Attempt, error) {
	var scenario, seed sql.RawBytes
	var started, ended, expires, worked, minutes, hints, assisted, active, score, took, unaided, solved int64
	var id int64
	names := map[string]string{} // interned
	into := []any{&id, &scenario, &seed, &started, &ended, &expires, &worked, &minutes, &hints, &assisted, &active, &score, &took, &unaided, &solved}
	return func(rows *sql.Rows) (*Attempt, error) {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		name, ok := names[string(scenario)]
		if !ok {
			name = string(scenario)
			names[name] = name
		}
		a := &Attempt{
			ID: id, Scenario: name, Started: moment(started), Expires: moment(expires), Worked: moment(worked), Minutes: int(minutes),
			Hints: int(hints), Assisted: assisted != 0, Active: duration(active),
			Ended: optionalValue(ended, moment), Score: optionalValue(score, toInt), Took: optionalValue(took, duration), Unaided: optionalValue(unaided, toInt),
			Solved: optionalValue(solved, duration),
		}
		var err error
		a.Seed, err = strconv.ParseUint(string(seed), 10, 64)
		return a, err
	}
}

// optionalValue converts a number that is -1 for null.
func optionalValue[T any](value int64, as func(int64) T) *T {
	return pointer(sql.NullInt64{Int64: value, Valid: value != -1}, as)
}

// Find returns an attempt by its number in this store, its ID, or the beginning of its ID.
// It also finds attempts of the learner's exams.
func (v *View) Find(ctx context.Context, name string) (*Attempt, error) {
	found, err := v.query(ctx, "WHERE "+belongs+` AND (CAST(id AS TEXT) = $3 OR (length($3) >= 6 AND substr(uid, 1, length($3)) = $3))
		ORDER BY CAST(id AS TEXT) = $3 DESC LIMIT 2`, v.everyone, v.owner, name)
	switch {
	case err != nil:
		return nil, v.failed("read attempt", err)
	case len(found) == 0:
		return nil, notFound(fmt.Sprintf("There is no attempt %q", name), labs.Act{Name: labs.ActHistory, For: "See them"})
	case len(found) > 1 && strconv.FormatInt(found[0].ID, 10) != name:
		return nil, labs.Misuse(fmt.Sprintf("Several attempts begin with %q", name), "", labs.Act{Name: labs.ActHistory, For: "Give more of it, or its number"})
	}
	return found[0], nil
}

// OfLab returns a lab's attempt, or nil if there is none.
func (s *Store) OfLab(ctx context.Context, lab *labs.Lab) (*Attempt, error) {
	a, err := s.byLab(ctx, lab)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return a, err
}

// byLab returns a lab's attempt, or sql.ErrNoRows if there is none.
func (s *Store) byLab(ctx context.Context, lab *labs.Lab) (*Attempt, error) {
	found, err := s.query(ctx, "WHERE lab = $1 AND owner = $2 AND started = $3 AND imported = 0", lab.ID, lab.Owner, second(lab.Started))
	if err == nil && len(found) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return nil, s.failed("read attempt", err)
	}
	return found[0], nil
}

const columns = `id, uid, imported, lab, scenario, hash, title, topic, level, minutes, seed, owner, engine, images,
	started, expires, ended, ending, changed, worked, hints, assisted, resets, active, checks, ungraded, score, took, unaided, charged, solved`

func (s *Store) query(ctx context.Context, where string, args ...any) ([]*Attempt, error) {
	return all(ctx, s.db, "SELECT "+columns+" FROM attempts "+where, args, scanAttempt)
}

func scanAttempt(rows *sql.Rows) (*Attempt, error) {
	a := &Attempt{}
	var seed, images string
	var started, expires, changed, worked, active int64
	var ended, score, took, unaided, solved sql.NullInt64
	err := rows.Scan(&a.ID, &a.UID, &a.Imported, &a.Lab, &a.Scenario, &a.Hash, &a.Title, &a.Topic, &a.Level, &a.Minutes, &seed,
		&a.Owner, &a.Engine, &images, &started, &expires, &ended, &a.Ending, &changed, &worked, &a.Hints, &a.Assisted, &a.Resets,
		&active, &a.Checks, &a.Ungraded, &score, &took, &unaided, &a.Charged, &solved)
	if err != nil {
		return nil, err
	}
	if a.Seed, err = strconv.ParseUint(seed, 10, 64); err != nil {
		return nil, err
	}
	if images != "[]" {
		if err := json.Unmarshal([]byte(images), &a.Images); err != nil {
			return nil, err
		}
	}
	a.Started, a.Expires, a.Changed, a.Worked, a.Active = moment(started), moment(expires), moment(changed), moment(worked), duration(active)
	a.Ended = pointer(ended, moment)
	a.Score, a.Unaided = pointer(score, toInt), pointer(unaided, toInt)
	a.Took, a.Solved = pointer(took, duration), pointer(solved, duration)
	return a, nil
}

// Story returns everything the store knows about an attempt.
func (s *Store) Story(ctx context.Context, a *Attempt) (*Story, error) {
	story := &Story{Attempt: *a}
	if err := s.look(ctx, func(tx *database.Tx) error { return story.read(ctx, tx) }); err != nil {
		return nil, s.failed("read attempt", err)
	}
	return story, nil
}

func (story *Story) read(ctx context.Context, tx *database.Tx) (err error) {
	id := []any{story.ID}
	again, err := all(ctx, tx, "SELECT "+columns+" FROM attempts WHERE id = $1", id, scanAttempt)
	if err != nil {
		return err
	}
	for _, a := range again {
		story.Attempt = *a
	}
	if story.Rounds, err = all(ctx, tx, "SELECT at, report FROM checks WHERE attempt = $1 ORDER BY id", id, scanCheck); err != nil {
		return err
	}
	if story.Events, err = all(ctx, tx, "SELECT at, kind, number FROM events WHERE attempt = $1 ORDER BY id", id, scanEvent); err != nil {
		return err
	}
	if story.Visits, err = all(ctx, tx, "SELECT host, began, ended, recording FROM visits WHERE attempt = $1 ORDER BY id", id, scanVisit); err != nil {
		return err
	}
	if story.Spans, err = all(ctx, tx, "SELECT began, ended FROM spans WHERE attempt = $1 ORDER BY id", id, scanSpan); err != nil {
		return err
	}
	story.Explanations, err = all(ctx, tx, "SELECT at, text, points FROM explanations WHERE attempt = $1 ORDER BY id", id, scanExplanation)
	return err
}

// LastCheck returns the attempt's latest check that could be graded, or nil if there is none.
func (s *Store) LastCheck(ctx context.Context, a *Attempt) (*Check, error) {
	found, err := all(ctx, s.db, "SELECT at, report FROM checks WHERE attempt = $1 AND score IS NOT NULL ORDER BY id DESC LIMIT 1", []any{a.ID}, scanCheck)
	if err != nil {
		return nil, s.failed("read check", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}

func scanCheck(rows *sql.Rows) (c Check, err error) {
	var at int64
	var report string
	if err = rows.Scan(&at, &report); err == nil {
		c.At = moment(at)
		err = json.Unmarshal([]byte(report), &c.Report)
	}
	return c, err
}

func scanEvent(rows *sql.Rows) (e Event, err error) {
	var at int64
	err = rows.Scan(&at, &e.Kind, &e.Number)
	e.At = moment(at)
	return e, err
}

func scanVisit(rows *sql.Rows) (v Visit, err error) {
	var began int64
	var ended sql.NullInt64
	err = rows.Scan(&v.Host, &began, &ended, &v.Recording)
	v.Began, v.Ended = moment(began), pointer(ended, moment)
	return v, err
}

func scanSpan(rows *sql.Rows) (s Span, err error) {
	var began, ended int64
	err = rows.Scan(&began, &ended)
	return Span{Began: moment(began), Ended: moment(ended)}, err
}

func scanExplanation(rows *sql.Rows) (e Explanation, err error) {
	var at int64
	var points string
	if err = rows.Scan(&at, &e.Text, &points); err == nil {
		e.At = moment(at)
		err = json.Unmarshal([]byte(points), &e.Points)
	}
	return e, err
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// all returns the rows of a query, each read by scan. The result is never nil.
func all[T any](ctx context.Context, db querier, query string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := []T{}
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, rows.Err()
}

// Times are stored as milliseconds since 1970; 0 is the zero time.
func milli(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

// second truncates a lab's start to the second, because its labels do.
func second(at time.Time) int64 { return at.Unix() * 1000 }

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func duration(ms int64) labs.Seconds {
	return labs.Seconds{Duration: time.Duration(ms) * time.Millisecond}
}

func toInt(n int64) int { return int(n) }

func pointer[T any](value sql.NullInt64, as func(int64) T) *T {
	if !value.Valid {
		return nil
	}
	one := as(value.Int64)
	return &one
}

func formatSeed(seed uint64) string { return strconv.FormatUint(seed, 10) }

// newUID returns an ID that is unique across machines.
func newUID() string {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails
	return strings.ToLower(hex.EncodeToString(random))
}

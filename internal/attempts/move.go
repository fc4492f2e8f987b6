package attempts

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"regexp"
	"time"

	"endstate/internal/attempts/database"
	"endstate/labs"
)

// format is the version of the export format.
const format = 1

// line is an exported attempt: one line of JSON.
type line struct {
	Format int `json:"endstate"`
	Story
}

// maxLine limits a line of an import, which may come from anyone. In bytes.
const maxLine = 64 << 20

// Export yields attempts in the order in which they began, each as a line of JSON. It does
// not include recordings, which are separate files.
func (v *View) Export(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		found, err := v.List(ctx, "")
		if err != nil {
			yield(nil, err)
			return
		}
		for _, a := range found {
			if text, err := v.line(ctx, a); !yield(text, err) || err != nil {
				return
			}
		}
	}
}

func (v *View) line(ctx context.Context, a *Attempt) ([]byte, error) {
	story, err := v.Story(ctx, a)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(line{Format: format, Story: *story})
	return text.Bytes(), err
}

// Imported counts what an import did.
type Imported struct {
	Added     int `json:"added"`
	Updated   int `json:"renewed"` // existed, and had changed since
	Unchanged int `json:"known"`   // existed already
}

// Import reads what Export wrote: all of it, or nothing if a line is not an attempt.
// Importing an attempt twice does not duplicate it, and an attempt made in this store is
// never changed. Only a view of everyone imports the attempts of other learners.
func (v *View) Import(ctx context.Context, r io.Reader) (Imported, error) {
	var done Imported
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var misuse error
	err := v.change(ctx, func(tx *database.Tx) error {
		if err := tx.Alone(ctx, "imports"); err != nil {
			return err
		}
		n := 0
		for lines.Scan() {
			n++
			if len(bytes.TrimSpace(lines.Bytes())) == 0 {
				continue
			}
			story, err := parseLine(lines.Bytes())
			if err == nil && !v.owns(story.Owner) {
				err = fmt.Errorf("it belongs to %q", story.Owner)
			}
			if err != nil {
				misuse = lineProblem(n, err)
				return misuse
			}
			if err := done.keep(ctx, tx, story); err != nil {
				return err
			}
		}
		if lines.Err() != nil {
			misuse = lineProblem(n+1, lines.Err())
		}
		return misuse
	})
	switch {
	case misuse != nil:
		return Imported{}, misuse
	case err != nil:
		return Imported{}, v.failed("import attempts", err)
	}
	return done, nil
}

func lineProblem(n int, err error) error {
	return &labs.Problem{
		Code: labs.CodeFile,
		What: fmt.Sprintf("Line %d is not an attempt; nothing was imported", n),
		Acts: []labs.Act{{Name: labs.ActExport, For: "Give an exported file"}}, Usage: true, Err: err,
	}
}

// The allowed forms of names, so that none can be used as a path.
var (
	uidForm      = regexp.MustCompile(`^[0-9a-f]{32}$`)
	scenarioForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,99}$`)
)

// parseLine parses an attempt from an untrusted source.
func parseLine(text []byte) (*Story, error) {
	var in line
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, err
	}
	switch {
	case in.Format < 1:
		return nil, errors.New("it has no format version")
	case in.Format > format:
		return nil, fmt.Errorf("it has format %d, from a newer endstate; this one reads format %d", in.Format, format)
	case !uidForm.MatchString(in.UID):
		return nil, fmt.Errorf("%q is not an attempt's ID", in.UID)
	case !scenarioForm.MatchString(in.Scenario):
		return nil, fmt.Errorf("%q is not a scenario's name", in.Scenario)
	case in.Started.IsZero():
		return nil, errors.New("it has no start time")
	}
	for _, score := range []*int{in.Score, in.Unaided} {
		if score != nil && (*score < 0 || *score > labs.Total) {
			return nil, fmt.Errorf("%d is not a score", *score)
		}
	}
	for _, visit := range in.Visits {
		if visit.Recording != "" && (visit.Recording != filepath.Base(visit.Recording) || !in.OwnsRecording(visit.Recording)) {
			return nil, fmt.Errorf("%q is not the name of a recording", visit.Recording)
		}
	}
	if in.Solved == nil {
		in.Charged = in.Hints // lines of earlier versions do not say
	}
	for _, check := range in.Rounds {
		if check.Report == nil {
			return nil, errors.New("a check has no report")
		}
	}
	return &in.Story, nil
}

func (done *Imported) keep(ctx context.Context, tx *database.Tx, story *Story) error {
	var id, changed int64
	var imported bool
	var owner string
	err := tx.QueryRowContext(ctx, "SELECT id, imported, changed, owner FROM attempts WHERE uid = $1", story.UID).Scan(&id, &imported, &changed, &owner)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		done.Added++
		return write(ctx, tx, 0, story)
	case err != nil:
		return err
	case !imported || owner != story.Owner || milli(story.Changed) <= changed:
		done.Unchanged++
		return nil
	}
	done.Updated++
	for _, table := range []string{"checks", "events", "spans", "visits", "explanations"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE attempt = $1", id); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM attempts WHERE id = $1", id); err != nil {
		return err
	}
	return write(ctx, tx, id, story)
}

// write inserts an attempt from another store, with the given number unless that is 0.
func write(ctx context.Context, tx *database.Tx, number int64, story *Story) error {
	var attempt int64
	images, err := json.Marshal(append([]Image{}, story.Images...))
	if err != nil {
		return err
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO attempts (uid, imported, lab, scenario, hash, title, topic, level, minutes, seed,
		owner, engine, images, started, expires, ended, ending, changed, worked, hints, assisted, resets, active, checks, ungraded, score, took, unaided, charged, solved)
		VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29) RETURNING id`,
		story.UID, story.Lab, story.Scenario, story.Hash, story.Title, story.Topic, story.Level, story.Minutes, formatSeed(story.Seed),
		story.Owner, story.Engine, string(images), milli(story.Started), milli(story.Expires), optional(story.Ended), story.Ending,
		milli(story.Changed), milli(story.Worked), story.Hints, story.Assisted, story.Resets, story.Active.Milliseconds(), story.Checks, story.Ungraded,
		story.Score, optionalDuration(story.Took), story.Unaided, story.Charged, optionalDuration(story.Solved)).Scan(&attempt)
	if err != nil {
		return err
	}
	if number != 0 {
		if _, err := tx.ExecContext(ctx, "UPDATE attempts SET id = $1 WHERE id = $2", number, attempt); err != nil {
			return err
		}
		attempt = number
	}
	return writeParts(ctx, tx, attempt, story)
}

func writeParts(ctx context.Context, tx *database.Tx, attempt int64, story *Story) error {
	var failed []error
	insert := func(query string, args ...any) {
		if _, err := tx.ExecContext(ctx, query, append([]any{attempt}, args...)...); err != nil {
			failed = append(failed, err)
		}
	}
	text := func(value any) string {
		data, err := json.Marshal(value)
		if err != nil {
			failed = append(failed, err)
		}
		return string(data)
	}
	for _, c := range story.Rounds {
		insert("INSERT INTO checks (attempt, at, score, report) VALUES ($1, $2, $3, $4)", milli(c.At), c.Report.Score, text(c.Report))
	}
	for _, e := range story.Events {
		insert("INSERT INTO events (attempt, at, kind, number) VALUES ($1, $2, $3, $4)", milli(e.At), e.Kind, e.Number)
	}
	for _, s := range story.Spans {
		insert("INSERT INTO spans (attempt, began, ended) VALUES ($1, $2, $3)", milli(s.Began), milli(s.Ended))
	}
	for _, v := range story.Visits {
		insert("INSERT INTO visits (attempt, host, began, ended, recording) VALUES ($1, $2, $3, $4, $5)", v.Host, milli(v.Began), optional(v.Ended), v.Recording)
	}
	for _, e := range story.Explanations {
		insert("INSERT INTO explanations (attempt, at, text, points) VALUES ($1, $2, $3, $4)", milli(e.At), e.Text, text(e.Points))
	}
	return errors.Join(failed...)
}

func optional(at *time.Time) any {
	if at == nil {
		return nil
	}
	return milli(*at)
}

func optionalDuration(d *labs.Seconds) any {
	if d == nil {
		return nil
	}
	return d.Milliseconds()
}

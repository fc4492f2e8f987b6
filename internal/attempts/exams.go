package attempts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"endstate/internal/attempts/database"
	"endstate/internal/exams"
	"endstate/labs"
)

var _ exams.Store = (*View)(nil)

// AddExam stores a new sitting and sets its ID.
func (v *View) AddExam(ctx context.Context, sitting *exams.Sitting) error {
	var other int64
	sitting.Owner = v.owner
	err := v.change(ctx, func(tx *database.Tx) error {
		if err := tx.Alone(ctx, "exams of "+sitting.Owner); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, "SELECT id FROM exams WHERE owner = $1 AND candidate = $2 AND ended IS NULL",
			sitting.Owner, sitting.Candidate).Scan(&other)
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		err = tx.QueryRowContext(ctx, "INSERT INTO exams (owner, candidate, created, pending, sitting) VALUES ($1, $2, $3, 1, '{}') RETURNING id",
			sitting.Owner, sitting.Candidate, sitting.Created.UTC().Format(time.RFC3339)).Scan(&sitting.ID)
		if err != nil {
			return err
		}
		return writeExam(ctx, tx, sitting)
	})
	switch {
	case err != nil:
		return v.failed("keep exam", err)
	case other != 0:
		return labs.Misuse(fmt.Sprintf("Candidate %s has not ended exam %d", sitting.Candidate, other), "",
			labs.Act{Name: labs.ActExamResume, For: "Resume it", Exam: other}, labs.Act{Name: labs.ActExamSubmit, For: "end it", Exam: other})
	}
	return nil
}

func writeExam(ctx context.Context, tx *database.Tx, sitting *exams.Sitting) error {
	text, err := json.Marshal(sitting)
	if err != nil {
		return err
	}
	var ended any
	if !sitting.Ended.IsZero() {
		ended = sitting.Ended.UTC().Format(time.RFC3339)
	}
	_, err = tx.ExecContext(ctx, "UPDATE exams SET ended = $1, pending = $2, sitting = $3 WHERE id = $4", ended, !sitting.Done(), string(text), sitting.ID)
	return err
}

// ChangeExam changes a sitting in a transaction, so that no other change is lost.
func (v *View) ChangeExam(ctx context.Context, id int64, change func(*exams.Sitting) error) (*exams.Sitting, error) {
	var sitting *exams.Sitting
	var refused error
	err := v.change(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "exams", id); err != nil {
			return err
		}
		var text string
		err := tx.QueryRowContext(ctx, "SELECT sitting FROM exams WHERE "+own+" AND id = $3", v.everyone, v.owner, id).Scan(&text)
		if errors.Is(err, sql.ErrNoRows) {
			refused = noExam(id)
			return nil
		}
		if err != nil {
			return err
		}
		if sitting, err = readExam(text); err != nil {
			return err
		}
		if refused = change(sitting); refused != nil {
			return nil
		}
		return writeExam(ctx, tx, sitting)
	})
	if err != nil {
		return nil, v.failed("change exam", err)
	}
	return sitting, refused
}

// Exam returns a sitting.
func (v *View) Exam(ctx context.Context, id int64) (*exams.Sitting, error) {
	found, err := v.selectExams(ctx, "AND id = $3", id)
	if err == nil && len(found) == 0 {
		return nil, noExam(id)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// Exams returns the sittings, latest first.
func (v *View) Exams(ctx context.Context) ([]*exams.Sitting, error) {
	return v.selectExams(ctx, "ORDER BY id DESC")
}

// ExamsSince returns the sittings that have not ended, or ended at a time or later, latest first.
func (v *View) ExamsSince(ctx context.Context, at time.Time) ([]*exams.Sitting, error) {
	return v.selectExams(ctx, "AND (ended IS NULL OR ended >= $3) ORDER BY id DESC", at.UTC().Format(time.RFC3339))
}

// OpenExams returns the sittings that have not ended, or whose grading is not done, as
// [exams.Sitting.Done] says.
func (v *View) OpenExams(ctx context.Context) ([]*exams.Sitting, error) {
	return v.selectExams(ctx, "AND pending = 1 ORDER BY id")
}

func (v *View) selectExams(ctx context.Context, which string, args ...any) ([]*exams.Sitting, error) {
	return selectAll(ctx, v, "read exams", "SELECT sitting FROM exams WHERE "+own+" "+which, args, func(rows *sql.Rows, found []*exams.Sitting) ([]*exams.Sitting, error) {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		sitting, err := readExam(text)
		return append(found, sitting), err
	})
}

func readExam(text string) (*exams.Sitting, error) {
	sitting := &exams.Sitting{}
	if err := json.Unmarshal([]byte(text), sitting); err != nil {
		return nil, fmt.Errorf("read sitting: %w", err)
	}
	return sitting, nil
}

func noExam(id int64) error {
	return notFound(fmt.Sprintf("There is no exam %d", id), labs.Act{Name: labs.ActExamList, For: "See them"})
}

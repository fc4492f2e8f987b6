package exams

import (
	"context"
	"time"

	"endstate/labs"
)

// Store keeps sittings. Several processes use it at once.
type Store interface {
	// AddExam keeps a new sitting and gives it its ID. It refuses a second one that an
	// owner's candidate has not ended.
	AddExam(ctx context.Context, s *Sitting) error
	// Exam returns a sitting. A misuse says that there is none.
	Exam(ctx context.Context, id int64) (*Sitting, error)
	// Exams returns all sittings, the latest first.
	Exams(ctx context.Context) ([]*Sitting, error)
	// OpenExams returns those that have not ended, or that nobody has tried to grade
	// whole.
	OpenExams(ctx context.Context) ([]*Sitting, error)
	// ChangeExam changes a sitting as nobody else does, and returns it as it then is.
	// With an error of change nothing is changed.
	ChangeExam(ctx context.Context, id int64, change func(*Sitting) error) (*Sitting, error)
}

// Labs are where the questions of a sitting are worked on.
type Labs interface {
	// Open returns the lab of a question, and starts it if it is not there.
	Open(ctx context.Context, s *Sitting, q *Question, emit labs.Emit) (*labs.Lab, error)
	// Check grades a question as it is now, no hints charged. [labs.ErrNotFound]: its
	// lab is not there.
	Check(ctx context.Context, s *Sitting, q *Question, emit labs.Emit) (*labs.Report, error)
	// Remove removes the lab of a question. Nothing there is success.
	Remove(ctx context.Context, s *Sitting, q *Question) error
	// Freeze has the labs of the questions that were opened stand still until they are
	// thawed, also when this process ends. It returns the numbers of those that do, and of
	// those whose lab is not there.
	Freeze(ctx context.Context, s *Sitting) (still []int, err error)
	// Thaw has all labs go on. That they do is success.
	Thaw(ctx context.Context, s *Sitting) error
	// Now is the time by the clock of what runs the labs.
	Now(ctx context.Context) (time.Time, error)
}

package exams

import (
	"context"
	"time"

	"endstate/labs"
)

// Store stores sittings. Several processes may use it at once.
type Store interface {
	// AddExam stores a new sitting and sets its ID. It returns an error if the same owner's
	// candidate has a sitting that has not ended.
	AddExam(ctx context.Context, s *Sitting) error
	// Exam returns a sitting. If there is none, the error is a *labs.Problem.
	Exam(ctx context.Context, id int64) (*Sitting, error)
	// Exams returns all sittings, latest first.
	Exams(ctx context.Context) ([]*Sitting, error)
	// OpenExams returns the sittings that have not ended, or whose grading is not done.
	OpenExams(ctx context.Context) ([]*Sitting, error)
	// ChangeExam changes a sitting atomically and returns the changed one. If change
	// returns an error, the sitting stays as it was.
	ChangeExam(ctx context.Context, id int64, change func(*Sitting) error) (*Sitting, error)
}

// Labs provides the labs of a sitting's questions.
type Labs interface {
	// Open returns the lab of a question, and starts it if necessary.
	Open(ctx context.Context, s *Sitting, q *Question, emit labs.Emit) (*labs.Lab, error)
	// Check grades a question as it is now, without charging hints. It returns
	// [labs.ErrNotFound] if the lab does not exist.
	Check(ctx context.Context, s *Sitting, q *Question, emit labs.Emit) (*labs.Report, error)
	// Remove removes the lab of a question. It succeeds if there is none.
	Remove(ctx context.Context, s *Sitting, q *Question, emit labs.Emit) error
	// Freeze freezes the labs of opened questions until they are thawed, even beyond this
	// process. It returns the numbers of the questions whose lab is frozen or does not
	// exist.
	Freeze(ctx context.Context, s *Sitting) (frozen []int, err error)
	// Thaw thaws all labs. It succeeds if none is frozen.
	Thaw(ctx context.Context, s *Sitting) error
	// Now returns the engine's time.
	Now(ctx context.Context) (time.Time, error)
}

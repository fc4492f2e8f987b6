// Package exam is the desk's room for exams: what candidates, trainers and examiners can do.
// As at the desk, each act takes who acts, returns values, and emits progress and warnings as
// events.
package exam

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/labs"
)

// Desk is what people can do about exams.
type Desk struct {
	base  *desk.Desk
	parts desk.Parts
	keep  func(id int64) error
	woken chan struct{} // wakes [Desk.KeepAll]; nil if it does not run
}

// New returns the room of a desk. keep runs [Desk.Keep] for an exam in a process that outlives
// this one. If it is nil, nobody keeps the time of an exam without a client. A process that serves
// others keeps all exams itself; see [NewServed].
func New(d *desk.Desk, keep func(id int64) error) *Desk {
	return &Desk{base: d, parts: d.Parts(), keep: keep}
}

// Which selects one of a learner's exams: by its number, or as the only one that is running.
type Which struct {
	ID        int64  // 0: the only one that is running
	Candidate string // only exams of this candidate; empty: of all
}

// Several is the error of an act that must be told which of several exams it is about.
type Several struct{ Exams []exams.View }

// Error says that several exams are running.
func (s *Several) Error() string { return s.problem().Error() }

// Unwrap returns the problem, for doors that can't ask.
func (s *Several) Unwrap() error { return s.problem() }

func (s *Several) problem() *labs.Problem {
	var names []string
	for _, v := range s.Exams {
		names = append(names, fmt.Sprintf("exam %d (%s)", v.ID, v.Candidate))
	}
	return &labs.Problem{
		Code: CodeSeveral, What: "Several exams are running", Advice: "Choose one of: " + strings.Join(names, ", "), Usage: true,
	}
}

// The codes of this room's problems.
const (
	CodeSeveral   = "several-exams" // which one is meant was not said
	CodeTimeLeft  = "time-left"     // an exam's time is running out
	CodeExtraTime = "extra-time"    // an examiner gave more time
)

// find returns a learner's exam. With past, it is the latest one if none is running.
func (d *Desk) find(ctx context.Context, store exams.Store, which Which, past bool) (*exams.Sitting, error) {
	if which.ID != 0 {
		return store.Exam(ctx, which.ID)
	}
	all, err := store.Exams(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s *exams.Sitting) bool { return which.Candidate != "" && s.Candidate != which.Candidate })
	running := slices.DeleteFunc(slices.Clone(all), hasEnded)
	switch {
	case len(running) == 1:
		return running[0], nil
	case len(running) > 1:
		return nil, &Several{d.views(running)}
	case past && len(all) > 0:
		return all[0], nil
	}
	return nil, noExam(which.Candidate)
}

func hasEnded(s *exams.Sitting) bool { return !s.Ended.IsZero() }

func noExam(candidate string) error {
	list := labs.Act{Name: labs.ActExamList, For: "See all exams"}
	if candidate != "" {
		return labs.Misuse("No exam of "+candidate+" is running", "", list)
	}
	return labs.Misuse("No exam is running", "", labs.Act{Name: labs.ActExamStart, For: "Start one"}, list)
}

func (d *Desk) now() time.Time { return d.base.Clock() }

func (d *Desk) view(s *exams.Sitting) exams.View { return s.View(d.now()) }

func (d *Desk) views(all []*exams.Sitting) []exams.View {
	views := []exams.View{}
	for _, s := range all {
		views = append(views, d.view(s))
	}
	return views
}

// proctor opens the engine and the store, and returns the proctor of a learner's exams. An
// exam needs the store: what is not remembered can't be graded.
func (d *Desk) proctor(ctx context.Context, who labs.Learner, emit labs.Emit) (*exams.Proctor, error) {
	if err := d.parts.Open(ctx, who, emit); err != nil {
		return nil, err
	}
	if d.parts.ClocksDiffer(emit) {
		return nil, &labs.Problem{
			Code: labs.CodeClocks, What: "An exam's time can't be measured while this machine's clock and the engine's differ",
			Advice: "Set the clock that is wrong, then continue: nothing of the exam is lost.",
		}
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, &labs.Problem{
			Code: labs.CodeNoStore, What: "An exam can't run while nothing can be remembered", Err: err,
			Acts: []labs.Act{{Name: labs.ActExamine, For: "See what is wrong with the store of attempts"}},
		}
	}
	return d.proctorOf(store, who), nil
}

// proctorOf returns the proctor of a learner's exams. The engine must be open.
func (d *Desk) proctorOf(store *attempts.View, who labs.Learner) *exams.Proctor {
	rooms := rooms{parts: d.parts, stage: d.parts.Stage(who), grader: d.parts.Grader(), grace: d.base.Life}
	return exams.NewProctor(store, rooms, d.parts.Library(), d.base.Clock)
}

// sitting returns the exam that an act is about, and its proctor.
func (d *Desk) sitting(ctx context.Context, who labs.Learner, which Which, past bool, emit labs.Emit) (*exams.Proctor, *exams.Sitting, error) {
	p, err := d.proctor(ctx, who, emit)
	if err != nil {
		return nil, nil, err
	}
	s, err := d.find(ctx, p.Store, which, past)
	return p, s, err
}

// Status returns where an exam stands, or its result.
func (d *Desk) Status(ctx context.Context, who labs.Learner, which Which) (exams.View, error) {
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return exams.View{}, err
	}
	s, err := d.find(ctx, store, which, true)
	if err != nil {
		return exams.View{}, err
	}
	return d.view(s), nil
}

// Running returns the learner's exams that have not ended. Their labs are not among the
// learner's other labs. If the store can't be read, it warns and returns none.
func (d *Desk) Running(ctx context.Context, who labs.Learner, emit labs.Emit) []exams.View {
	if !d.parts.Remembers() {
		return nil
	}
	store, err := d.parts.Memory(ctx, who)
	var open []*exams.Sitting
	if err == nil {
		open, err = store.OpenExams(ctx)
	}
	if err != nil {
		emit.Warn(err, "Labs of exams may still be running.")
	}
	return d.views(slices.DeleteFunc(open, hasEnded))
}

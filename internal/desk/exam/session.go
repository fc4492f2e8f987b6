package exam

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/internal/desk/visit"
	"endstate/internal/exams"
	"endstate/internal/seat"
	"endstate/labs"
)

// examrc is the startup file of an exam's shell.
//
//go:embed examrc
var examrc string

// Session is a candidate who works on an exam in a shell, question after question. Meanwhile
// the labs of all questions are prepared.
type Session struct {
	desk    *Desk
	id      int64
	proctor *exams.Proctor
	sitting *exams.Sitting // as it was last read
	visit   *visit.Visit   // to the question's lab; nil until the candidate has entered
	number  int            // of the question that the candidate is at, or enters next
	host    string

	leaveSeat func()
	prepared  chan struct{} // closed when the preparation ends; nil until it begins
	cancel    context.CancelFunc
}

// Why a shell of an exam must close; see [Session.Watch].
var (
	ErrTimeUp  error = closing("time is up")
	ErrStopped error = closing("the clock is stopped")
	ErrOver    error = closing("the exam is over")
)

// closing is why a shell must close. Such a shell does not wait for its owner.
type closing string

func (c closing) Error() string { return string(c) }

// Is reports whether the target is [seat.ErrHangUp].
func (c closing) Is(target error) bool { return target == seat.ErrHangUp }

// Sit begins a session at a question. Close it when the candidate leaves.
func (d *Desk) Sit(ctx context.Context, who labs.Learner, which Which, n int, host string, emit labs.Emit) (*Session, error) {
	at, err := d.session(ctx, who, which, n, host, emit)
	if err != nil {
		return nil, err
	}
	at.leaveSeat = d.takeSeat(ctx, at.id)
	return at, nil
}

// session finds the exam and starts its keeper.
func (d *Desk) session(ctx context.Context, who labs.Learner, which Which, n int, host string, emit labs.Emit) (*Session, error) {
	p, s, err := d.sitting(ctx, who, which, false, emit)
	if err == nil {
		n, err = number(s, n)
	}
	if err != nil {
		return nil, err
	}
	d.startKeeper(s.ID, emit)
	return &Session{desk: d, id: s.ID, proctor: p, sitting: s, number: n, host: host, leaveSeat: func() {}}, nil
}

// Close ends the session. The exam goes on.
func (s *Session) Close() {
	s.stopPreparing()
	s.leaveSeat()
}

// ID is the number of the session's exam.
func (s *Session) ID() int64 { return s.id }

// Number is the number of the question that the candidate is at, or enters next.
func (s *Session) Number() int { return s.number }

// Visit is the candidate's visit to the question's lab. It is nil until they have entered.
func (s *Session) Visit() *visit.Visit { return s.visit }

// View returns the exam as it was last read.
func (s *Session) View() exams.View { return s.desk.view(s.sitting) }

// Enter brings the candidate to the session's question, and into its lab.
func (s *Session) Enter(ctx context.Context, emit labs.Emit) (*Question, *visit.Visit, error) {
	at, err := s.enter(ctx, emit)
	if err != nil {
		return nil, nil, err
	}
	s.prepare(ctx)
	return at, s.visit, nil
}

func (s *Session) enter(ctx context.Context, emit labs.Emit) (*Question, error) {
	sitting, lab, err := s.proctor.Goto(ctx, s.id, s.number, emit)
	if err != nil {
		return nil, err
	}
	s.sitting = sitting
	if err := s.visitLab(lab); err != nil {
		return nil, err
	}
	return s.Question(), nil
}

// visitLab begins the visit to the question's lab.
func (s *Session) visitLab(lab *labs.Lab) error {
	v, err := s.desk.parts.Variant(lab)
	if err != nil {
		return err
	}
	if s.visit, err = visit.New(s.desk.base, lab, v, s.host); err != nil {
		return err
	}
	s.visit.Exam = &visit.Exam{
		ID: s.id, Shell: []string{"bash", "-c", `exec bash --rcfile <(printf %s "$ENDSTATE_RC")`},
		Environment: map[string]string{
			"ENDSTATE_RC":       examrc,
			"ENDSTATE_LEFT":     strconv.Itoa(int(s.sitting.Left(s.desk.now()).Seconds())),
			"ENDSTATE_QUESTION": fmt.Sprintf("%d/%d", s.number, len(s.sitting.Questions)),
		},
	}
	return nil
}

// prepare prepares the labs of the other questions in the background, without events.
func (s *Session) prepare(ctx context.Context) {
	if s.prepared != nil {
		return
	}
	ctx, s.cancel = context.WithCancel(ctx)
	prepared := make(chan struct{})
	go func() { defer close(prepared); s.proctor.Prepare(ctx, s.id) }()
	s.prepared = prepared
}

func (s *Session) stopPreparing() {
	if s.prepared != nil {
		s.cancel()
		<-s.prepared
	}
}

// Read reads the exam again, because other processes may have changed it.
func (s *Session) Read(ctx context.Context) (exams.View, error) {
	sitting, err := s.proctor.Store.Exam(ctx, s.id)
	if err != nil {
		return exams.View{}, err
	}
	s.sitting = sitting
	return s.View(), nil
}

// Question returns the question that the candidate has entered.
func (s *Session) Question() *Question { return &Question{s.View(), s.number, s.visit.Task()} }

// Move chooses another question. The candidate gets there when they enter again.
func (s *Session) Move(n int) error {
	if _, err := s.sitting.Question(n); err != nil {
		return err
	}
	if n == s.number {
		return labs.Misuse(fmt.Sprintf("You are at question %d", n), "Go to another one.")
	}
	s.number, s.host = n, labs.Workspace
	return nil
}

// MoveOn chooses the next question; after the last one comes the first.
func (s *Session) MoveOn() error { return s.Move(s.number%len(s.sitting.Questions) + 1) }

// Flag puts a flag on a question, or takes it away. [Current] is the candidate's question.
func (s *Session) Flag(ctx context.Context, n int) (exams.View, error) {
	if n == Current {
		n = s.number
	}
	sitting, err := s.proctor.Flag(ctx, s.id, n)
	if err != nil {
		return exams.View{}, err
	}
	return s.desk.view(sitting), nil
}

// Hint opens one more hint of the question, and returns the open ones, at what they cost in
// the exam. If the hint costs points, it returns the ones that are already open and
// [desk.Unconfirmed], until the candidate has agreed.
func (s *Session) Hint(ctx context.Context, agreed bool, emit labs.Emit) ([]labs.Hint, error) {
	if !agreed {
		if open, err := s.askHint(ctx); err != nil {
			return open, err
		}
	}
	open, fresh, err := s.proctor.Hint(ctx, s.id, s.number)
	if err == nil && fresh {
		s.desk.parts.Note(ctx, s.visit.Lab, s.visit.Variant, "The exam remembers the hint all the same.", emit, func(store *attempts.View, attempt *attempts.Attempt) error {
			_, err := store.OpenHint(ctx, attempt, s.desk.now(), len(open))
			return err
		})
	}
	return open, err
}

// askHint returns the open hints, and [desk.Unconfirmed] if the next one costs points. It leaves
// it to the proctor to refuse hints.
func (s *Session) askHint(ctx context.Context) ([]labs.Hint, error) {
	if _, err := s.Read(ctx); err != nil {
		return nil, err
	}
	rules, q := s.sitting.Blueprint.Hints, s.sitting.Questions[s.number-1]
	all := rules.Charged(s.visit.Variant.Hints)
	if !rules.Allowed || q.Hints >= len(all) || s.sitting.CheckOpen(s.desk.now()) != nil || all[q.Hints].Costs == 0 {
		return nil, nil
	}
	open := all[:q.Hints]
	return open, desk.AskHint(q.Hints+1, len(all), all[q.Hints].Costs, open)
}

// Check grades the question as it is now, and returns what the exam's rules let its candidate
// know.
func (s *Session) Check(ctx context.Context, emit labs.Emit) (*Answer, error) {
	answer, found, sitting, err := s.desk.check(ctx, s.proctor, s.sitting, s.number, emit)
	s.sitting = sitting
	if err == nil {
		s.visit.Mark(found)
	}
	return answer, err
}

// Submit ends the exam and grades it; see [Desk.Submit].
func (s *Session) Submit(ctx context.Context, agreed bool, emit labs.Emit) (exams.View, error) {
	v, err := s.Read(ctx)
	if err != nil {
		return v, err
	}
	if agreed {
		s.stopPreparing()
	}
	return s.desk.submit(ctx, s.proctor, s.sitting, agreed, emit)
}

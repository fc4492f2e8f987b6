package exams

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"endstate/labs"
)

// Proctor runs sittings: it draws them, has their labs made ready, keeps the clock
// and grades. Every step is stored before it is told, so that another process can
// go on where this one was killed.
type Proctor struct {
	Store     Store
	Labs      Labs
	Scenarios labs.Scenarios
	Clock     func() time.Time

	opening chan struct{} // one lab is made ready at a time
	by      string        // this process, as pauses name it
}

// NewProctor returns a proctor.
func NewProctor(store Store, rooms Labs, scenarios labs.Scenarios, clock func() time.Time) *Proctor {
	return &Proctor{Store: store, Labs: rooms, Scenarios: scenarios, Clock: clock, opening: make(chan struct{}, 1), by: rand.Text()}
}

// labsOf stands between an owner and what tells a sitting's labs from all others.
const labsOf = "/exam-"

// OwnsLabs reports whether an owner of labs is a sitting.
func OwnsLabs(owner string) bool { return strings.Contains(owner, labsOf) }

// Draw draws a sitting and keeps it. Its clock starts with the first lab that is
// ready: see [Proctor.Open].
func (p *Proctor) Draw(ctx context.Context, b *Blueprint, seed uint64, bank Bank, owner, candidate string) (*Sitting, error) {
	questions, err := Draw(b, seed, bank)
	if err != nil {
		return nil, err
	}
	timed := *b
	if timed.Minutes, err = bank.Minutes(b); err != nil {
		return nil, err
	}
	s := &Sitting{
		Owner: owner, Candidate: candidate, Blueprint: timed, Topic: bank.Topic, Seed: seed, Created: p.Clock(),
		LabOwner: owner + labsOf + strings.ToLower(rand.Text()[:8]), Questions: questions, Current: 1,
	}
	return s, p.Store.AddExam(ctx, s)
}

// Goto brings the candidate to a question, whose lab is made ready first if it is
// not. Meanwhile the clock stands, for as long as this process is at work.
func (p *Proctor) Goto(ctx context.Context, id int64, n int, emit labs.Emit) (*Sitting, *labs.Lab, error) {
	s, err := p.change(ctx, id, func(s *Sitting, now time.Time) error {
		if err := s.Goto(n, p.by, now); err != nil {
			return err
		}
		if s.Questions[n-1].Ready.IsZero() {
			s.Wait(n, p.by, now)
		}
		return nil
	})
	if err != nil {
		return s, nil, err
	}
	if s.Phase(p.Clock()) == Paused {
		if _, err := p.Labs.Freeze(ctx, s); err != nil {
			return s, nil, errors.Join(err, p.giveUp(ctx, id))
		}
	}
	renewed := p.renew(ctx, id)
	lab, err := p.Open(ctx, id, n, emit)
	renewed()
	if err != nil {
		return s, nil, errors.Join(err, p.giveUp(ctx, id))
	}
	s, err = p.change(ctx, id, func(s *Sitting, now time.Time) error { return s.Goto(n, p.by, now) })
	if err == nil {
		err = p.Labs.Thaw(ctx, s)
	}
	return s, lab, err
}

// renewal is how often a pause is renewed.
const renewal = 5 * time.Second

// renew renews this process's pause until it is told to stop.
func (p *Proctor) renew(ctx context.Context, id int64) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var working sync.WaitGroup
	working.Go(func() {
		tick := time.NewTicker(renewal)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				// What can't be renewed lapses.
				_, _ = p.change(ctx, id, func(s *Sitting, now time.Time) error { s.Renew(p.by, now); return nil })
			case <-ctx.Done():
				return
			}
		}
	})
	return func() { cancel(); working.Wait() }
}

// giveUp ends this process's pause, as it was interrupted, or has it last, as the lab can't
// be made ready.
func (p *Proctor) giveUp(ctx context.Context, id int64) error {
	interrupted := ctx.Err() != nil
	_, err := p.change(context.WithoutCancel(ctx), id, func(s *Sitting, now time.Time) error {
		pause := s.pause(now)
		switch {
		case pause == nil || pause.By != p.by:
		case interrupted:
			s.Resume(p.by, now)
		default:
			s.Hold(p.by, now)
		}
		return nil
	})
	return err
}

// Open makes a question's lab ready. The first one that is starts the clock.
func (p *Proctor) Open(ctx context.Context, id int64, n int, emit labs.Emit) (*labs.Lab, error) {
	select {
	case p.opening <- struct{}{}:
		defer func() { <-p.opening }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	s, err := p.Store.Exam(ctx, id)
	if err != nil {
		return nil, err
	}
	q, err := s.Question(n)
	if err == nil {
		err = s.open(p.Clock())
	}
	if err != nil {
		return nil, err
	}
	lab, err := p.Labs.Open(ctx, s, q, emit)
	if err != nil {
		return nil, err
	}
	s, err = p.change(ctx, id, func(s *Sitting, now time.Time) error {
		s.Questions[n-1].Attempt = q.Attempt
		return s.Ready(n, now)
	})
	if err != nil {
		return nil, err
	}
	if err := s.open(p.Clock()); err != nil {
		// It ended while the lab was being started: nobody else will remove it.
		return nil, errors.Join(err, p.Labs.Remove(context.WithoutCancel(ctx), s, q))
	}
	return lab, nil
}

// Prepare makes the labs of all questions ready, one after the other. A lab that
// can't be started is left to [Proctor.Goto], which says why.
func (p *Proctor) Prepare(ctx context.Context, id int64) {
	s, err := p.Store.Exam(ctx, id)
	if err != nil {
		return
	}
	for _, q := range s.Questions {
		if ctx.Err() != nil {
			return
		}
		if q.Ready.IsZero() {
			_, _ = p.Open(ctx, id, q.Number, nil)
		}
	}
}

// Check grades a question while the exam runs. If that can't be done the clock
// stands from when it was asked for, until it can or the candidate goes on.
func (p *Proctor) Check(ctx context.Context, id int64, n int, emit labs.Emit) (*Sitting, *labs.Report, error) {
	asked := p.Clock()
	s, err := p.Store.Exam(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	q, err := s.Question(n)
	if err == nil {
		err = s.open(asked)
	}
	if err == nil && !s.Opened(n) {
		err = labs.Misuse(fmt.Sprintf("Question %d has not been opened yet", n), "", labs.Act{Name: labs.ActExamGoto, For: "Go to it", Exam: id, Question: n})
	}
	if err != nil {
		return s, nil, err
	}
	report, checkErr := p.Labs.Check(ctx, s, q, emit)
	if ctx.Err() != nil {
		return s, nil, context.Cause(ctx)
	}
	graded := checkErr == nil && report.Graded()
	s, err = p.change(ctx, id, func(s *Sitting, now time.Time) error { return s.Checked(n, graded, asked, now) })
	if err == nil {
		err = p.match(ctx, s)
	}
	if err != nil || checkErr != nil {
		return s, nil, errors.Join(err, checkErr)
	}
	if err := p.charge(s, n, report); err != nil {
		return s, nil, err
	}
	return s, report, nil
}

// charge charges a report the hints that were opened.
func (p *Proctor) charge(s *Sitting, n int, report *labs.Report) error {
	q := &s.Questions[n-1]
	v, err := p.Scenarios.Variant(q.Scenario, q.Seed)
	if err == nil {
		s.Charge(q, v, report)
	}
	return err
}

// change changes a sitting at the present time. It refuses to on the word of a clock that
// is wrong: an exam would end that has not, or never.
func (p *Proctor) change(ctx context.Context, id int64, change func(*Sitting, time.Time) error) (*Sitting, error) {
	if err := p.timely(ctx); err != nil {
		return nil, err
	}
	return p.Store.ChangeExam(ctx, id, func(s *Sitting) error {
		now := p.Clock()
		s.settle(now)
		return change(s, now)
	})
}

// timely compares this process's clock with the engine's.
func (p *Proctor) timely(ctx context.Context) error {
	there, err := p.Labs.Now(ctx)
	if err != nil {
		return err
	}
	off := p.Clock().Sub(there).Round(time.Second)
	if off.Abs() <= ClockTolerance {
		return nil
	}
	return &labs.Problem{
		What:   fmt.Sprintf("This machine's clock and the engine's are %s apart, so nothing of an exam is changed", off.Abs()),
		Advice: "Set the clock that is wrong, then try again.",
	}
}

// match has the labs of a sitting stand still if its clock does, else go on.
func (p *Proctor) match(ctx context.Context, s *Sitting) error {
	if s.Phase(p.Clock()) != Paused {
		return p.Labs.Thaw(ctx, s)
	}
	_, err := p.Labs.Freeze(ctx, s)
	return err
}

// Flag puts a flag on a question, or takes it away.
func (p *Proctor) Flag(ctx context.Context, id int64, n int) (*Sitting, error) {
	return p.change(ctx, id, func(s *Sitting, now time.Time) error { return s.Flag(n, now) })
}

// Hint opens one more hint of a question and returns those that are open, and
// whether one was left to be opened.
func (p *Proctor) Hint(ctx context.Context, id int64, n int) (open []labs.Hint, fresh bool, err error) {
	s, err := p.Store.Exam(ctx, id)
	if err != nil {
		return nil, false, err
	}
	q, err := s.Question(n)
	if err != nil {
		return nil, false, err
	}
	v, err := p.Scenarios.Variant(q.Scenario, q.Seed)
	if err != nil {
		return nil, false, err
	}
	if len(v.Hints) == 0 {
		return nil, false, labs.Misuse("The question has no hints", "Look at the task again.")
	}
	s, err = p.change(ctx, id, func(s *Sitting, now time.Time) error {
		if s.Questions[n-1].Hints >= len(v.Hints) {
			return s.open(now)
		}
		fresh = true
		return s.OpenHint(n, now)
	})
	if err != nil {
		return nil, false, err
	}
	// The author may have taken hints away since.
	return s.Blueprint.Hints.Charged(v.Hints[:min(s.Questions[n-1].Hints, len(v.Hints))]), fresh, nil
}

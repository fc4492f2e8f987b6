package exams

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"endstate/internal/exams/spoken"
	"endstate/labs"
)

// Proctor runs sittings: it draws them, has their labs prepared, keeps the clock and
// grades. It stores every step before reporting it, so that another process can take over
// if this one is killed.
type Proctor struct {
	Store     Store
	Labs      Labs
	Scenarios labs.Scenarios
	Clock     func() time.Time

	opening chan struct{} // held while a lab is prepared: one at a time
	by      string        // identifies this process in pauses
}

// NewProctor returns a proctor.
func NewProctor(store Store, rooms Labs, scenarios labs.Scenarios, clock func() time.Time) *Proctor {
	return &Proctor{Store: store, Labs: rooms, Scenarios: scenarios, Clock: clock, opening: make(chan struct{}, 1), by: rand.Text()}
}

// labsOf separates the owner of a sitting from the random part in the owner name of its
// labs.
const labsOf = "/exam-"

// OwnsLabs reports whether an owner of labs is a sitting.
func OwnsLabs(owner string) bool { return strings.Contains(owner, labsOf) }

// Entry is who sits an exam.
type Entry struct {
	Owner     string // the account that starts it
	Candidate string
	Extra     *Allowance // extra time, which the owner gives as an examiner; nil: none
	Examiner  string     // who assigned it; empty: nobody
}

// Draw draws a sitting and stores it. Its clock starts when the first lab is ready; see
// [Proctor.Open].
func (p *Proctor) Draw(ctx context.Context, b *Blueprint, seed uint64, bank Bank, entry Entry) (*Sitting, error) {
	s, err := Rehearse(b, seed, bank)
	if err != nil {
		return nil, err
	}
	s.Owner, s.Candidate, s.Examiner, s.Created = entry.Owner, entry.Candidate, entry.Examiner, p.Clock()
	s.LabOwner = entry.Owner + labsOf + strings.ToLower(rand.Text()[:8])
	if entry.Extra != nil {
		if err := s.Extend(*entry.Extra, entry.Owner, "", s.Created); err != nil {
			return nil, err
		}
	}
	return s, p.Store.AddExam(ctx, s)
}

// Rehearse draws a sitting that has no candidate and is not stored.
func Rehearse(b *Blueprint, seed uint64, bank Bank) (*Sitting, error) {
	questions, err := Draw(b, seed, bank)
	if err != nil {
		return nil, err
	}
	timed := *b
	if timed.Minutes, err = bank.Minutes(b); err != nil {
		return nil, err
	}
	s := &Sitting{Blueprint: timed, Topic: bank.Topic, Seed: seed, Questions: questions, Current: 1}
	if bank.Spoken != nil {
		s.Spoken = bank.Spoken(questions)
	}
	return s, nil
}

// Begin starts the clock of a sitting that begins with spoken questions.
func (p *Proctor) Begin(ctx context.Context, id int64) (*Sitting, error) {
	return p.change(ctx, id, func(s *Sitting, now time.Time) error { return s.Begin(now) })
}

// Say records the answer to a spoken question.
func (p *Proctor) Say(ctx context.Context, id int64, n int, answer spoken.Answer) (*Sitting, error) {
	return p.change(ctx, id, func(s *Sitting, now time.Time) error { return s.Say(n, answer, now) })
}

// Goto takes the candidate to a question, and prepares its lab if necessary. Meanwhile the
// clock is stopped, as long as this process is running.
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

// renewal is the interval at which a pause is renewed.
const renewal = 5 * time.Second

// renew keeps renewing this process's pause until stop is called.
func (p *Proctor) renew(ctx context.Context, id int64) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var working sync.WaitGroup
	working.Go(func() {
		tick := time.NewTicker(renewal)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				// A pause that can't be renewed lapses.
				_, _ = p.change(ctx, id, func(s *Sitting, now time.Time) error { s.Renew(p.by, now); return nil })
			case <-ctx.Done():
				return
			}
		}
	})
	return func() { cancel(); working.Wait() }
}

// giveUp ends this process's pause if the process was interrupted. Otherwise it makes the
// pause last, because the lab can't be prepared.
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

// Open prepares a question's lab. The clock starts when the first lab is ready.
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
		err = s.CheckOpen(p.Clock())
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
	if err := s.CheckOpen(p.Clock()); err != nil {
		// The exam ended while the lab was starting, so nobody else will remove it.
		return nil, errors.Join(err, p.Labs.Remove(context.WithoutCancel(ctx), s, q, emit))
	}
	return lab, nil
}

// Prepare prepares the labs of all questions, one by one. It skips labs that can't be
// started; [Proctor.Goto] reports why.
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

// Check grades a question while the exam runs. If that fails, the clock is stopped from the
// time of the request until a check succeeds or the candidate goes on.
func (p *Proctor) Check(ctx context.Context, id int64, n int, emit labs.Emit) (*Sitting, *labs.Report, error) {
	asked := p.Clock()
	s, err := p.Store.Exam(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	q, err := s.Question(n)
	if err == nil {
		err = s.CheckWork(asked)
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
	var last *LastCheck
	if checkErr == nil {
		checkErr = p.charge(s, n, report)
	}
	if checkErr == nil && report.Graded() {
		last = &LastCheck{At: asked, Score: *s.Blueprint.counted(report).Score}
	}
	s, err = p.change(ctx, id, func(s *Sitting, now time.Time) error { return s.RecordCheck(n, last, asked, now) })
	if err == nil {
		err = p.syncLabs(ctx, s)
	}
	if err != nil || checkErr != nil {
		return s, nil, errors.Join(err, checkErr)
	}
	return s, report, nil
}

// charge adds the costs of the opened hints to a report.
func (p *Proctor) charge(s *Sitting, n int, report *labs.Report) error {
	q := &s.Questions[n-1]
	v, err := p.Scenarios.Variant(q.Scenario, q.Seed)
	if err == nil {
		s.Charge(q, v, report)
	}
	return err
}

// change changes a sitting as of now. It refuses if this machine's clock or the engine's is
// wrong, because an exam could end too early, or never.
func (p *Proctor) change(ctx context.Context, id int64, change func(*Sitting, time.Time) error) (*Sitting, error) {
	if err := p.checkClock(ctx); err != nil {
		return nil, err
	}
	return p.Store.ChangeExam(ctx, id, func(s *Sitting) error {
		now := p.Clock()
		s.settle(now)
		return change(s, now)
	})
}

// checkClock compares this process's clock with the engine's.
func (p *Proctor) checkClock(ctx context.Context) error {
	there, err := p.Labs.Now(ctx)
	if err != nil {
		return err
	}
	off := p.Clock().Sub(there).Round(time.Second)
	if off.Abs() <= ClockTolerance {
		return nil
	}
	return &labs.Problem{
		Code:   labs.CodeClocks,
		What:   fmt.Sprintf("This machine's clock and the engine's are %s apart, so exams can't be changed", labs.Duration(off.Abs())),
		Advice: "Correct the wrong clock, then try again.",
	}
}

// syncLabs freezes the labs of a sitting if its clock is stopped, and thaws them otherwise.
func (p *Proctor) syncLabs(ctx context.Context, s *Sitting) error {
	if s.Phase(p.Clock()) != Paused {
		return p.Labs.Thaw(ctx, s)
	}
	_, err := p.Labs.Freeze(ctx, s)
	return err
}

// Extend gives the candidate extra time.
func (p *Proctor) Extend(ctx context.Context, id int64, a Allowance, by, why string) (*Sitting, error) {
	return p.change(ctx, id, func(s *Sitting, now time.Time) error { return s.Extend(a, by, why, now) })
}

// Stop stops the clock and freezes the labs, for an examiner.
func (p *Proctor) Stop(ctx context.Context, id int64, examiner, reason string) (*Sitting, error) {
	s, err := p.change(ctx, id, func(s *Sitting, now time.Time) error { return s.Stop(examiner, reason, now) })
	if err != nil {
		return s, err
	}
	return s, p.syncLabs(ctx, s)
}

// Continue restarts a clock that an examiner stopped, and thaws the labs.
func (p *Proctor) Continue(ctx context.Context, id int64) (*Sitting, error) {
	s, err := p.change(ctx, id, func(s *Sitting, now time.Time) error { return s.Continue(now) })
	if err != nil {
		return s, err
	}
	return s, p.syncLabs(ctx, s)
}

// Flag toggles the flag of a question.
func (p *Proctor) Flag(ctx context.Context, id int64, n int) (*Sitting, error) {
	return p.change(ctx, id, func(s *Sitting, now time.Time) error { return s.Flag(n, now) })
}

// Hint opens a question's next hint. It returns the open hints, and whether this call
// opened one.
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
		return nil, false, labs.Misuse("The question has no hints", "Read the task again.")
	}
	s, err = p.change(ctx, id, func(s *Sitting, now time.Time) error {
		if s.Questions[n-1].Hints >= len(v.Hints) {
			return s.CheckOpen(now)
		}
		fresh = true
		return s.OpenHint(n, now)
	})
	if err != nil {
		return nil, false, err
	}
	// The author may have removed hints since.
	return s.Blueprint.Hints.Charged(v.Hints[:min(s.Questions[n-1].Hints, len(v.Hints))]), fresh, nil
}

package exam

import (
	"context"
	"errors"
	"slices"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/internal/grading"
	"endstate/internal/stage"
	"endstate/labs"
)

// rooms are the labs of exams. Each lab is an attempt that is remembered like any other.
type rooms struct {
	parts  desk.Parts
	stage  *stage.Stage
	grader *grading.Grader
	// grace is how long a lab lives beyond the exam's length. It needs that if the clock was
	// stopped, or if nobody was attached when time was up.
	grace time.Duration
}

var _ exams.Labs = rooms{}

// find returns the lab of a question.
func (r rooms) find(ctx context.Context, s *exams.Sitting, q *exams.Question) (*labs.Lab, error) {
	return r.stage.Find(ctx, s.LabOwner, q.Scenario)
}

// Open returns the lab of a question, and opens its attempt. It starts the lab if it does not
// exist, and restarts hosts that have stopped.
func (r rooms) Open(ctx context.Context, s *exams.Sitting, q *exams.Question, emit labs.Emit) (*labs.Lab, error) {
	lab, err := r.open(ctx, s, q, emit)
	if err == nil {
		r.note(ctx, lab, q, emit, func(store *attempts.View, attempt *attempts.Attempt) error {
			q.Attempt = attempt.UID
			return store.StopClock(ctx, attempt) // the candidate may be at another question
		})
	}
	return lab, err
}

// open starts the lab of a question, or waits for another process that is starting it.
func (r rooms) open(ctx context.Context, s *exams.Sitting, q *exams.Question, emit labs.Emit) (*labs.Lab, error) {
	v, err := r.parts.Library().Variant(q.Scenario, q.Seed)
	if err != nil {
		return nil, err
	}
	lab, err := r.find(ctx, s, q)
	if err == nil && r.usable(lab) {
		return lab, r.stage.Revive(ctx, lab, v, emit)
	}
	if err != nil && !errors.Is(err, labs.ErrNotFound) {
		return nil, err
	}
	lab, err = r.stage.Start(ctx, v, s.LabOwner, s.Length()+r.grace, emit)
	if err == nil || ctx.Err() != nil {
		return lab, err
	}
	return r.await(ctx, s, q, err)
}

// usable reports whether a candidate can enter a lab: it is whole, or it has lost a host and
// the rest holds work that must not be thrown away.
func (r rooms) usable(lab *labs.Lab) bool {
	return lab.Whole || lab.Damaged()
}

// await waits for a lab that another process is starting. If no process is, it returns the
// reason why the start failed.
func (r rooms) await(ctx context.Context, s *exams.Sitting, q *exams.Question, reason error) (*labs.Lab, error) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		lab, err := r.find(ctx, s, q)
		switch {
		case err == nil && r.usable(lab):
			return lab, nil
		case err != nil || lab.Abandoned(r.stage.Engine.Now()):
			return nil, reason
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// Check grades a question as it is now, and keeps the report with its attempt.
func (r rooms) Check(ctx context.Context, s *exams.Sitting, q *exams.Question, emit labs.Emit) (*labs.Report, error) {
	v, err := r.parts.Library().Variant(q.Scenario, q.Seed)
	if err != nil {
		return nil, err
	}
	lab, err := r.find(ctx, s, q)
	if err != nil {
		return nil, err
	}
	found, err := r.check(ctx, lab, v, emit)
	if err != nil {
		return nil, err
	}
	s.Charge(q, v, found)
	r.note(ctx, lab, q, emit, func(store *attempts.View, attempt *attempts.Attempt) error {
		return store.AddCheck(ctx, attempt, found)
	})
	return found, nil
}

// check grades a lab. If the lab is frozen, its servers are thawed for as long as they are
// asked; the workspace is not.
func (r rooms) check(ctx context.Context, lab *labs.Lab, v *labs.Variant, emit labs.Emit) (*labs.Report, error) {
	servers := slices.DeleteFunc(slices.Clone(lab.Hosts), func(h labs.Host) bool { return h.State != labs.HostFrozen || h.Name == labs.Workspace })
	if err := stage.EachHost(servers, func(h labs.Host) error { return r.thaw(ctx, h) }); err != nil {
		return nil, err
	}
	// What a candidate is told of the verdicts, the exam's feedback decides.
	found, err := r.grader.Check(ctx, lab, v, emit.WithoutResults())
	kept := context.WithoutCancel(ctx)
	return found, errors.Join(err, stage.EachHost(servers, func(h labs.Host) error { return r.freeze(kept, h) }))
}

// Remove removes the lab of a question and ends its attempt.
func (r rooms) Remove(ctx context.Context, s *exams.Sitting, q *exams.Question, emit labs.Emit) error {
	lab, err := r.find(ctx, s, q)
	if errors.Is(err, labs.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	r.parts.End(ctx, lab, emit)
	return r.stage.Engine.Remove(ctx, lab)
}

// note changes the attempt of a question's lab. If that fails, it warns.
func (r rooms) note(ctx context.Context, lab *labs.Lab, q *exams.Question, emit labs.Emit, note func(*attempts.View, *attempts.Attempt) error) {
	v, err := r.parts.Library().Variant(q.Scenario, q.Seed)
	if err == nil && ctx.Err() == nil {
		r.parts.Note(ctx, lab, v, "The exam goes on all the same.", emit, note)
	}
}

// Freeze freezes the labs of the questions that were opened.
func (r rooms) Freeze(ctx context.Context, s *exams.Sitting) (numbers []int, err error) {
	all, err := r.hosts(ctx, s)
	if err != nil {
		return nil, err
	}
	var failed []error
	for _, q := range s.Questions {
		if !s.Opened(q.Number) {
			continue
		}
		err := stage.EachHost(all[q.Scenario], func(h labs.Host) error { return r.freeze(ctx, h) })
		if err == nil {
			numbers = append(numbers, q.Number)
		}
		failed = append(failed, err)
	}
	return numbers, errors.Join(failed...)
}

// Thaw thaws all labs of an exam.
func (r rooms) Thaw(ctx context.Context, s *exams.Sitting) error {
	all, err := r.hosts(ctx, s)
	if err != nil {
		return err
	}
	var frozen []labs.Host
	for _, hosts := range all {
		for _, h := range hosts {
			if h.State == labs.HostFrozen {
				frozen = append(frozen, h)
			}
		}
	}
	return stage.EachHost(frozen, func(h labs.Host) error { return r.thaw(ctx, h) })
}

// hosts returns the hosts of an exam's labs, by scenario.
func (r rooms) hosts(ctx context.Context, s *exams.Sitting) (map[string][]labs.Host, error) {
	all, err := r.stage.Labs(ctx, s.LabOwner)
	found := map[string][]labs.Host{}
	for _, lab := range all {
		found[lab.Scenario] = lab.Hosts
	}
	return found, err
}

// freeze freezes a host until some process thaws it. A host that has stopped or is gone
// counts as frozen.
func (r rooms) freeze(ctx context.Context, h labs.Host) error {
	_, err := r.stage.Engine.Freeze(ctx, h, true)
	if errors.Is(err, labs.ErrDown) || errors.Is(err, labs.ErrNotFound) {
		return nil
	}
	return err
}

func (r rooms) thaw(ctx context.Context, h labs.Host) error {
	thaw, err := r.stage.Engine.Freeze(ctx, h, true) // which returns what thaws it
	switch {
	case errors.Is(err, labs.ErrDown) || errors.Is(err, labs.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return thaw()
}

// Now returns the time by the engine's clock.
func (r rooms) Now(context.Context) (time.Time, error) { return r.stage.Engine.Now(), nil }

package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"endstate/internal/exams"
	"endstate/internal/grading"
	"endstate/internal/stage"
	"endstate/labs"
)

// Rooms are the labs of sittings.
type Rooms struct {
	Stage     *stage.Stage
	Grader    *grading.Grader
	Scenarios labs.Scenarios
	// Grace is how long a lab lives beyond the exam's length, which it may need if the
	// clock stood or nobody was there when time was up.
	Grace time.Duration
}

var _ exams.Labs = (*Rooms)(nil)

// Find returns the lab of a question.
func (r *Rooms) Find(ctx context.Context, s *exams.Sitting, q *exams.Question) (*labs.Lab, error) {
	return r.Stage.Find(ctx, s.LabOwner, q.Scenario)
}

// Open returns the lab of a question, and starts it if it is not there, or what of it
// has stopped. One that another process is starting is waited for.
func (r *Rooms) Open(ctx context.Context, s *exams.Sitting, q *exams.Question, emit labs.Emit) (*labs.Lab, error) {
	v, err := r.Scenarios.Variant(q.Scenario, q.Seed)
	if err != nil {
		return nil, err
	}
	lab, err := r.Find(ctx, s, q)
	if err == nil && r.usable(lab) {
		return lab, r.Stage.Revive(ctx, lab, v, emit)
	}
	if err != nil && !errors.Is(err, labs.ErrNotFound) {
		return nil, err
	}
	lab, err = r.Stage.Start(ctx, v, s.LabOwner, s.Blueprint.Length()+r.Grace, emit)
	if err == nil || ctx.Err() != nil {
		return lab, err
	}
	return r.await(ctx, s, q, err)
}

// usable reports whether a candidate can be let into a lab: it is whole, or what is
// left of it is where the work is, which is not to be thrown away.
func (r *Rooms) usable(lab *labs.Lab) bool {
	return lab.Whole || lab.Damaged()
}

// await waits for a lab that another process is starting; if none is, the start
// failed for the reason given.
func (r *Rooms) await(ctx context.Context, s *exams.Sitting, q *exams.Question, reason error) (*labs.Lab, error) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		lab, err := r.Find(ctx, s, q)
		switch {
		case err == nil && r.usable(lab):
			return lab, nil
		case err != nil || lab.Abandoned(r.Stage.Engine.Now()):
			return nil, reason
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// Check grades a question as it is now. The servers of a lab that stands still go on for
// as long as they are asked; what learners work in does not.
func (r *Rooms) Check(ctx context.Context, s *exams.Sitting, q *exams.Question, emit labs.Emit) (*labs.Report, error) {
	v, err := r.Scenarios.Variant(q.Scenario, q.Seed)
	if err != nil {
		return nil, err
	}
	lab, err := r.Find(ctx, s, q)
	if err != nil {
		return nil, err
	}
	servers := slices.DeleteFunc(slices.Clone(lab.Hosts), func(h labs.Host) bool { return !h.Frozen || h.Name == labs.Workspace })
	if err := stage.EachHost(servers, func(h labs.Host) error { return r.thaw(ctx, h) }); err != nil {
		return nil, err
	}
	report, err := r.Grader.Check(ctx, lab, v, emit)
	kept := context.WithoutCancel(ctx)
	return report, errors.Join(err, stage.EachHost(servers, func(h labs.Host) error { return r.freeze(kept, h) }))
}

// Remove removes the lab of a question.
func (r *Rooms) Remove(ctx context.Context, s *exams.Sitting, q *exams.Question) error {
	lab, err := r.Find(ctx, s, q)
	if errors.Is(err, labs.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.Stage.Engine.Remove(ctx, lab)
}

// Freeze has the labs of the questions that were opened stand still.
func (r *Rooms) Freeze(ctx context.Context, s *exams.Sitting) (still []int, err error) {
	all, err := r.labsOf(ctx, s)
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
			still = append(still, q.Number)
		}
		failed = append(failed, err)
	}
	return still, errors.Join(failed...)
}

// Thaw has all labs of a sitting go on.
func (r *Rooms) Thaw(ctx context.Context, s *exams.Sitting) error {
	all, err := r.labsOf(ctx, s)
	if err != nil {
		return err
	}
	var frozen []labs.Host
	for _, hosts := range all {
		for _, h := range hosts {
			if h.Frozen {
				frozen = append(frozen, h)
			}
		}
	}
	return stage.EachHost(frozen, func(h labs.Host) error { return r.thaw(ctx, h) })
}

// labsOf returns the hosts of a sitting's labs, by scenario.
func (r *Rooms) labsOf(ctx context.Context, s *exams.Sitting) (map[string][]labs.Host, error) {
	all, err := r.Stage.Labs(ctx, s.LabOwner)
	found := map[string][]labs.Host{}
	for _, lab := range all {
		found[lab.Scenario] = lab.Hosts
	}
	return found, err
}

// freeze freezes a host until it is thawed, be it by another process. One that does not
// run, or is gone, stands still as well.
func (r *Rooms) freeze(ctx context.Context, h labs.Host) error {
	_, err := r.Stage.Engine.Freeze(ctx, h, true)
	if errors.Is(err, labs.ErrDown) || errors.Is(err, labs.ErrNotFound) {
		return nil
	}
	return err
}

func (r *Rooms) thaw(ctx context.Context, h labs.Host) error {
	thaw, err := r.Stage.Engine.Freeze(ctx, h, true) // which is how a process gets hold of it
	switch {
	case errors.Is(err, labs.ErrDown) || errors.Is(err, labs.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return thaw()
}

// Now is the time by the engine's clock.
func (r *Rooms) Now(context.Context) (time.Time, error) { return r.Stage.Engine.Now(), nil }

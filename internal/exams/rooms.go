package exams

import (
	"context"
	"errors"
	"time"

	"endstate/labs"
)

// Rooms are the labs of sittings, run by a [labs.Runner].
type Rooms struct {
	Runner    *labs.Runner
	Scenarios labs.Scenarios
	// Grace is how long a lab lives beyond the exam's length, which it may need if the
	// clock stood or nobody was there when time was up.
	Grace time.Duration
}

var _ Labs = (*Rooms)(nil)

// runner returns the runner with its events going to emit.
func (r *Rooms) runner(emit labs.Emit) *labs.Runner {
	runner := *r.Runner
	runner.Emit = emit
	return &runner
}

// Find returns the lab of a question.
func (r *Rooms) Find(ctx context.Context, s *Sitting, q *Question) (*labs.Lab, error) {
	return r.Runner.Find(ctx, s.LabOwner, q.Scenario)
}

// Open returns the lab of a question, and starts it if it is not there, or what of it
// has stopped. One that another process is starting is waited for.
func (r *Rooms) Open(ctx context.Context, s *Sitting, q *Question, emit labs.Emit) (*labs.Lab, error) {
	v, err := r.Scenarios.Variant(q.Scenario, q.Seed)
	if err != nil {
		return nil, err
	}
	lab, err := r.Find(ctx, s, q)
	if err == nil && r.usable(lab) {
		return lab, r.runner(emit).Revive(ctx, lab, v)
	}
	if err != nil && !errors.Is(err, labs.ErrNotFound) {
		return nil, err
	}
	lab, err = r.runner(emit).Start(ctx, v, s.LabOwner, s.Blueprint.Length()+r.Grace)
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
func (r *Rooms) await(ctx context.Context, s *Sitting, q *Question, reason error) (*labs.Lab, error) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		lab, err := r.Find(ctx, s, q)
		switch {
		case err == nil && r.usable(lab):
			return lab, nil
		case err != nil || lab.Abandoned(r.Runner.Engine.Now()):
			return nil, reason
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// Check grades a question as it is now.
func (r *Rooms) Check(ctx context.Context, s *Sitting, q *Question, emit labs.Emit) (*labs.Report, error) {
	v, err := r.Scenarios.Variant(q.Scenario, q.Seed)
	if err != nil {
		return nil, err
	}
	lab, err := r.Find(ctx, s, q)
	if err != nil {
		return nil, err
	}
	return r.runner(emit).Check(ctx, lab, v)
}

// Remove removes the lab of a question.
func (r *Rooms) Remove(ctx context.Context, s *Sitting, q *Question) error {
	lab, err := r.Find(ctx, s, q)
	if errors.Is(err, labs.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.Runner.Engine.Remove(ctx, lab)
}

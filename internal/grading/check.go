// Package grading turns a lab into a report: it takes every look of a variant, evaluates the
// expectations against the observations, and runs the proofs that show that the grades are
// right.
package grading

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"endstate/internal/site"
	"endstate/labs"
	"endstate/labs/kit"
)

// Grader grades labs.
type Grader struct {
	Snapshots labs.Snapshots
	Images    labs.Images
	Sites     site.Opener
	// Standbys are the labs for whose next check everything is kept ready. May be nil.
	Standbys *Standbys
	Clock    func() time.Time
	// Examining also collects what the scenario's author should know about the expectations.
	Examining bool
}

// Check takes all looks of a variant concurrently and reports the verdicts. It changes
// nothing in the lab. An error means that nothing could be graded; a single check that
// could not be graded has the verdict [labs.Ungraded].
func (g *Grader) Check(ctx context.Context, lab *labs.Lab, v *labs.Variant, emit labs.Emit) (*labs.Report, error) {
	site, done, err := g.open(ctx, lab, v, emit)
	if err != nil {
		return nil, err
	}
	defer done()
	report := &labs.Report{
		Scenario: v.Name, Title: v.Title, Hash: v.Hash, Seed: v.Seed, Lab: lab.ID, Owner: lab.Owner,
		At: g.Clock(), Servers: append([]string{}, lab.Servers()...),
		Checks: make([]labs.Result, len(v.Checks)), Guards: make([]labs.Result, len(v.Guards)),
	}
	end := emit.Step(labs.CheckLab, lab.Scenario)
	round := round{site: site, variant: v, examining: g.Examining}
	round.grade(ctx, report, emit)
	err = context.Cause(ctx)
	if end(err); err != nil {
		return nil, err
	}
	report.Charge(nil, false)
	return report, nil
}

// open returns what the looks of a lab go through, and what ends the round.
func (g *Grader) open(ctx context.Context, lab *labs.Lab, v *labs.Variant, emit labs.Emit) (_ *site.Site, end func(), err error) {
	if lab.Key != v.Key {
		return nil, nil, &labs.Problem{
			Code: labs.CodeScenarioChanged,
			What: fmt.Sprintf("The scenario %s has changed since this lab was built", v.Name),
			Acts: []labs.Act{{Name: labs.ActStop, For: "End it", Scenario: v.Name}, {Name: labs.ActStart, For: "start a new lab", Scenario: v.Name}},
		}
	}
	if !lab.Whole {
		return nil, nil, &labs.Problem{
			Code: labs.CodeLabIncomplete,
			What: fmt.Sprintf("The lab of %s is incomplete: a host was removed, or its start was interrupted", v.Name),
			Acts: []labs.Act{{Name: labs.ActReset, For: "Reset it", Scenario: v.Name}},
		}
	}
	sites, ready, done := g.sites(lab)
	basis, err := g.basis(ctx, lab, v, ready, emit)
	if err != nil {
		done()
		return nil, nil, err
	}
	site := sites.Open(site.Subject{Lab: lab, Record: basis.record, Given: v.Files, Hosts: v.Hosts, Images: basis.images}, emit)
	return site, func() { site.Close(); done() }, nil
}

// basis is what a check rests on besides the lab: what was recorded before the lab was handed
// over, and the images of its looks, by their names.
type basis struct {
	record labs.Record
	images map[string]labs.ImageRef
}

// basis returns what a check rests on: what a standby has ready, or what the engine has.
func (g *Grader) basis(ctx context.Context, lab *labs.Lab, v *labs.Variant, ready *basis, emit labs.Emit) (*basis, error) {
	if ready != nil && !slices.ContainsFunc(kit.LookImages(v.Looks()), func(name string) bool { return ready.images[name].Ref == "" }) {
		return ready, nil
	}
	record, err := g.Snapshots.Record(ctx, lab)
	if errors.Is(err, labs.ErrNotFound) {
		return nil, &labs.Problem{
			Code:   labs.CodeLabIncomplete,
			What:   fmt.Sprintf("The lab of %s can't be graded: its facts were removed from the engine", v.Name),
			Advice: "What was done in it is still there.",
			Acts:   []labs.Act{{Name: labs.ActReset, For: "Reset it", Scenario: v.Name}}, Err: err,
		}
	}
	if err != nil {
		return nil, err
	}
	images, err := g.Images.Ensure(ctx, kit.LookImages(v.Looks()), emit)
	if err != nil {
		return nil, err
	}
	return &basis{record, images}, nil
}

type round struct {
	site      *site.Site
	variant   *labs.Variant
	examining bool
}

// grade judges all checks and guards concurrently.
func (r *round) grade(ctx context.Context, report *labs.Report, emit labs.Emit) {
	v := r.variant
	var all sync.WaitGroup
	t := newTally(v, report, emit)
	for i, check := range v.Checks {
		all.Go(func() {
			result := r.judge(ctx, check.Assertion)
			result.Points = check.Points
			t.check(i, result)
		})
	}
	for i, guard := range v.Guards {
		all.Go(func() {
			result := guarded(r.judge(ctx, guard.Assertion))
			result.Points = guard.Costs
			t.guard(i, result)
		})
	}
	all.Wait()
}

// judge returns the verdict on one assertion.
func (r *round) judge(ctx context.Context, a labs.Assertion) labs.Result {
	result, _ := r.look(ctx, a)
	return result
}

// look returns the verdict on one assertion, and the values that it is based on: nil if nothing
// was observed.
func (r *round) look(ctx context.Context, a labs.Assertion) (result labs.Result, bindings labs.Bindings) {
	begun := time.Now()
	result = labs.Result{ID: a.ID, Title: a.Title, Place: a.Places.Look}
	defer func() { result.Took.Duration, result.Message = time.Since(begun), kit.Shown(result.Message) }()
	observed, err := r.site.Observe(ctx, a.Look)
	var obstacle *kit.Obstacle
	var unfit *labs.Unfit
	switch {
	case errors.As(err, &obstacle):
		result.Verdict, result.Message, result.Blocked = labs.Failed, obstacle.Message, !obstacle.Finding
		if r.examining && errors.As(err, &unfit) {
			result.Defect = unfit.Reason
		}
		return result, nil
	case err != nil:
		return ungraded(result, err), nil
	}
	result.Place = a.Places.Expect
	bindings = labs.Bindings{"params": r.variant.Params, "facts": r.site.Record().Facts, "id": a.ID, a.Look.Variable(): observed}
	holds, err := a.Expect.Holds(bindings)
	switch {
	case errors.As(err, &unfit):
		result.Defect = unfit.Reason
	case err != nil:
		return ungraded(result, fmt.Errorf("expectation of %s: %w", a.ID, err)), bindings
	}
	if r.examining {
		examine(&result, a, bindings)
	}
	if holds {
		result.Verdict = labs.Passed
		return result, bindings
	}
	result.Verdict = labs.Failed
	explain(&result, a, bindings)
	return result, bindings
}

// explain sets the message of a failed assertion.
func explain(result *labs.Result, a labs.Assertion, bindings labs.Bindings) {
	if a.Otherwise == nil {
		return
	}
	text, err := a.Otherwise.Text(bindings)
	if err != nil && result.Defect == "" {
		result.Defect = "its message can't be rendered: " + err.Error()
	}
	result.Message = strings.TrimSpace(text)
}

// examine collects what the author should know about an assertion's expectation and message.
func examine(result *labs.Result, a labs.Assertion, bindings labs.Bindings) {
	if unnamed := labs.ShapeOf(a.Look).Unnamed(bindings[a.Look.Variable()]); len(unnamed) > 0 {
		result.Defect = "the probe returns keys that its shape does not declare: " + strings.Join(unnamed, ", ")
	}
	for _, one := range []any{a.Expect, a.Otherwise} {
		examiner, ok := one.(labs.Examiner)
		if !ok {
			continue
		}
		mistakes, notes := examiner.Examine(bindings)
		if len(mistakes) > 0 && result.Defect == "" {
			result.Defect = strings.Join(mistakes, "; ")
		}
		result.Notes = append(result.Notes, notes...)
	}
}

// guarded adapts a verdict to a guard: one that the learner's system makes impossible to
// check is skipped, not broken.
func guarded(result labs.Result) labs.Result {
	if result.Blocked {
		result.Verdict = labs.Skipped
	}
	return result
}

func ungraded(result labs.Result, err error) labs.Result {
	result.Verdict, result.Message = labs.Ungraded, err.Error()
	var problem *labs.Problem
	if errors.As(err, &problem) {
		result.Message, result.Acts = strings.TrimSuffix(result.Message+"\n"+problem.Advice, "\n"), problem.Acts
	}
	return result
}

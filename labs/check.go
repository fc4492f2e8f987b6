package labs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// LookTimeout is the longest that one look may take. A look takes it on a host that is
// so slow that all it asks takes a hundred times as long as it should. To wait for a place
// is no part of it.
const LookTimeout = 2 * time.Minute

// Check looks at everything the variant asks about, side by side, and reports the
// verdicts. It changes nothing in the lab. An error means that nothing at all
// could be graded; what could not be graded alone is an ungraded verdict.
func (r *Runner) Check(ctx context.Context, lab *Lab, v *Variant) (*Report, error) {
	if lab.Key != v.Key {
		return nil, &Problem{
			What: fmt.Sprintf("What this lab of %s was built from has changed since", v.Name),
			Do:   "Start it anew: endstate stop " + v.Name + " && endstate start " + v.Name,
		}
	}
	if !lab.Whole {
		return nil, &Problem{
			What: fmt.Sprintf("The lab of %s is not whole: a host was removed, or its start was cut off", v.Name),
			Do:   "Put it back to its beginning: endstate reset " + v.Name,
		}
	}
	record, err := DecodeRecord(lab.Record)
	if err != nil {
		return nil, fmt.Errorf("lab %s: %w", lab.ID, err)
	}
	images, err := r.Images.Ensure(ctx, lookImages(v.looks()), r.Emit)
	if err != nil {
		return nil, err
	}
	site := r.site(lab, record, v.Files, images)
	site.examining = r.examining
	defer site.close()
	report := &Report{
		Scenario: v.Name, Title: v.Title, Hash: v.Hash, Seed: v.Seed, Lab: lab.ID, Owner: lab.Owner,
		At: r.Clock(), Servers: append([]string{}, lab.Servers()...),
		Checks: make([]Result, len(v.Checks)), Guards: make([]Result, len(v.Guards)),
	}
	end := r.Emit.Step("check", "Looking at what is there")
	r.grade(ctx, site, v, report)
	err = context.Cause(ctx)
	if end(err); err != nil {
		return nil, err
	}
	skip(v.Checks, report.Checks)
	report.Charge(nil, false)
	return report, nil
}

func (r *Runner) grade(ctx context.Context, site *Site, v *Variant, report *Report) {
	var all sync.WaitGroup
	var judged atomic.Int64
	count := func() {
		r.Emit.Move("check", "", judged.Add(1), int64(len(v.Checks)+len(v.Guards)))
	}
	for i, check := range v.Checks {
		all.Go(func() {
			report.Checks[i] = judge(ctx, site, v, check.Assertion)
			report.Checks[i].Points = check.Points
			count()
		})
	}
	for i, guard := range v.Guards {
		all.Go(func() {
			report.Guards[i] = guarded(judge(ctx, site, v, guard.Assertion))
			report.Guards[i].Points = guard.Costs
			count()
		})
	}
	all.Wait()
}

// judge comes to the verdict on one assertion.
func judge(ctx context.Context, site *Site, v *Variant, a Assertion) (result Result) {
	begun := time.Now()
	result = Result{ID: a.ID, Title: a.Title}
	defer func() { result.Took, result.Message = time.Since(begun), shown(result.Message) }()
	observed, err := observe(ctx, site, a.Look)
	var obstacle *Obstacle
	var unfit *Unfit
	switch {
	case errors.As(err, &obstacle):
		result.Verdict, result.Message, result.Barred = Fell, obstacle.Message, !obstacle.Finding
		if site.examining && errors.As(err, &unfit) {
			result.Defect = unfit.Reason
		}
		return result
	case err != nil:
		return ungraded(result, err)
	}
	bindings := Bindings{"params": v.Params, "facts": site.Record.Facts, "id": a.ID, a.Look.Variable(): observed}
	holds, err := a.Expect.Holds(bindings)
	switch {
	case errors.As(err, &unfit):
		result.Defect = unfit.Reason
	case err != nil:
		return ungraded(result, fmt.Errorf("expectation of %s: %w", a.ID, err))
	}
	if site.examining {
		examine(&result, a, bindings)
	}
	if holds {
		result.Verdict = Passed
		return result
	}
	result.Verdict = Fell
	result.explain(a, bindings)
	return result
}

// explain sets the message of an assertion that does not hold.
func (r *Result) explain(a Assertion, bindings Bindings) {
	if a.Otherwise == nil {
		return
	}
	text, err := a.Otherwise.Text(bindings)
	if err != nil && r.Defect == "" {
		r.Defect = "its message can't be told: " + err.Error()
	}
	r.Message = strings.TrimSpace(text)
}

// examine asks expectation and message what their author should know.
func examine(result *Result, a Assertion, bindings Bindings) {
	if unnamed := ShapeOf(a.Look).Unnamed(bindings[a.Look.Variable()]); len(unnamed) > 0 {
		result.Defect = "the probe gives what its shape does not name: " + strings.Join(unnamed, ", ")
	}
	for _, one := range []any{a.Expect, a.Otherwise} {
		examiner, ok := one.(Examiner)
		if !ok {
			continue
		}
		mistakes, met := examiner.Examine(bindings)
		if len(mistakes) > 0 && result.Defect == "" {
			result.Defect = strings.Join(mistakes, "; ")
		}
		result.Met = append(result.Met, met...)
	}
}

// guarded is the verdict on a guard: one that could not be looked at is not broken.
func guarded(result Result) Result {
	if result.Barred {
		result.Verdict = Skipped
	}
	return result
}

func ungraded(result Result, err error) Result {
	result.Verdict, result.Message = Ungraded, err.Error()
	var problem *Problem
	if errors.As(err, &problem) && problem.Do != "" {
		result.Message += "\n" + problem.Do
	}
	return result
}

// observe looks, within the time of one look, and makes what was seen normal.
func observe(ctx context.Context, site *Site, look Look) (any, error) {
	ctx, cancel := site.limited(ctx, LookTimeout, errors.New("the grader ran out of its own time"))
	defer cancel()
	value, err := look.Observe(ctx, site)
	if err != nil {
		return nil, err
	}
	return Normal(value)
}

// skip turns the verdict of every check that needs an unpassed one into skipped.
// Checks may be declared in any order, so it goes on until nothing changes.
func skip(checks []Check, results []Result) {
	passed := func(id string) bool {
		i := slices.IndexFunc(results, func(r Result) bool { return r.ID == id })
		return i >= 0 && results[i].Verdict == Passed
	}
	for changed := true; changed; {
		changed = false
		for i, check := range checks {
			j := slices.IndexFunc(check.Needs, func(id string) bool { return !passed(id) })
			if j < 0 || results[i].Verdict == Skipped {
				continue
			}
			results[i].Verdict, results[i].Defect, results[i].Barred = Skipped, "", false
			results[i].Message = fmt.Sprintf("Waits for: %s.", titleOf(results, check.Needs[j]))
			changed = true
		}
	}
}

func titleOf(results []Result, id string) string {
	for _, r := range results {
		if r.ID == id {
			return r.Title
		}
	}
	return id
}

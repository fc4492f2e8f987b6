package grading

import (
	"context"
	"sync"

	"endstate/labs"
)

// Observation is what a look sees in a lab, and what the scenario makes of it.
type Observation struct {
	Kind     string // "check", "guard" or "fact"
	ID       string // of a fact: its name
	Variable string // the name of Observed in expectations
	Observed any    // nil if nothing could be observed: then Result says why
	Recorded any    // of a fact: what was recorded before the fault
	// Result is the verdict. A check is judged on its own, whether or not those that it needs pass.
	// A fact has no verdict, only a message if it could not be observed.
	Result labs.Result
	Source string      // the expectation
	Parts  []labs.Part // how it comes to its result
}

// Observe takes the looks of a lab, or only those with an ID, and returns what they see, in the
// order checks, guards, facts. It returns none if there is no such ID.
func (g *Grader) Observe(ctx context.Context, lab *labs.Lab, v *labs.Variant, id string, emit labs.Emit) ([]Observation, error) {
	site, done, err := g.open(ctx, lab, v, emit)
	if err != nil {
		return nil, err
	}
	defer done()
	r := round{site: site, variant: v, examining: true}
	var tasks []func() Observation
	add := func(name string, task func() Observation) {
		if id == "" || id == name {
			tasks = append(tasks, task)
		}
	}
	for _, check := range v.Checks {
		add(check.ID, func() Observation { return r.observe(ctx, "check", check.Assertion) })
	}
	for _, guard := range v.Guards {
		add(guard.ID, func() Observation { return r.observe(ctx, "guard", guard.Assertion) })
	}
	for _, fact := range v.Facts {
		add(fact.Name, func() Observation { return r.remeasure(ctx, fact) })
	}
	end := emit.Step(labs.CheckLab, lab.Scenario)
	observed := make([]Observation, len(tasks))
	var all sync.WaitGroup
	for i, task := range tasks {
		all.Go(func() { observed[i] = task() })
	}
	all.Wait()
	err = context.Cause(ctx)
	end(err)
	return observed, err
}

// observe judges an assertion, and takes its expectation apart.
func (r *round) observe(ctx context.Context, kind string, a labs.Assertion) Observation {
	result, bindings := r.look(ctx, a)
	if kind == "guard" {
		result = guarded(result)
	}
	o := Observation{Kind: kind, ID: a.ID, Variable: a.Look.Variable(), Result: result, Observed: bindings[a.Look.Variable()]}
	if expectation, ok := a.Expect.(labs.Dissectable); ok {
		o.Source = expectation.Source()
		if bindings != nil {
			o.Parts = expectation.Parts(bindings)
		}
	}
	return o
}

// remeasure measures a fact again, to compare it with what was recorded.
func (r *round) remeasure(ctx context.Context, fact labs.Fact) Observation {
	o := Observation{Kind: "fact", ID: fact.Name, Variable: fact.Look.Variable(), Recorded: r.site.Record().Facts[fact.Name], Result: labs.Result{Place: fact.Place}}
	var err error
	if o.Observed, err = r.site.Observe(ctx, fact.Look); err != nil {
		o.Observed, o.Result.Message = nil, err.Error()
	}
	return o
}

// Package author is the desk's room for authors of scenarios: finding mistakes, and playing
// proofs.
package author

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"endstate/internal/desk"
	"endstate/internal/grading"
	"endstate/internal/scenario"
	"endstate/labs"
)

// Desk is what authors can do.
type Desk struct{ parts desk.Parts }

// New returns the room of a desk.
func New(d *desk.Desk) *Desk { return &Desk{d.Parts()} }

// Lint finds mistakes in the scenarios of some folders, or of the desk if there are none,
// without containers. It returns how many scenarios it read.
func (d *Desk) Lint(_ labs.Learner, roots []scenario.Root, emit labs.Emit) (scenario.Mistakes, int) {
	library := d.parts.Library()
	if len(roots) > 0 {
		library = d.parts.Read(roots)
	}
	end := emit.Step(labs.ReadScenarios, "")
	defer end(nil)
	return library.Lint(), len(library.List())
}

// Proving says what to prove.
type Proving struct {
	Scenarios       []string // empty: all
	Seeds, Parallel int      // how many seeds, how many labs at once
	First           uint64   // the first seed
	Proof           string   // only the proofs whose name contains this, and those that they continue
}

// Prove plays the proofs of scenarios, and compares the verdicts with what the proofs state. With
// an error, it returns the results so far.
func (d *Desk) Prove(ctx context.Context, who labs.Learner, wanted Proving, emit labs.Emit) ([]grading.ProofResult, error) {
	all, err := d.jobs(wanted)
	if err == nil {
		err = d.parts.Open(ctx, who, emit)
	}
	if err != nil {
		return nil, err
	}
	results, err := d.prove(ctx, who, wanted, all, emit)
	if err != nil {
		// The results of interrupted proofs mean nothing.
		results = slices.DeleteFunc(results, func(r grading.ProofResult) bool { return r.Failed != "" })
	}
	return results, err
}

type job struct {
	variant *labs.Variant
	play    grading.Play
}

// jobs lists what to play. The first job of each variant makes its snapshot.
func (d *Desk) jobs(wanted Proving) ([]job, error) {
	if wanted.Seeds < 1 || wanted.Parallel < 1 {
		return nil, labs.Misuse("Proofs need at least one seed and one lab", "Ask for one or more of each.")
	}
	names := wanted.Scenarios
	if len(names) == 0 {
		if err := d.parts.Library().Broken(); err != nil {
			return nil, err
		}
		for _, s := range d.parts.Library().List() {
			names = append(names, s.Name)
		}
	}
	var all []job
	for _, name := range names {
		for i := range wanted.Seeds {
			v, err := d.parts.Library().Variant(name, wanted.First+uint64(i))
			if err != nil {
				return nil, err
			}
			for _, play := range grading.Plays(v) {
				play = play.Until(func(p labs.Proof) bool { return strings.Contains(p.Name, wanted.Proof) })
				if len(play) > 0 {
					all = append(all, job{v, play})
				}
			}
		}
	}
	if len(all) == 0 {
		return nil, labs.Misuse(fmt.Sprintf("No proof has a name that contains %q", wanted.Proof), "Leave the name out to play all proofs.")
	}
	return all, nil
}

// prove plays all jobs, several at once, and returns their results in order.
func (d *Desk) prove(ctx context.Context, who labs.Learner, wanted Proving, jobs []job, emit labs.Emit) ([]grading.ProofResult, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([][]grading.ProofResult, len(jobs))
	next := make(chan int)
	var workers sync.WaitGroup
	first := strconv.FormatUint(wanted.First, 10)
	end := emit.Step(labs.PlayProofs, first)
	counter := &counter{emit: emit, first: first}
	for _, job := range jobs {
		counter.total += len(job.play)
	}
	for range wanted.Parallel {
		workers.Go(func() {
			for i := range next {
				for result := range d.prover(who).Prove(ctx, jobs[i].variant, jobs[i].play) {
					results[i] = append(results[i], result)
					counter.count(result)
				}
				if last := results[i][len(results[i])-1]; last.Failed != "" && counter.fail() == mostFailed {
					cancel(fmt.Errorf("prove %s, %s at seed %d: %s", last.Scenario, last.Proof, last.Seed, last.Failed))
				}
			}
		})
	}
	hand(ctx, next, turns(jobs, wanted.Parallel))
	workers.Wait()
	err := context.Cause(ctx)
	end(err)
	return slices.Concat(results...), err
}

func (d *Desk) prover(who labs.Learner) grading.Prover {
	return grading.Prover{Stage: d.parts.Stage(who), Grader: d.parts.Grader()}
}

// mostFailed is how many failed jobs stop the rest: then the engine is at fault, not a
// scenario.
const mostFailed = 5

// turns returns the order in which jobs start. The first job of a variant makes its snapshot, so
// it starts some turns early, and the others need not wait for it.
func turns(all []job, parallel int) []int {
	order, turn := make([]int, len(all)), make([]int, len(all))
	for i := range all {
		order[i], turn[i] = i, i
		if i > 0 && all[i].variant != all[i-1].variant {
			turn[i] = i - 2*parallel
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return turn[a] - turn[b] })
	return order
}

func hand(ctx context.Context, next chan<- int, order []int) {
	defer close(next)
	for _, i := range order {
		select {
		case next <- i:
		case <-ctx.Done():
			return
		}
	}
}

// counter counts proofs, and emits the progress.
type counter struct {
	mu          sync.Mutex
	done, total int
	failed      int
	emit        labs.Emit
	first       string // the first seed, which names the step
}

// count counts a proof.
func (c *counter) count(result grading.ProofResult) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	c.emit.Move(labs.PlayProofs, c.first, result.Scenario+" "+result.Proof, int64(c.done), int64(c.total))
}

// fail counts a failed job, and returns how many there are.
func (c *counter) fail() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed++
	return c.failed
}

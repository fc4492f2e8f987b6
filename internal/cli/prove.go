package cli

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/grading"
	"endstate/internal/report"
	"endstate/labs"
)

func (a *app) proveCommand() *cobra.Command {
	var plan proving
	var asJSON bool
	c := &cobra.Command{
		Use:   "prove [SCENARIO…]",
		Short: "Play every proof of a scenario and compare the verdicts",
		Long: `Play every proof of the scenarios, over several seeds, and compare the verdicts
with what the proofs state. Without names, all scenarios.`,
		ValidArgsFunction: a.completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			plan.names = args
			if plan.first == 0 {
				plan.first = rand.Uint64N(maxSeed) + 1
			}
			jobs, err := a.jobs(plan)
			if err != nil {
				return err
			}
			if err := a.open(c.Context()); err != nil {
				return err
			}
			results, err := a.prove(c.Context(), plan, jobs, asJSON)
			if err != nil {
				// What was cut off says nothing; what was played before does.
				results = slices.DeleteFunc(results, func(r grading.ProofResult) bool { return r.Failed != "" })
				if len(results) > 0 {
					_ = a.showProofs(results, asJSON)
				}
				return err
			}
			return a.showProofs(results, asJSON)
		},
	}
	c.Flags().IntVar(&plan.seeds, "seeds", 3, "how many seeds")
	seedVar(c, &plan.first, "the first seed (default: at random)")
	c.Flags().IntVar(&plan.parallel, "parallel", 3, "how many labs at once")
	c.Flags().StringVar(&plan.only, "proof", "", "only the proofs whose name contains this, and those that they go on from")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// proving is what is to be proved.
type proving struct {
	names           []string
	seeds, parallel int
	first           uint64
	only            string
}

type job struct {
	variant *labs.Variant
	play    grading.Play
}

// jobs lists what is to be played. The first of each variant makes its snapshot.
func (a *app) jobs(plan proving) ([]job, error) {
	if plan.seeds < 1 || plan.parallel < 1 {
		return nil, labs.Misuse("Nothing is proved with no seed or no lab", "Give --seeds and --parallel 1 or more.")
	}
	names := plan.names
	if len(names) == 0 {
		if err := a.scenarios().Broken(); err != nil {
			return nil, err
		}
		for _, s := range a.scenarios().List() {
			names = append(names, s.Name)
		}
	}
	var all []job
	for _, name := range names {
		for i := range plan.seeds {
			v, err := a.scenarios().Variant(name, plan.first+uint64(i))
			if err != nil {
				return nil, err
			}
			for _, play := range grading.Plays(v) {
				play = play.Until(func(p labs.Proof) bool { return strings.Contains(p.Name, plan.only) })
				if len(play) > 0 {
					all = append(all, job{v, play})
				}
			}
		}
	}
	if len(all) == 0 {
		return nil, labs.Misuse(fmt.Sprintf("No proof is called like %q", plan.only), "Leave out --proof to play all.")
	}
	return all, nil
}

// prove does all jobs, several at once, and returns what came of them in order.
func (a *app) prove(ctx context.Context, plan proving, jobs []job, asJSON bool) ([]grading.ProofResult, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([][]grading.ProofResult, len(jobs))
	next := make(chan int)
	var workers sync.WaitGroup
	err := a.progress(asJSON, func(emit labs.Emit) error {
		end := emit.Step("prove", fmt.Sprintf("Proving from seed %d", plan.first))
		counter := &counter{emit: emit}
		for _, job := range jobs {
			counter.total += len(job.play)
		}
		for range plan.parallel {
			workers.Go(func() {
				for i := range next {
					for result := range a.prover().Prove(ctx, jobs[i].variant, jobs[i].play) {
						results[i] = append(results[i], result)
						counter.count(result)
					}
					if last := results[i][len(results[i])-1]; last.Failed != "" && counter.fail() == mostFailed {
						cancel(fmt.Errorf("prove %s, %s at seed %d: %s", last.Scenario, last.Proof, last.Seed, last.Failed))
					}
				}
			})
		}
		hand(ctx, next, turns(jobs, plan.parallel))
		workers.Wait()
		err := context.Cause(ctx)
		end(err)
		return err
	})
	return slices.Concat(results...), err
}

// mostFailed is how many jobs that can't be done end the rest: then the engine is at
// fault, and not one of them.
const mostFailed = 5

// turns is the order in which jobs are begun. The first of a variant makes its snapshot
// and comes some turns early, so that those after it need not wait for that.
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

// counter tells how far the proofs are.
type counter struct {
	mu          sync.Mutex
	done, total int
	failed      int
	emit        labs.Emit
}

// count counts a proof.
func (c *counter) count(result grading.ProofResult) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	c.emit.Move("prove", result.Scenario+" "+result.Proof, int64(c.done), int64(c.total))
}

// fail counts a job that can't be done, and returns how many there are.
func (c *counter) fail() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed++
	return c.failed
}

func (a *app) showProofs(results []grading.ProofResult, asJSON bool) error {
	wrong, failed := 0, 0
	for _, r := range results {
		switch {
		case r.Failed != "":
			failed++
		case !r.Proved():
			wrong++
		}
	}
	if asJSON {
		if err := report.JSON(a.Out, results); err != nil {
			return err
		}
	} else {
		a.writeProofs(results, wrong, failed)
	}
	switch {
	case wrong > 0:
		return errFailed
	case failed > 0:
		return errUngraded
	}
	return nil
}

func (a *app) writeProofs(results []grading.ProofResult, wrong, failed int) {
	style := a.style(a.Out)
	for _, r := range results {
		sign := style.Good("✓")
		switch {
		case r.Failed != "":
			sign = style.Warn("?")
		case !r.Proved():
			sign = style.Bad("✗")
		}
		fmt.Fprintf(a.Out, "%s %s · seed %d · %s %s\n", sign, r.Scenario, r.Seed, r.Proof, style.Dim(r.Took.Round(10*time.Millisecond).String()))
		if r.Failed != "" {
			fmt.Fprintf(a.Out, "    could not be played: %s\n", strings.ReplaceAll(report.Visible(r.Failed), "\n", "\n    "))
		}
		for _, line := range r.Wrong {
			fmt.Fprintf(a.Out, "    %s\n", strings.ReplaceAll(report.Visible(line), "\n", "\n    "))
		}
		if r.Output != "" {
			fmt.Fprintf(a.Out, "    the script said last:\n      %s\n", strings.ReplaceAll(report.Visible(r.Output), "\n", "\n      "))
		}
	}
	fmt.Fprintf(a.Out, "%d proofs, %d wrong", len(results), wrong)
	if failed > 0 {
		fmt.Fprintf(a.Out, ", %d could not be played", failed)
	}
	fmt.Fprintln(a.Out)
}

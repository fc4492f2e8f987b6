package author

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"endstate/internal/grading"
	"endstate/labs"
)

// run plays jobs, several at once.
type run struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	wanted Proving
	jobs   []job
	prover grading.Prover
	emit   labs.Emit
	first  string // the first seed, which names the step

	mu      sync.Mutex
	results [][]grading.ProofResult                // of each job
	broken  map[*labs.Variant]bool                 // those whose setup failed
	stops   map[*labs.Variant][]context.CancelFunc // of the jobs that are being played
	done    int                                    // proofs
	total   int
	failed  int // jobs
}

func newRun(ctx context.Context, wanted Proving, jobs []job, emit labs.Emit) *run {
	r := &run{
		wanted: wanted, jobs: jobs, emit: emit, first: strconv.FormatUint(wanted.First, 10),
		results: make([][]grading.ProofResult, len(jobs)), broken: map[*labs.Variant]bool{}, stops: map[*labs.Variant][]context.CancelFunc{},
	}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	for _, job := range jobs {
		r.total += len(job.play)
	}
	return r
}

// play plays all jobs and returns their results in order.
func (r *run) play() (*Proved, error) {
	defer r.cancel(nil)
	end := r.emit.Step(labs.PlayProofs, r.first)
	next := make(chan int)
	var workers sync.WaitGroup
	for range r.wanted.Parallel {
		workers.Go(func() {
			for i := range next {
				r.playJob(i)
			}
		})
	}
	r.hand(next)
	workers.Wait()
	err := context.Cause(r.ctx)
	if errors.Is(err, errEnough) {
		err = nil
	}
	end(err)
	proved := &Proved{Results: slices.Concat(r.results...)}
	if err != nil {
		// The results of interrupted proofs mean nothing.
		proved.Results = slices.DeleteFunc(proved.Results, func(p grading.ProofResult) bool { return p.Failed != "" })
	}
	proved.NotPlayed = r.total
	for _, result := range proved.Results {
		if result.SetupFailed() == nil {
			proved.NotPlayed--
		}
	}
	return proved, err
}

// hand hands out the jobs in their order.
func (r *run) hand(next chan<- int) {
	defer close(next)
	for _, i := range turns(r.jobs, r.wanted.Parallel) {
		select {
		case next <- i:
		case <-r.ctx.Done():
			return
		}
	}
}

func (r *run) playJob(i int) {
	ctx, stop := context.WithCancel(r.ctx)
	defer stop()
	if !r.begin(r.jobs[i].variant, stop) {
		return
	}
	for result := range r.prover.Prove(ctx, r.jobs[i].variant, r.jobs[i].play) {
		if !r.take(i, result) {
			return
		}
	}
}

// begin records a job that begins, and how it is stopped. It returns false if the setup that the
// job needs has failed.
func (r *run) begin(v *labs.Variant, stop context.CancelFunc) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stops[v] = append(r.stops[v], stop)
	return !r.broken[v]
}

// take records a result, and reports whether the job goes on.
func (r *run) take(i int, result grading.ProofResult) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	interrupted := r.ctx.Err() != nil || r.broken[r.jobs[i].variant]
	if interrupted && result.Failed != "" && result.Lab == nil {
		return false
	}
	if problem := result.SetupFailed(); problem != nil {
		r.takeBroken(i, result, problem)
		return false
	}
	r.results[i] = append(r.results[i], result)
	r.done++
	r.emit.Move(labs.PlayProofs, r.first, result.Scenario+" "+result.Proof, int64(r.done), int64(r.total))
	switch {
	case result.Proved():
	case r.wanted.FailFast || r.wanted.Keep:
		r.cancel(errEnough)
	case result.Failed != "" && len(r.results[i]) == len(r.jobs[i].play):
		if r.failed++; r.failed == mostFailed {
			r.cancel(fmt.Errorf("prove %s, %s at seed %d: %s", result.Scenario, result.Proof, result.Seed, result.Failed))
		}
	}
	return true
}

// takeBroken records that a setup failed, and stops the jobs that would only try it again.
func (r *run) takeBroken(i int, result grading.ProofResult, problem *labs.Problem) {
	v := r.jobs[i].variant
	r.broken[v] = true
	for _, stop := range r.stops[v] {
		stop()
	}
	result.Proof = ""
	r.results[i] = append(r.results[i], result)
	r.emit.WarnNow(labs.PlayProofs, r.first, problem)
	if r.wanted.FailFast || r.wanted.Keep {
		r.cancel(errEnough)
	}
}

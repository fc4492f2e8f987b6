package author

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"endstate/internal/grading"
	"endstate/internal/scenario"
	"endstate/labs"
)

// Proving says what to prove.
type Proving struct {
	Scenarios       []string // empty: all
	Seeds, Parallel int      // how many seeds, how many labs at once
	First           uint64   // the first seed; the others are chosen, see [Played]
	Proof           string   // only the proofs whose name contains this, and those that they continue
	FailFast        bool     // play no more once something is not as stated
	Keep            bool     // keep the first lab in which something is not as stated; implies FailFast
}

// Proved is what came of proofs.
type Proved struct {
	Results   []grading.ProofResult // in the order of the scenarios, seeds and proofs
	NotPlayed int                   // proofs that were left out, because of FailFast or a failed setup
	Played    []Played              // by scenario
}

// Kept returns the lab that was kept, or nil.
func (p *Proved) Kept() *labs.Lab {
	for _, result := range p.Results {
		if result.Lab != nil {
			return result.Lab
		}
	}
	return nil
}

// Prove plays the proofs of scenarios, and compares the verdicts with what the proofs state. With
// an error, it returns the results so far. It warns at once of a setup that fails; then nothing
// else is played of that scenario at that seed.
func (d *Desk) Prove(ctx context.Context, who labs.Learner, wanted Proving, emit labs.Emit) (*Proved, error) {
	if err := mayAuthor(who); err != nil {
		return &Proved{}, err
	}
	return d.proveFrom(ctx, who, d.parts.Library(), wanted, emit)
}

func (d *Desk) proveFrom(ctx context.Context, who labs.Learner, library *scenario.Library, wanted Proving, emit labs.Emit) (*Proved, error) {
	all, played, err := jobs(library, wanted)
	if err == nil {
		err = d.parts.Open(ctx, who, emit)
	}
	if err != nil {
		return &Proved{}, err
	}
	r := newRun(ctx, wanted, all, emit)
	r.prover = grading.Prover{Stage: d.parts.Stage(who), Grader: d.parts.Grader()}
	if wanted.Keep {
		kept := &atomic.Bool{}
		r.prover.Keep = func() bool { return kept.CompareAndSwap(false, true) }
	}
	proved, err := r.play()
	proved.Played = played
	return proved, err
}

type job struct {
	variant *labs.Variant
	play    grading.Play
}

// jobs lists what to play. The first job of each variant makes its snapshot.
func jobs(library *scenario.Library, wanted Proving) ([]job, []Played, error) {
	if wanted.Seeds < 1 || wanted.Parallel < 1 {
		return nil, nil, labs.Misuse("Proofs need at least one seed and one lab", "Ask for one or more of each.")
	}
	names, err := namesToProve(library, wanted)
	if err != nil {
		return nil, nil, err
	}
	var all []job
	var played []Played
	for _, name := range names {
		one, err := seedsOf(library, name, wanted.First, wanted.Seeds)
		if err != nil {
			return nil, nil, err
		}
		played = append(played, one)
		for _, seed := range one.Seeds {
			v, err := library.Variant(name, seed)
			if err != nil {
				return nil, nil, err
			}
			all = append(all, jobsOf(v, wanted.Proof)...)
		}
	}
	if len(all) == 0 {
		return nil, nil, labs.Misuse(fmt.Sprintf("No proof has a name that contains %q", wanted.Proof), "Leave the name out to play all proofs.")
	}
	return all, played, nil
}

// namesToProve returns the names of the wanted scenarios: without any, of all.
func namesToProve(library *scenario.Library, wanted Proving) ([]string, error) {
	if len(wanted.Scenarios) > 0 {
		return wanted.Scenarios, nil
	}
	if err := library.Broken(); err != nil {
		return nil, err
	}
	var names []string
	for _, s := range library.List() {
		names = append(names, s.Name)
	}
	return names, nil
}

// jobsOf lists what to play of a variant: the proofs whose name contains a text, and those that they
// continue from.
func jobsOf(v *labs.Variant, proof string) []job {
	var all []job
	for _, play := range grading.Plays(v) {
		play = play.Until(func(p labs.Proof) bool { return strings.Contains(p.Name, proof) })
		if len(play) > 0 {
			all = append(all, job{v, play})
		}
	}
	return all
}

// mostFailed is how many failed jobs stop the rest: then the engine is at fault, not a
// scenario.
const mostFailed = 5

// errEnough ends the proofs when one is not as stated and no more are wanted.
var errEnough = errors.New("a proof is not as stated")

// turns returns the order in which jobs start. Jobs of different scenarios take turns, because those
// of one scenario wait and compute at the same moments. The first job of a variant makes its
// snapshot, so it starts some turns early, and the others need not wait for it.
func turns(all []job, parallel int) []int {
	var lanes [][]int // each with some of the variants, one after the other, and about as many jobs
	turn := make([]float64, len(all))
	for i, job := range all {
		first := i == 0 || job.variant != all[i-1].variant
		if first && i*parallel >= len(lanes)*len(all) {
			lanes = append(lanes, nil)
		}
		lane := &lanes[len(lanes)-1]
		turn[i] = float64(len(*lane))
		if first && turn[i] > 0 {
			turn[i] -= 2
		}
		*lane = append(*lane, i)
	}
	for _, lane := range lanes { // all end at the same moment
		for _, i := range lane {
			turn[i] /= float64(len(lane))
		}
	}
	order := slices.Concat(lanes...)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(turn[a], turn[b]) })
	return order
}

package labs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"
)

// Solution is the name of the proof that shows that a scenario can be solved.
const Solution = "solution"

// Untouched is the proof that every scenario has unwritten: nobody did anything.
const Untouched = "untouched"

// Who works in a workspace.
const (
	Learner     = "learner"
	LearnerHome = "/home/learner"
)

// proofsOf stands between who proves and the name of a proof's own, as the owner of its lab.
const proofsOf = "/prove-"

// A lab that a proof plays in lives this long if it is not removed.
const proofLife = 10 * time.Minute

// ProofResult is what came of one proof at one seed.
type ProofResult struct {
	Scenario string        `json:"scenario"`
	Seed     uint64        `json:"seed"`
	Proof    string        `json:"proof"`
	Wrong    []string      `json:"wrong,omitempty"`  // what is not as it was stated
	Failed   string        `json:"failed,omitempty"` // why it could not be played: it says nothing then
	Output   string        `json:"output,omitempty"` // the script's last lines, if something is wrong
	Report   *Report       `json:"report,omitempty"`
	Took     time.Duration `json:"took"` // nanoseconds
}

// Proved reports whether everything was as stated.
func (p ProofResult) Proved() bool { return len(p.Wrong) == 0 && p.Failed == "" }

// Play is what is played in one lab: a proof, and those that go on from it.
type Play []Proof

// Plays returns all the variant's proofs. The first begins with a lab that is looked at
// before anybody did anything.
func (v *Variant) Plays() []Play {
	plays := []Play{{v.untouched()}}
	for i, proof := range v.Proofs {
		if i > 0 && !proof.GoesOn {
			plays = append(plays, nil)
		}
		last := &plays[len(plays)-1]
		*last = append(*last, proof)
	}
	return plays
}

func (v *Variant) untouched() Proof {
	untouched := Proof{Name: Untouched}
	for _, check := range v.Checks {
		if len(check.Needs) == 0 {
			untouched.Fails = append(untouched.Fails, check.ID)
		} else {
			untouched.Skips = append(untouched.Skips, check.ID)
		}
	}
	return untouched
}

// Until returns the play up to the last of its proofs that is wanted; nothing if none is.
func (p Play) Until(wanted func(Proof) bool) Play {
	for i, proof := range slices.Backward(p) {
		if wanted(proof) {
			return p[:i+1]
		}
	}
	return nil
}

// Prove plays proofs one after the other in a lab of their own, and compares the verdicts
// with what each states. After one that could not be played, the others are not.
func (r *Runner) Prove(ctx context.Context, v *Variant, play Play) iter.Seq[ProofResult] {
	return func(yield func(ProofResult) bool) {
		keeping := *r
		keeping.relays, keeping.examining = &relays{}, true
		defer keeping.relays.close()
		keeping.prove(ctx, v, play, yield)
	}
}

func (r *Runner) prove(ctx context.Context, v *Variant, play Play, yield func(ProofResult) bool) {
	begun := time.Now()
	lab, err := r.Start(ctx, v, r.Owner+proofsOf+strings.ToLower(rand.Text()[:12]), proofLife)
	remove := func() error { return nil }
	if err == nil {
		remove = sync.OnceValue(func() error { return r.Engine.Remove(context.WithoutCancel(ctx), lab) })
	}
	defer remove()
	for i, proof := range play {
		result := ProofResult{Scenario: v.Name, Seed: v.Seed, Proof: proof.Name}
		if err == nil {
			if err = r.proveIn(ctx, lab, v, proof, &result); err != nil || i == len(play)-1 {
				err = errors.Join(err, remove())
			}
		}
		if err != nil {
			result.Failed = err.Error()
		}
		result.Took, begun = time.Since(begun), time.Now()
		if !yield(result) {
			return
		}
	}
}

// proveIn plays one proof in a lab that is there.
func (r *Runner) proveIn(ctx context.Context, lab *Lab, v *Variant, proof Proof, result *ProofResult) error {
	output, err := r.play(ctx, lab, v, proof)
	if err != nil {
		return err
	}
	if result.Report, err = r.patient(ctx, lab, v); err != nil {
		return err
	}
	result.Wrong = compare(proof, result.Report)
	if len(result.Wrong) > 0 {
		result.Output = output
	}
	if proof.isNearMiss() {
		return nil // to look again is the others' part: it takes as long as all the rest
	}
	again, err := r.again(ctx, lab, v, proof)
	for _, then := range again {
		result.Wrong = append(result.Wrong, differences(result.Report, then.report, then.when)...)
	}
	return err
}

// patience is how often a proof asks to be graded, as many labs share the machine: what
// could not be graded says nothing of the grader.
const patience = 3

// patient checks a lab until it can be graded, some times at most.
func (r *Runner) patient(ctx context.Context, lab *Lab, v *Variant) (report *Report, err error) {
	for range patience {
		if report, err = r.Check(ctx, lab, v); err != nil || report.Graded() {
			break
		}
	}
	return report, err
}

// isNearMiss tells a proof of a mistake from the untouched lab and the right ways.
func (p Proof) isNearMiss() bool { return p.Name != Untouched && len(p.Fails) > 0 }

// play runs a proof's script in the workspace, as the learner.
func (r *Runner) play(ctx context.Context, lab *Lab, v *Variant, proof Proof) (string, error) {
	if proof.Script == "" {
		return "", nil
	}
	host, err := lab.Host(Workspace)
	if err != nil {
		return "", err
	}
	_, output, err := run(ctx, r.Engine, host, Command{
		Args: []string{"bash", "-c", proof.Script}, User: Learner, Dir: LearnerHome, Environment: v.Environment(),
	})
	return output, err
}

type later struct {
	when   string
	report *Report
}

// again checks once more with nothing changed, and after the hosts of a solved lab
// were restarted: the verdicts must stay.
func (r *Runner) again(ctx context.Context, lab *Lab, v *Variant, proof Proof) ([]later, error) {
	second, err := r.patient(ctx, lab, v)
	if err != nil {
		return nil, err
	}
	reports := []later{{"a second check", second}}
	if proof.Name != Solution {
		return reports, nil
	}
	if err := r.Engine.Restart(ctx, lab); err != nil {
		return reports, err
	}
	if err := r.ready(ctx, lab, v, nil); err != nil {
		return reports, err
	}
	third, err := r.patient(ctx, lab, v)
	if err != nil {
		return reports, err
	}
	return append(reports, later{"a check after a restart", third}), nil
}

// compare returns how a report's verdicts differ from what the proof states.
func compare(proof Proof, report *Report) []string {
	var wrong []string
	for _, result := range report.results() {
		want := Passed
		switch {
		case slices.Contains(proof.Fails, result.ID):
			want = Fell
		case slices.Contains(proof.Skips, result.ID):
			want = Skipped
		}
		if result.Verdict != want {
			wrong = append(wrong, fmt.Sprintf("%s is %s, not %s%s%s", result.ID, result.Verdict, want, because(result.Message), met(result.Met)))
		}
		if result.Defect != "" {
			wrong = append(wrong, fmt.Sprintf("%s: %s", result.ID, result.Defect))
		}
	}
	if proof.Name == Untouched && report.Earned() != 0 {
		wrong = append(wrong, fmt.Sprintf("an untouched lab earns %d points", report.Earned()))
	}
	return wrong
}

func because(message string) string {
	if message == "" {
		return ""
	}
	return ": " + message
}

// met tells what an expectation met, if it met anything to tell of.
func met(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return "\nIts expectation met: " + strings.Join(all, "; ")
}

// differences returns where a later report says something else than the first.
func differences(first, second *Report, when string) []string {
	var wrong []string
	for i, result := range second.results() {
		if before := first.results()[i]; before.Verdict != result.Verdict || before.Message != result.Message {
			wrong = append(wrong, fmt.Sprintf("%s says of %s: %s%s; the first said: %s%s", when, result.ID,
				result.Verdict, because(result.Message), before.Verdict, because(before.Message)))
		}
	}
	return wrong
}

package grading

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

	"endstate/internal/site"
	"endstate/internal/stage"
	"endstate/labs"
)

// How long a proof's lab lives if it is not removed.
const (
	proofLife = 30 * time.Minute // for each proof that is played in it; waiting for a place counts
	keptLife  = time.Hour        // of one that may be kept
)

// ProofResult is the result of one proof at one seed.
type ProofResult struct {
	Scenario string       `json:"scenario"`
	Seed     uint64       `json:"seed"`
	Proof    string       `json:"proof"`
	Wrong    []string     `json:"wrong,omitempty"`  // how the verdicts differ from what the proof states
	Failed   string       `json:"failed,omitempty"` // why the proof could not run, so that it shows nothing
	Status   int          `json:"status,omitempty"` // the script's exit status
	Output   string       `json:"output,omitempty"` // the script's last lines, if something is wrong or it failed
	Report   *labs.Report `json:"report,omitempty"`
	Took     labs.Seconds `json:"took"`
	Err      error        `json:"-"`             // the cause of Failed
	Lab      *labs.Lab    `json:"lab,omitempty"` // the lab that was kept as the proof left it
}

// SetupFailed returns the problem if the proof could not run because the scenario's own setup or
// fault failed, and nil otherwise.
func (p ProofResult) SetupFailed() *labs.Problem {
	var problem *labs.Problem
	if errors.As(p.Err, &problem) && problem.Code == labs.CodeSetup {
		return problem
	}
	return nil
}

// Proved reports whether the proof ran and every verdict was as stated.
func (p ProofResult) Proved() bool { return len(p.Wrong) == 0 && p.Failed == "" }

// Play is a sequence of proofs that run in one lab: each continues where the last one ended.
type Play []labs.Proof

// Plays returns all proofs of a variant. The first play starts with a check of the
// untouched lab.
func Plays(v *labs.Variant) []Play {
	plays := []Play{{untouched(v)}}
	for i, proof := range v.Proofs {
		if i > 0 && !proof.GoesOn {
			plays = append(plays, nil)
		}
		last := &plays[len(plays)-1]
		*last = append(*last, proof)
	}
	return plays
}

func untouched(v *labs.Variant) labs.Proof {
	proof := labs.Proof{Name: labs.Untouched}
	for _, check := range v.Checks {
		if len(check.Needs) == 0 {
			proof.Fails = append(proof.Fails, check.ID)
		} else {
			proof.Skips = append(proof.Skips, check.ID)
		}
	}
	return proof
}

// Until returns the play up to the last wanted proof, or nil if none is wanted.
func (p Play) Until(wanted func(labs.Proof) bool) Play {
	for i, proof := range slices.Backward(p) {
		if wanted(proof) {
			return p[:i+1]
		}
	}
	return nil
}

// has reports whether a proof is in the play.
func (p Play) has(name string) bool {
	return slices.ContainsFunc(p, func(proof labs.Proof) bool { return proof.Name == name })
}

// Prover runs proofs.
type Prover struct {
	Stage  *stage.Stage
	Grader *Grader
	// Keep is called for a lab in which a proof is not as stated, and reports whether to keep it.
	// The rest of its play is then left out. Nil: no lab is kept.
	Keep func() bool
}

// Prove runs the proofs of a play one after the other in a new lab. The solution's lab is handed
// over as it was set up, and the others start from a snapshot, so both are proved. It compares the
// verdicts with what each proof states. If one fails to run, so do the rest.
func (p Prover) Prove(ctx context.Context, v *labs.Variant, play Play) iter.Seq[ProofResult] {
	return func(yield func(ProofResult) bool) {
		relays := &site.Relays{}
		defer relays.Close()
		stage, grader := *p.Stage, *p.Grader
		stage.Sites.Relays, grader.Sites.Relays, grader.Examining = relays, relays, true
		Prover{Stage: &stage, Grader: &grader, Keep: p.Keep}.prove(ctx, v, play, yield)
	}
}

func (p Prover) prove(ctx context.Context, v *labs.Variant, play Play, yield func(ProofResult) bool) {
	begun := time.Now()
	owner, life := p.owner(len(play))
	start := p.Stage.Start
	if play.has(labs.Solution) {
		start = p.Stage.SetUp // as most learners get the lab
	}
	lab, err := start(ctx, v, owner, life, nil)
	remove := func() error { return nil }
	if err == nil {
		remove = sync.OnceValue(func() error { return p.Stage.Engine.Remove(context.WithoutCancel(ctx), lab) })
	}
	defer func() { _ = remove() }()
	for i, proof := range play {
		result := ProofResult{Scenario: v.Name, Seed: v.Seed, Proof: proof.Name}
		if err == nil {
			err = p.proveIn(ctx, lab, v, proof, &result)
			if (err != nil || len(result.Wrong) > 0) && p.keeps(ctx) {
				result.Lab, remove = lab, func() error { return nil }
			}
			if err != nil || i == len(play)-1 {
				err = errors.Join(err, remove())
			}
		}
		if err != nil {
			result.Failed, result.Err = err.Error(), err
		}
		result.Took.Duration, begun = time.Since(begun), time.Now()
		if !yield(result) || result.Lab != nil {
			return
		}
	}
}

// owner returns the owner of a proof's lab, and how long the lab may live. A sweep removes the lab
// of a proof when the process has ended, unless it may be kept.
func (p Prover) owner(proofs int) (string, time.Duration) {
	name := strings.ToLower(rand.Text()[:12])
	if p.Keep != nil {
		return p.Stage.Owner + labs.KeptOf + name[:6], keptLife
	}
	return p.Stage.Owner + labs.ProofsOf + name, time.Duration(proofs) * proofLife
}

func (p Prover) keeps(ctx context.Context) bool { return p.Keep != nil && ctx.Err() == nil && p.Keep() }

// proveIn runs one proof in an existing lab.
func (p Prover) proveIn(ctx context.Context, lab *labs.Lab, v *labs.Variant, proof labs.Proof, result *ProofResult) error {
	status, output, err := p.play(ctx, lab, v, proof)
	if err != nil {
		return err
	}
	result.Status = status
	if result.Report, err = p.checkGraded(ctx, lab, v); err != nil {
		return err
	}
	result.Wrong = compare(proof, result.Report)
	if len(result.Wrong) > 0 || status != 0 {
		result.Output = output
	}
	if isNearMiss(proof) {
		return nil // the other proofs check twice, which takes as long as all the rest
	}
	again, err := p.again(ctx, lab, v, proof)
	for _, then := range again {
		result.Wrong = append(result.Wrong, differences(result.Report, then.report, then.when)...)
	}
	return err
}

// maxChecks is how often a proof tries to get a grade. Many labs share the machine, so an
// ungraded check may just be the result of load.
const maxChecks = 3

// checkGraded checks a lab, and retries if something could not be graded.
func (p Prover) checkGraded(ctx context.Context, lab *labs.Lab, v *labs.Variant) (report *labs.Report, err error) {
	for range maxChecks {
		if report, err = p.Grader.Check(ctx, lab, v, nil); err != nil || report.Graded() {
			break
		}
	}
	return report, err
}

// isNearMiss reports whether a proof makes a mistake; the untouched lab does not count.
func isNearMiss(p labs.Proof) bool { return p.Name != labs.Untouched && len(p.Fails) > 0 }

// scriptTimeout limits a proof's script, which may wait for something that never comes.
const scriptTimeout = 5 * time.Minute

var errScriptTimeout = fmt.Errorf("the script did not end within %s: does it wait for something that never comes?", labs.Duration(scriptTimeout))

// play runs a proof's script in the workspace, as the learner. The solution runs as learners are shown it.
func (p Prover) play(ctx context.Context, lab *labs.Lab, v *labs.Variant, proof labs.Proof) (status int, output string, err error) {
	if proof.Script == "" {
		return 0, "", nil
	}
	host, err := lab.Host(labs.Workspace)
	if err != nil {
		return 0, "", err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, scriptTimeout, errScriptTimeout)
	defer cancel()
	script, environment := proof.Script, v.Environment()
	if proof.Name == labs.Solution {
		script, environment = v.Typed(script), nil
	}
	return stage.Run(ctx, p.Stage.Engine, host, labs.Command{
		Args: []string{"bash", "-c", script}, User: labs.UserName, Dir: labs.LearnerHome, Environment: environment,
	})
}

type later struct {
	when   string
	report *labs.Report
}

// again checks a second time, and after the solution a third time with the hosts restarted.
// The verdicts must stay the same.
func (p Prover) again(ctx context.Context, lab *labs.Lab, v *labs.Variant, proof labs.Proof) ([]later, error) {
	second, err := p.checkGraded(ctx, lab, v)
	if err != nil {
		return nil, err
	}
	reports := []later{{"second check", second}}
	if proof.Name != labs.Solution {
		return reports, nil
	}
	if err := p.Stage.Engine.Restart(ctx, lab); err != nil {
		return reports, err
	}
	if err := p.Stage.Ready(ctx, lab, v, nil, nil); err != nil {
		return reports, err
	}
	third, err := p.checkGraded(ctx, lab, v)
	if err != nil {
		return reports, err
	}
	return append(reports, later{"check after a restart", third}), nil
}

// compare returns how a report's verdicts differ from what the proof states.
func compare(proof labs.Proof, report *labs.Report) []string {
	var wrong []string
	for _, result := range report.Results() {
		want := labs.Passed
		switch {
		case slices.Contains(proof.Fails, result.ID):
			want = labs.Failed
		case slices.Contains(proof.Skips, result.ID):
			want = labs.Skipped
		}
		if result.Verdict != want {
			wrong = append(wrong, fmt.Sprintf("%s%s is %s, not %s%s%s", placed(result), result.ID, result.Verdict, want, because(result.Message), notes(result.Notes)))
		}
		if result.Defect != "" {
			wrong = append(wrong, fmt.Sprintf("%s%s: %s", placed(result), result.ID, result.Defect))
		}
	}
	if proof.Name == labs.Untouched && report.Earned() != 0 {
		wrong = append(wrong, fmt.Sprintf("an untouched lab earns %d points: make a guard of what already holds there, or let the check need another one", report.Earned()))
	}
	return wrong
}

// placed returns where an author should look for the reason of a verdict, in the form that editors
// understand.
func placed(result labs.Result) string {
	if result.Place == "" {
		return ""
	}
	return result.Place + ": "
}

func because(message string) string {
	if message == "" {
		return ""
	}
	return ": " + message
}

// notes formats what an expectation noted, if anything.
func notes(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return "\nIts expectation ran into: " + strings.Join(all, "; ")
}

// differences returns where a later report differs from the first.
func differences(first, second *labs.Report, when string) []string {
	var wrong []string
	for i, result := range second.Results() {
		if before := first.Results()[i]; before.Verdict != result.Verdict || before.Message != result.Message {
			wrong = append(wrong, fmt.Sprintf("%s: %s is %s%s; in the first check it was %s%s", when, result.ID,
				result.Verdict, because(result.Message), before.Verdict, because(before.Message)))
		}
	}
	return wrong
}

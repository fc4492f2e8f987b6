//go:build engine

package enginetest

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"endstate/labs"
)

// patience is how long anything may take before a test fails.
const patience = 10 * time.Minute

// Learner runs a script to its end in the workspace, as the learner. It returns the exit
// status and all output.
func (r *Runner) Learner(lab *labs.Lab, script string) (int, string) {
	r.t.Helper()
	return r.Execute(lab, labs.Workspace, labs.Command{Args: []string{"bash", "-c", script}, User: labs.UserName, Dir: labs.LearnerHome})
}

// Root runs a script in a host as root, which a learner can't.
func (r *Runner) Root(lab *labs.Lab, host, script string) (int, string) {
	r.t.Helper()
	return r.Execute(lab, host, labs.Command{Args: []string{"bash", "-c", script}, User: "root"})
}

// Execute runs a command to its end in a host, and returns the exit status and all output.
func (r *Runner) Execute(lab *labs.Lab, name string, command labs.Command) (int, string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	process := r.Begin(ctx, lab, name, command)
	defer process.Close()
	stop := context.AfterFunc(ctx, func() { _ = process.Close() })
	defer stop()
	if err := process.Stdin().Close(); err != nil {
		r.t.Fatal(err)
	}
	out, err := io.ReadAll(process.Stdout())
	if err != nil {
		r.t.Fatalf("%v ended with %v after %q", command.Args, err, out)
	}
	status, err := process.Wait(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	return status, strings.TrimSpace(string(out) + process.Stderr())
}

// Hold starts a script as the learner, and returns when the script prints "holding", because
// it holds a lock. The script runs until the test ends.
func (r *Runner) Hold(lab *labs.Lab, script string) {
	r.t.Helper()
	process := r.Begin(r.t.Context(), lab, labs.Workspace, labs.Command{
		Args: []string{"bash", "-c", script}, User: labs.UserName, Dir: labs.LearnerHome, Environment: map[string]string{"HOME": labs.LearnerHome},
	})
	r.t.Cleanup(func() { _ = process.Close() })
	said := make([]byte, len("holding"))
	if _, err := io.ReadFull(process.Stdout(), said); err != nil || string(said) != "holding" {
		r.t.Fatalf("%s: %q, %v: %s", script, said, err, process.Stderr())
	}
}

// Begin starts a command in a host.
func (r *Runner) Begin(ctx context.Context, lab *labs.Lab, name string, command labs.Command) labs.Process {
	r.t.Helper()
	host, err := lab.Host(name)
	if err != nil {
		r.t.Fatal(err)
	}
	process, err := r.Engine.Execute(ctx, host, command)
	if err != nil {
		r.t.Fatal(err)
	}
	return process
}

// Solve runs the variant's solution in the lab.
func (r *Runner) Solve(lab *labs.Lab, v *labs.Variant) {
	r.t.Helper()
	i := slices.IndexFunc(v.Proofs, func(p labs.Proof) bool { return p.Name == labs.Solution })
	if i < 0 {
		r.t.Fatalf("%s has no solution", v.Name)
	}
	status, out := r.Execute(lab, labs.Workspace, labs.Command{
		Args: []string{"bash", "-c", v.Proofs[i].Script}, User: labs.UserName, Dir: labs.LearnerHome, Environment: v.Environment(),
	})
	if status != 0 {
		r.t.Fatalf("the solution ended with %d:\n%s", status, out)
	}
}

// Grade checks the lab. The test fails if the check hangs or nothing can be graded.
func (r *Runner) Grade(lab *labs.Lab, v *labs.Variant) *labs.Report {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	report, err := r.Check(ctx, lab, v)
	if err != nil {
		r.t.Fatalf("check %s: %v", lab.ID, err)
	}
	return report
}

// Result returns the result of a check or guard.
func (r *Runner) Result(report *labs.Report, id string) labs.Result {
	r.t.Helper()
	for _, result := range slices.Concat(report.Checks, report.Guards) {
		if result.ID == id {
			return result
		}
	}
	r.t.Fatalf("the report of %s has no %s", report.Scenario, id)
	return labs.Result{}
}

// Passes fails the test unless the lab passes every check.
func (r *Runner) Passes(lab *labs.Lab, v *labs.Variant) {
	r.t.Helper()
	report := r.Grade(lab, v)
	for _, result := range slices.Concat(report.Checks, report.Guards) {
		if result.Verdict != labs.Passed {
			r.t.Errorf("%s is %s: %s", result.ID, result.Verdict, result.Message)
		}
	}
}

// HostID returns the engine's ID of a host of a lab.
func (r *Runner) HostID(lab *labs.Lab, name string) string {
	r.t.Helper()
	host, err := lab.Host(name)
	if err != nil {
		r.t.Fatal(err)
	}
	return host.ID
}

package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/exams"
	"endstate/internal/scenario"
	"endstate/labs"
)

// What stands below is what exams take from the desk while their acts are still put
// together at the command line.

// Connect opens the engine.
func (d *Desk) Connect(ctx context.Context) error { return d.connect(ctx) }

// Ready opens the engine, and sweeps in passing.
func (d *Desk) Ready(ctx context.Context, who labs.Learner, emit labs.Emit) error {
	return d.open(ctx, who, emit)
}

// Library returns the library of scenarios.
func (d *Desk) Library() *scenario.Library { return d.library() }

// Memory returns what a learner finds in the store.
func (d *Desk) Memory(ctx context.Context, who labs.Learner) (*attempts.View, error) {
	return d.memory(ctx, who)
}

// Recall returns what a learner finds in the store, nil if it can't be used.
func (d *Desk) Recall(ctx context.Context, who labs.Learner, emit labs.Emit) *attempts.View {
	return d.recall(ctx, who, emit)
}

// Remembers reports whether anything was ever kept.
func (d *Desk) Remembers() bool { return d.remembers() }

// Rooms returns the labs of a learner's exams. The engine must be open.
func (d *Desk) Rooms(who labs.Learner, grace time.Duration) *Rooms {
	return &Rooms{Stage: d.stage(who.Name), Grader: d.grader(), Scenarios: d.library(), Grace: grace}
}

// Note notes something about the attempt that a lab stands for. Where that fails it warns.
func (d *Desk) Note(ctx context.Context, lab *labs.Lab, v *labs.Variant, but string, emit labs.Emit, note func(*attempts.View, *attempts.Attempt) error) {
	d.note(ctx, lab, v, but, emit, note)
}

// End notes that a lab goes.
func (d *Desk) End(ctx context.Context, lab *labs.Lab, emit labs.Emit) {
	d.end(ctx, lab, d.Clock(), attempts.Stopped, emit)
}

// ResetLab puts a lab back that was found by itself.
func (d *Desk) ResetLab(ctx context.Context, lab *labs.Lab, emit labs.Emit) error {
	_, _, err := d.reset(ctx, lab, emit)
	return err
}

// VisitOf lets a candidate into a host of a question's lab.
func (d *Desk) VisitOf(lab *labs.Lab, host string, exam *ExamVisit) (*Visit, error) {
	v, err := d.variantOf(lab)
	if err != nil {
		return nil, err
	}
	return &Visit{Lab: lab, Variant: v, Host: host, Exam: exam, desk: d}, mayEnter(v, host)
}

// Offered returns the scenarios whose servers are there.
func (d *Desk) Offered(ctx context.Context) []labs.Scenario {
	all := d.library().List()
	if !slices.ContainsFunc(all, func(s labs.Scenario) bool { return len(s.Requires) > 0 }) {
		return all
	}
	servers := d.servers(ctx)
	return slices.DeleteFunc(all, func(s labs.Scenario) bool {
		return slices.ContainsFunc(s.Requires, func(need string) bool {
			return !slices.ContainsFunc(servers, func(there string) bool {
				return strings.HasPrefix(strings.ToLower(there), strings.ToLower(need))
			})
		})
	})
}

// servers returns the servers of the images that are there; of an engine that does not
// answer, none.
func (d *Desk) servers(ctx context.Context) []string {
	if d.connect(ctx) != nil {
		return nil
	}
	there, _, _ := d.images.Lookup(ctx, d.images.Names())
	var servers []string
	for _, image := range there {
		servers = append(servers, image.Server)
	}
	return servers
}

// notInOpenExam refuses to look at an attempt of an exam that goes on, whose rules say what
// its candidate is told.
func notInOpenExam(ctx context.Context, store *attempts.View, attempt *attempts.Attempt) error {
	if !exams.OwnsLabs(attempt.Owner) {
		return nil
	}
	open, err := store.OpenExams(ctx)
	if err != nil {
		return err
	}
	for _, s := range open {
		if s.LabOwner == attempt.Owner && s.Ended.IsZero() {
			return &labs.Problem{
				Code: CodeExamLab, What: fmt.Sprintf("Attempt %d is a question of exam %d, which goes on", attempt.ID, s.ID), Usage: true,
				Acts: []labs.Act{{Name: labs.ActExamStatus, For: "It is told when the exam is over", Exam: s.ID}},
			}
		}
	}
	return nil
}

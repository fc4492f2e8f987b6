// Package visit is the desk's room for shells: it lets a learner into a host of a lab, and
// stores and records their stay. As at the desk, each act returns values, and emits progress
// and warnings as events.
package visit

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"endstate/internal/desk"
	"endstate/internal/practice"
	"endstate/internal/recording"
	"endstate/internal/seat"
	"endstate/internal/stage"
	"endstate/labs"
)

// Visit is a learner in a lab's shell. It outlives a reset of the lab: each shell is followed by
// another one.
type Visit struct {
	Lab     *labs.Lab
	Variant *labs.Variant
	Host    string
	Exam    *Exam // nil: the lab does not belong to an exam

	shells int // that were opened
	desk   *desk.Desk
	parts  desk.Parts
	// recorder records what the terminal shows; nil: nothing is recorded.
	recorder *recording.Recorder
}

// Exam is what a visit knows about the exam that its lab belongs to.
type Exam struct {
	ID          int64
	Shell       []string          // the command that opens its shell
	Environment map[string]string // of that command
}

// Window is the terminal that a visit shows on.
type Window struct {
	Columns, Rows int
	Kind          string // as in TERM
	Colors        string // as in COLORTERM
	NoColor       string // as in NO_COLOR
	Unrecorded    bool   // the learner wants no recording
}

// New returns a visit to a host of a lab. It returns an error if the scenario opens no shell on
// that host.
func New(d *desk.Desk, lab *labs.Lab, v *labs.Variant, host string) (*Visit, error) {
	return &Visit{Lab: lab, Variant: v, Host: host, desk: d, parts: d.Parts()}, mayEnter(v, host)
}

// Enter lets a learner into a host of a lab. It restarts hosts that have stopped, with all their
// data, so that nobody loses work.
func Enter(ctx context.Context, d *desk.Desk, who labs.Learner, name, host string, emit labs.Emit) (*Visit, error) {
	lab, variant, err := d.Parts().Find(ctx, who, name, emit)
	if err != nil {
		return nil, err
	}
	v, err := New(d, lab, variant, host)
	if err == nil && !lab.Running() {
		err = v.stage().Revive(ctx, lab, variant, emit)
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// mayEnter returns an error if the scenario opens no shell on the host.
func mayEnter(v *labs.Variant, host string) error {
	spec := v.Host(host)
	if spec != nil && spec.Open {
		return nil
	}
	return labs.Misuse(fmt.Sprintf("The scenario opens no shell on %q", host), "It opens: "+strings.Join(v.OpenHosts(), ", "))
}

// Open opens a shell in a window. It may emit warnings until the stay ends.
func (v *Visit) Open(ctx context.Context, at Window, emit labs.Emit) (*Stay, error) {
	host, err := v.Lab.Host(v.Host)
	if err != nil {
		return nil, err
	}
	shell, err := seat.Open(ctx, func(ctx context.Context, command labs.Command) (labs.Process, error) {
		return v.parts.Engine().Execute(ctx, host, command)
	}, v.command(at))
	if err != nil {
		return nil, &labs.Problem{
			Code: labs.CodeShellMissing,
			What: "No shell can be opened in `" + v.Host + "`", Err: err,
			Acts: []labs.Act{{Name: labs.ActStatus, For: "See its status"}, v.act(labs.ActReset, "put the lab back")},
		}
	}
	v.shells++
	return v.arrive(ctx, shell, at, emit), nil
}

func (v *Visit) command(at Window) labs.Command {
	command := labs.Command{
		Args: []string{"bash", "--login"}, Columns: at.Columns, Rows: at.Rows,
		Environment: map[string]string{
			"TERM": at.Kind, "COLORTERM": at.Colors,
			"ENDSTATE_SCENARIO": v.Lab.Scenario, "ENDSTATE_STARTED": strconv.FormatInt(v.Lab.Started.Unix(), 10),
			"ENDSTATE_ANSWERS": questions(v.Variant),
		},
	}
	if at.NoColor != "" { // programs differ in what they make of an empty one
		command.Environment["NO_COLOR"] = at.NoColor
	}
	if v.Host == labs.Workspace {
		command.User, command.Dir = labs.UserName, labs.LearnerHome
	}
	if v.Exam != nil {
		command.Args = v.Exam.Shell
		maps.Copy(command.Environment, v.Exam.Environment)
	}
	return command
}

// questions returns the questions of a variant as the command answer reads them: one a line, its name,
// a tab, and how to answer it.
func questions(v *labs.Variant) string {
	var lines []string
	for _, answer := range v.Answers() {
		lines = append(lines, answer.Name+"\t"+answer.Usage)
	}
	return strings.Join(lines, "\n")
}

// Task returns the visit's task.
func (v *Visit) Task() *desk.Task { return v.parts.Task(v.Lab, v.Variant) }

// Check grades the visit's lab as it is now.
func (v *Visit) Check(ctx context.Context, emit labs.Emit) (*practice.Outcome, error) {
	found, err := v.parts.Check(ctx, v.Lab, v.Variant, emit)
	if err == nil {
		v.Mark(found.Report)
	}
	return found, err
}

// Mark marks a check in the recording.
func (v *Visit) Mark(found *labs.Report) {
	if v.recorder != nil {
		v.recorder.Mark(desk.ScoreOf(found))
	}
}

// Hint opens one more hint of the visit's lab; see [desk.Desk.Hint].
func (v *Visit) Hint(ctx context.Context, agreed bool, emit labs.Emit) (*desk.Hints, error) {
	return v.parts.Hint(ctx, v.Lab, v.Variant, agreed, emit)
}

// Reset puts the visit's lab back to how it was at the start. The shell ends with the old lab; the next one
// is in the new lab. Until the learner has agreed, it returns [desk.Unconfirmed].
func (v *Visit) Reset(ctx context.Context, agreed bool, emit labs.Emit) error {
	if !agreed {
		return &desk.Unconfirmed{Question: desk.AskReset}
	}
	lab, variant, err := v.parts.Reset(ctx, v.Lab, emit)
	if lab != nil {
		v.Lab, v.Variant = lab, variant
	}
	return err
}

func (v *Visit) stage() *stage.Stage { return v.parts.Stage(labs.Learner{Name: v.Lab.Owner}) }

// act returns an act on the visit's lab.
func (v *Visit) act(name, what string) labs.Act {
	switch {
	case v.Exam == nil:
		return labs.Act{Name: name, For: what, Scenario: v.Lab.Scenario}
	case name == labs.ActEnter:
		name = labs.ActExamResume
	default:
		name = labs.ActExamReset
	}
	return labs.Act{Name: name, For: what, Exam: v.Exam.ID}
}

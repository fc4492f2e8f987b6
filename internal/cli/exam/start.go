package exam

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/exams/blueprints"
	"endstate/internal/report"
	"endstate/labs"
)

// startOptions are the options of start.
type startOptions struct {
	gotoOptions
	chosen examdesk.Choice
}

func startCommand(d *door.Door) *cobra.Command {
	o := &startOptions{gotoOptions: gotoOptions{options: options{Door: d}}}
	c := &cobra.Command{
		Use:               "start BLUEPRINT|NAME",
		Short:             "Draw an exam and start its clock",
		Long:              "Draw the questions of an exam, built-in or from a file, and start. The clock starts when the first lab is ready. As JSON, progress is JSON lines too, and no shell opens.",
		Example:           "  endstate exam start taste\n  endstate exam start topic --topic git\n  endstate exam start class.yaml --candidate Ada --no-shell",
		Args:              door.Exactly(1, "an exam; see: endstate exam list"),
		ValidArgsFunction: completeBlueprints(d),
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), args[0]) },
	}
	c.Flags().StringVar(&o.chosen.Candidate, "candidate", "", "the `name` of who sits it (default: the owner of the labs)")
	c.Flags().StringVar(&o.chosen.Topic, "topic", "", "the `topic`, of an exam about one")
	door.SeedVar(c, &o.chosen.Seed, "the seed: the same one draws the same questions (default: as the blueprint says)")
	c.Flags().Var(allowanceFlag{&o.chosen.Extra}, "extra-time", "more time for this candidate, as an examiner: minutes, 10m or 25%")
	d.OutputVar(c, &o.output)
	o.registerShell(c)
	return c
}

func (o *startOptions) run(ctx context.Context, name string) error {
	var b *exams.Blueprint
	var v exams.View
	err := o.act(func(at *examdesk.Desk, emit labs.Emit) (err error) {
		if b, err = (named{at, o.Who()}).blueprint(ctx, name); err == nil {
			v, err = at.Draw(ctx, o.Who(), b, o.chosen, emit)
		}
		return err
	})
	if err != nil {
		return err
	}
	if !o.output.AsJSON() {
		o.announce(v)
	}
	o.which.ID = v.ID
	return o.enter(ctx, examdesk.Current, labs.Workspace)
}

// source returns the file of a built-in blueprint, of any other, or of one that was kept in a browser.
func (d named) source(ctx context.Context, name string) (file string, data []byte, err error) {
	if slices.Contains(blueprints.Names(), name) {
		data, err = blueprints.Read(name)
		return name + ".yaml", data, err
	}
	if data, err = os.ReadFile(name); err != nil {
		if own, wrong := d.at.OwnBlueprint(ctx, d.who, name); wrong == nil {
			return name + ".yaml", []byte(own.Text), nil
		}
	}
	return name, data, err
}

// named finds blueprints by what somebody calls them.
type named struct {
	at  *examdesk.Desk
	who labs.Learner
}

// blueprint returns a blueprint that has a name, or reads a file.
func (d named) blueprint(ctx context.Context, name string) (*exams.Blueprint, error) {
	file, data, err := d.source(ctx, name)
	switch {
	case err == nil:
		return d.at.ReadBlueprint(file, data)
	case errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, "/."):
		return d.at.Blueprint(name) // which says what exams there are
	}
	return nil, &labs.Problem{
		Code: labs.CodeFile,
		What: fmt.Sprintf("The exam %q can't be read", name), Usage: true, Err: err,
		Acts: []labs.Act{{Name: labs.ActExamList, For: "See the exams that you can start"}},
	}
}

// announce shows the exam's rules before its clock starts.
func (o *startOptions) announce(v exams.View) {
	style := o.Style(o.Out)
	fmt.Fprintf(o.Out, "%s\n%s\n", style.Bold(report.Visible(v.Title)), style.Paragraph(report.Visible(fmt.Sprintf(
		"Exam %d · %s · %s · %s · %s",
		v.ID, v.Candidate, questionsOf(v), labs.Duration(v.Length()), strings.Join(report.Rules(v), " · "))), 0))
}

// questionsOf counts the questions of an exam.
func questionsOf(v exams.View) string {
	if n := len(v.Spoken); n > 0 {
		return fmt.Sprintf("%s in words, and %d with a lab", labs.Count(n, "question"), len(v.Questions))
	}
	return labs.Count(len(v.Questions), "question")
}

package exam

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams/pace"
	"endstate/internal/report"
	"endstate/labs"
)

// planOptions are the options of lint and draw.
type planOptions struct {
	*door.Door
	output door.Output
	chosen examdesk.Choice
}

func lintCommand(d *door.Door) *cobra.Command {
	o := &planOptions{Door: d}
	c := &cobra.Command{
		Use:   "lint FILE|NAME",
		Short: "Find mistakes in an exam's blueprint",
		Long: "Find mistakes in an exam's blueprint, without containers, and compare the par times of its questions with its minutes.\n\n" +
			"Exit status: 0 no mistakes, 1 mistakes, 2 the file can't be read.",
		Example:           "  endstate exam lint class.yaml",
		Args:              door.Exactly(1, "a file or the name of an exam"),
		ValidArgsFunction: completeBlueprints(d),
		Annotations:       onlyLooks,
		RunE:              func(c *cobra.Command, args []string) error { return o.lint(c.Context(), args[0]) },
	}
	d.OutputVar(c, &o.output)
	return c
}

func (o *planOptions) lint(ctx context.Context, name string) error {
	var review *examdesk.Review
	err := act(o.Door, o.output.AsJSON(), func(at *examdesk.Desk, _ labs.Emit) error {
		by := named{at, o.Who()}
		file, data, err := by.source(ctx, name)
		if err != nil {
			_, err = by.blueprint(ctx, name) // which says what is wrong with the name
			return err
		}
		review, err = at.Lint(ctx, o.Who(), file, data)
		return err
	})
	if err == nil {
		err = o.output.Write(door.Forms{Value: review, Text: func(w io.Writer, style report.Style) error { return writeReview(w, style, review) }})
	}
	if err == nil && len(review.Mistakes) > 0 {
		err = door.ErrFailed
	}
	return err
}

func writeReview(w io.Writer, style report.Style, review *examdesk.Review) error {
	var out strings.Builder
	for _, m := range review.Mistakes {
		fmt.Fprintln(&out, report.Visible(m.Error()))
	}
	fmt.Fprintln(&out, labs.Count(len(review.Mistakes), "mistake"))
	for _, survey := range review.Surveys {
		if survey.Topic != "" {
			fmt.Fprintf(&out, "\n%s\n", style.Bold("Topic "+report.Visible(survey.Topic)))
		}
		out.WriteString(style.Paragraph(fmt.Sprintf("At %d seeds, the par times add up to %s of the exam's %s.",
			survey.Seeds, span(survey.Least, survey.Most), labs.Count(survey.Minutes, "minute")), 0))
		for _, doubt := range []struct {
			seeds int
			text  string
		}{
			{survey.Tight, "the par times exceed the exam's minutes: give it more minutes, or ask less"},
			{survey.Loose, "the par times are less than half of the exam's minutes: give it fewer minutes, or ask more"},
		} {
			if doubt.seeds > 0 {
				out.WriteString(style.Labelled("Warning:", style.Warn, fmt.Sprintf("at %d of them, %s.", doubt.seeds, doubt.text), 0))
			}
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func span(least, most int) string {
	if least == most {
		return fmt.Sprint(least)
	}
	return fmt.Sprintf("%d to %d", least, most)
}

func drawCommand(d *door.Door) *cobra.Command {
	o := &planOptions{Door: d}
	c := &cobra.Command{
		Use:               "draw FILE|NAME",
		Short:             "Show which questions an exam would ask, without starting it",
		Long:              "Show which questions an exam would ask at a seed, with their points and par times, without starting it. exam start with the same seed asks the same.",
		Example:           "  endstate exam draw class.yaml --seed 7\n  endstate exam draw topic --topic git",
		Args:              door.Exactly(1, "a file or the name of an exam"),
		ValidArgsFunction: completeBlueprints(d),
		Annotations:       onlyLooks,
		RunE:              func(c *cobra.Command, args []string) error { return o.draw(c.Context(), args[0]) },
	}
	c.Flags().StringVar(&o.chosen.Topic, "topic", "", "the `topic`, of an exam about one")
	door.SeedVar(c, &o.chosen.Seed, "the seed (default: as the blueprint says)")
	d.OutputVar(c, &o.output)
	return c
}

func (o *planOptions) draw(ctx context.Context, name string) error {
	var draft *examdesk.Draft
	err := act(o.Door, o.output.AsJSON(), func(at *examdesk.Desk, _ labs.Emit) error {
		b, err := named{at, o.Who()}.blueprint(ctx, name)
		if err == nil {
			draft, err = at.Rehearse(ctx, o.Who(), b, o.chosen)
		}
		return err
	})
	if err != nil {
		return err
	}
	return o.output.Write(door.Forms{Value: draft, Text: func(w io.Writer, style report.Style) error { return writeDraft(w, style, draft) }})
}

func writeDraft(w io.Writer, style report.Style, draft *examdesk.Draft) error {
	title := style.Bold(report.Visible(fmt.Sprintf("%s · seed %d", draft.Exam.Title, draft.Seed)))
	if _, err := fmt.Fprintf(w, "%s\n%s\n", title, style.Paragraph(strings.Join(report.Rules(draft.Exam), " · "), 0)); err != nil {
		return err
	}
	for _, q := range draft.Exam.Spoken {
		if _, err := io.WriteString(w, style.Paragraph(fmt.Sprintf("In words %d: %s", q.Number, q.Text), 2)); err != nil {
			return err
		}
	}
	// The table goes to w itself, which knows how wide the screen is.
	if err := door.WriteTable(w, questionRows(draft)); err != nil {
		return err
	}
	return writePace(w, style, draft)
}

func questionRows(draft *examdesk.Draft) [][]string {
	rows := [][]string{{"NO.", "SCENARIO", "SEED", "LEVEL", "POINTS", "PAR", ""}}
	for _, q := range draft.Questions {
		required := ""
		if q.Required {
			required = "required"
		}
		rows = append(rows, []string{fmt.Sprint(q.Number), q.Scenario, fmt.Sprint(q.Seed), report.LevelName(q.Level), fmt.Sprint(q.Points), fmt.Sprintf("%d min", q.Minutes), required})
	}
	return rows
}

// writePace says whether the par times of the questions fit into the exam's minutes.
func writePace(w io.Writer, style report.Style, draft *examdesk.Draft) error {
	var out strings.Builder
	fmt.Fprintf(&out, "\n%s · the par times add up to %d of %s\n", labs.Count(draft.Points, "point"), draft.Pace.Par, labs.Count(draft.Pace.Minutes, "minute"))
	switch draft.Pace.Fit {
	case pace.FitGood:
	case pace.FitTight:
		out.WriteString(style.Labelled("Warning:", style.Warn, "prepared candidates need more time than the exam has.", 0))
	case pace.FitLoose:
		out.WriteString(style.Labelled("Warning:", style.Warn, "prepared candidates need less than half of the exam's time.", 0))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

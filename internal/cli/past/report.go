package past

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/cli/exam"
	"endstate/internal/report"
	"endstate/labs"
)

// reportOptions are the options of report.
type reportOptions struct {
	*door.Door
	output door.Output
}

func reportCommand(d *door.Door) *cobra.Command {
	o := &reportOptions{Door: d}
	c := &cobra.Command{
		Use:   "report [ATTEMPT|EXAM]",
		Short: "Write a report of an attempt or an exam: text, HTML, JSON, JUnit or CSV",
		Long: "Write a report of an attempt; of a candidate's exam, as exam-N; or of all sittings of a blueprint that are over, " +
			"by its name or title: CSV is then a gradebook.\n\n" + namesOfAttempts,
		Example:           "  endstate report 12\n  endstate report exam-3 -o anna.html\n  endstate report back-end -o book.csv",
		Args:              door.AtMost(1, "one attempt or exam at most; see: endstate history, endstate exam list"),
		ValidArgsFunction: exam.CompleteReports(d),
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), strings.Join(args, "")) },
	}
	d.OutputVar(c, &o.output, report.FormatHTML, report.FormatJUnit, report.FormatCSV)
	return c
}

func (o *reportOptions) run(ctx context.Context, name string) error {
	at, err := o.Desk()
	if err != nil {
		return err
	}
	attempt, sittings, err := at.Report(ctx, o.Who(), name)
	switch {
	case err != nil:
		return err
	case sittings != nil && o.output.Format() == report.FormatHTML:
		if err := at.Evidence(ctx, o.Who(), sittings); err != nil {
			return err
		}
		fallthrough
	case sittings != nil:
		return o.output.Write(examForms(sittings))
	}
	return o.output.Write(attemptForms(attempt))
}

func attemptForms(a *report.Attempt) door.Forms {
	return door.Forms{
		Value: a,
		Text:  func(w io.Writer, style report.Style) error { return report.AttemptText(w, a, style) },
		Other: map[report.Format]func(io.Writer) error{
			report.FormatHTML: func(w io.Writer) error { return report.AttemptPage(w, a) },
			report.FormatCSV:  func(w io.Writer) error { return report.AttemptCSV(w, a) },
			report.FormatJUnit: func(w io.Writer) error {
				last := a.Last()
				if last == nil {
					return labs.Misuse("No check of the attempt was graded", "", labs.Act{Name: labs.ActCheck, For: "Check it first"})
				}
				return report.JUnit(w, last)
			},
		},
	}
}

func examForms(e *report.Exam) door.Forms {
	return door.Forms{
		Value: e,
		Text:  func(w io.Writer, style report.Style) error { return examText(w, e, style) },
		Other: map[report.Format]func(io.Writer) error{
			report.FormatHTML:  func(w io.Writer) error { return report.ExamPage(w, e) },
			report.FormatCSV:   func(w io.Writer) error { return report.Gradebook(w, e) },
			report.FormatJUnit: func(w io.Writer) error { return report.ExamJUnit(w, e) },
		},
	}
}

func examText(w io.Writer, e *report.Exam, style report.Style) error {
	for _, s := range e.Sittings {
		if err := report.ExamText(w, s.View, style); err != nil {
			return err
		}
		if err := report.QuestionsText(w, &s, style); err != nil {
			return err
		}
	}
	return nil
}

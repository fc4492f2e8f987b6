package past

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/report"
	"endstate/labs"
)

// formats are the formats of reports.
var formats = []string{"text", "html", "json", "junit", "csv"}

// reportOptions are the options of report.
type reportOptions struct {
	*door.Door
	format, output string
}

func reportCommand(d *door.Door) *cobra.Command {
	o := &reportOptions{Door: d}
	c := &cobra.Command{
		Use:   "report ATTEMPT|EXAM",
		Short: "Write a report of an attempt or an exam: text, HTML, JSON, JUnit or CSV",
		Long: `Write a report of an attempt, by its number or ID; of a candidate's exam, as exam-N;
or of all sittings of a blueprint that are over, by its name or title: CSV is then a gradebook.`,
		Example: "  endstate report 12\n  endstate report exam-3 --format html --output anna.html\n  endstate report back-end --format csv",
		Args:    door.Exactly(1, "an attempt or an exam; see: endstate history, endstate exam list"),
		RunE:    func(c *cobra.Command, args []string) error { return o.run(c.Context(), args[0]) },
	}
	c.Flags().StringVar(&o.format, "format", "text", strings.Join(formats, "|"))
	c.Flags().StringVarP(&o.output, "output", "o", "", "the `file` to write (default: standard output)")
	return c
}

func (o *reportOptions) run(ctx context.Context, name string) error {
	if !slices.Contains(formats, o.format) {
		return labs.Misuse(fmt.Sprintf("There is no format %q", o.format), "Choose one of "+strings.Join(formats, ", ")+".")
	}
	at, err := o.Desk()
	if err != nil {
		return err
	}
	attempt, exam, err := at.Report(ctx, o.Who(), name)
	if err != nil {
		return err
	}
	return o.writeTo(o.output, func(w io.Writer) error {
		if exam != nil {
			return o.writeExam(w, exam)
		}
		return o.writeAttempt(w, attempt)
	})
}

func (o *reportOptions) writeAttempt(w io.Writer, told *report.Attempt) error {
	last := told.Last()
	switch o.format {
	case "html":
		return report.AttemptPage(w, told)
	case "json":
		return report.JSON(w, told)
	case "csv":
		return report.AttemptCSV(w, told)
	case "junit":
		if last == nil {
			return labs.Misuse("No check of the attempt was graded", "Check it first: endstate check")
		}
		return report.JUnit(w, last)
	}
	return report.AttemptText(w, told, o.Style(w))
}

func (o *reportOptions) writeExam(w io.Writer, e *report.Exam) error {
	switch o.format {
	case "html":
		return report.ExamPage(w, e)
	case "json":
		return report.JSON(w, e)
	case "csv":
		return report.Gradebook(w, e)
	case "junit":
		return report.ExamJUnit(w, e)
	}
	for _, s := range e.Sittings {
		if err := report.ExamText(w, s.View, o.Style(w)); err != nil {
			return err
		}
		if err := report.QuestionsText(w, &s, o.Style(w)); err != nil {
			return err
		}
	}
	return nil
}

// writeTo writes to a file, atomically; without a name, to standard output.
func (o *reportOptions) writeTo(name string, write func(io.Writer) error) error {
	if name == "" {
		return write(o.Out)
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".endstate-*")
	if err != nil {
		return &labs.Problem{Code: labs.CodeFile, What: "The report can't be written to " + name, Advice: "Choose a file in a folder that you can write to.", Err: err}
	}
	// The report is about a person, so CreateTemp leaves it readable by its owner only.
	err = errors.Join(write(file), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	fmt.Fprintf(o.Err, "Written: %s\n", name)
	return nil
}

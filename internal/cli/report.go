package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/exams"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/labs"
)

// formats are what a report can be written as.
var formats = []string{"text", "html", "json", "junit", "csv"}

func (a *app) reportCommand() *cobra.Command {
	var format, output string
	c := &cobra.Command{
		Use:   "report ATTEMPT|EXAM",
		Short: "Write a report of an attempt or an exam: text, HTML, JSON, JUnit or CSV",
		Long: `Write a report of an attempt, by its number or ID; of a candidate's exam, as exam-N;
or of all sittings of a blueprint that are over, by its name or title: CSV is then a gradebook.`,
		Example: "  endstate report 12\n  endstate report exam-3 --format html --output anna.html\n  endstate report back-end --format csv",
		Args:    exactly(1, "an attempt or an exam; see: endstate history, endstate exam list"),
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(formats, format) {
				return labs.Misuse(fmt.Sprintf("There is no format %q", format), "Give one of "+strings.Join(formats, ", ")+".")
			}
			write, err := a.reporter(c.Context(), args[0])
			if err != nil {
				return err
			}
			return a.writeTo(output, func(w io.Writer) error { return write(w, format) })
		},
	}
	c.Flags().StringVar(&format, "format", "text", strings.Join(formats, "|"))
	c.Flags().StringVarP(&output, "output", "o", "", "the `file` to write; standard output if it is not said")
	return c
}

// reporter finds what a name stands for and returns what writes a report of it.
func (a *app) reporter(ctx context.Context, name string) (func(io.Writer, string) error, error) {
	store, err := a.memory(ctx)
	if err != nil {
		return nil, err
	}
	sittings, err := a.sittingsOf(ctx, store, name)
	if err != nil {
		return nil, err
	}
	if len(sittings) == 0 {
		return a.attemptReporter(ctx, store, name)
	}
	e, err := report.OfExam(sittings, a.Clock(), a.Version)
	return func(w io.Writer, format string) error { return a.writeExamReport(w, e, format) }, err
}

// sittingsOf returns the sitting exam-N, or the owner's that are over of a blueprint;
// none if the name is no exam's.
func (a *app) sittingsOf(ctx context.Context, store *attempts.Store, name string) ([]*exams.Sitting, error) {
	if number, is := strings.CutPrefix(name, "exam-"); is {
		id, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, labs.Misuse(fmt.Sprintf("%q is no number of an exam", number), "See them: endstate exam list")
		}
		s, err := store.Exam(ctx, id)
		return []*exams.Sitting{s}, err
	}
	all, err := store.Exams(ctx)
	of := slices.DeleteFunc(all, func(s *exams.Sitting) bool {
		return s.Owner != a.owner() || s.Blueprint.Name != name && s.Blueprint.Title != name
	})
	over := slices.DeleteFunc(slices.Clone(of), func(s *exams.Sitting) bool { return s.Ended.IsZero() })
	if err == nil && len(of) > 0 && len(over) == 0 {
		err = labs.Misuse("No exam "+name+" is over", "End one first: endstate exam submit")
	}
	if err == nil && slices.ContainsFunc(over, func(s *exams.Sitting) bool { return s.Blueprint.Title != over[0].Blueprint.Title }) {
		var titles []string
		for _, s := range over {
			titles = append(titles, fmt.Sprintf("%q", s.Blueprint.Title))
		}
		slices.Sort(titles)
		err = labs.Misuse("Several exams are called "+name, "Name one by its title: "+strings.Join(slices.Compact(titles), ", "))
	}
	return over, err
}

func (a *app) attemptReporter(ctx context.Context, store *attempts.Store, name string) (func(io.Writer, string) error, error) {
	story, err := a.storyOf(ctx, store, name)
	if err != nil {
		return nil, err
	}
	var next *practice.Pick
	if story.Owner == a.owner() {
		if next, err = a.next(ctx); err != nil {
			next = nil // there may be nothing to choose from
		}
	}
	told := report.OfAttempt(*story, next, a.Clock(), a.Version)
	return func(w io.Writer, format string) error { return a.writeAttemptReport(w, told, format) }, nil
}

func (a *app) writeAttemptReport(w io.Writer, told *report.Attempt, format string) error {
	last := told.Last()
	switch format {
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
	return report.AttemptText(w, told, a.style(w))
}

func (a *app) writeExamReport(w io.Writer, e *report.Exam, format string) error {
	switch format {
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
		if err := writeExam(w, a.style(w), s.View); err != nil {
			return err
		}
		if err := report.QuestionsText(w, &s, a.style(w)); err != nil {
			return err
		}
	}
	return nil
}

// writeTo writes to a file that appears whole or not at all; without a name, to
// standard output.
func (a *app) writeTo(name string, write func(io.Writer) error) error {
	if name == "" {
		return write(a.Out)
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".endstate-*")
	if err != nil {
		return &labs.Problem{What: "The report can't be written to " + name, Do: "Name a file in a folder that can be written.", Err: err}
	}
	// It tells of a person: who else may read it is theirs to say.
	err = errors.Join(write(file), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	fmt.Fprintf(a.Err, "Written: %s\n", name)
	return nil
}

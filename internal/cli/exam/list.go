package exam

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/report"
	"endstate/labs"
)

// listOptions are the options of list.
type listOptions struct {
	*door.Door
	output door.Output
}

func listCommand(d *door.Door) *cobra.Command {
	o := &listOptions{Door: d}
	c := &cobra.Command{
		Use:         "list",
		Short:       "List the exams that you can start, and those that you sat",
		Long:        "List the exams that you can start: the built-in ones, and those whose blueprints you keep; and those that you sat. It grades nothing: an exam whose time is up may be due and not graded yet.",
		Args:        door.Exactly(0, "no arguments"),
		Annotations: onlyLooks,
		RunE:        func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	d.OutputVar(c, &o.output)
	return c
}

func (o *listOptions) run(ctx context.Context) error {
	var found *examdesk.Listing
	err := act(o.Door, o.output.AsJSON(), func(at *examdesk.Desk, emit labs.Emit) (err error) {
		found, err = at.List(ctx, o.Who(), emit)
		return err
	})
	if err != nil {
		return err
	}
	return o.output.Write(door.Forms{Value: found, Text: func(w io.Writer, _ report.Style) error { return writeListing(w, found) }})
}

func writeListing(w io.Writer, found *examdesk.Listing) error {
	rows := [][]string{{"EXAM", "MINUTES", "FEEDBACK", "HINTS", "PASS", "TITLE"}}
	for _, b := range found.Blueprints {
		rows = append(rows, []string{b.Name, fmt.Sprint(b.Minutes), string(b.Feedback), b.Hints.String(), fmt.Sprintf("%d %%", b.Pass), report.Visible(b.Title)})
	}
	if err := door.WriteTable(w, rows); err != nil || len(found.Exams) == 0 {
		return err
	}
	rows = [][]string{{"NUMBER", "EXAM", "CANDIDATE", "STARTED", "STATE"}}
	for _, v := range found.Exams {
		started := "–"
		if !v.Started.IsZero() {
			started = v.Started.Local().Format("2006-01-02 15:04")
		}
		rows = append(rows, []string{fmt.Sprint(v.ID), report.Visible(v.Name), report.Visible(v.Candidate), started, report.ExamState(v)})
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	return door.WriteTable(w, rows)
}

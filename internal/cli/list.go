package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/report"
	"endstate/labs"
)

// listOptions are the options of list.
type listOptions struct {
	*door.Door
	wanted desk.Wanted
	output door.Output
}

func listCommand(d *door.Door) *cobra.Command {
	o := &listOptions{Door: d}
	c := &cobra.Command{
		Use:   "list [WORD]",
		Short: "List the scenarios",
		Long:  "List the scenarios: topic, level (1 core, 2 working, 3 expert) and the minutes that a prepared learner needs.",
		Args:  door.AtMost(1, "one word at most"),
		RunE: func(_ *cobra.Command, args []string) error {
			o.wanted.Word = strings.Join(args, "")
			return o.run()
		},
	}
	c.Flags().StringVar(&o.wanted.Topic, "topic", "", "only this topic")
	c.Flags().IntVar(&o.wanted.Level, "level", 0, "only this level")
	d.OutputVar(c, &o.output)
	return c
}

func (o *listOptions) run() error {
	var found []labs.Scenario
	err := o.Act(false, func(at *desk.Desk, emit labs.Emit) error {
		found = at.List(o.Who(), o.wanted, emit)
		return nil
	})
	if err != nil {
		return err
	}
	if len(found) == 0 && !o.output.AsJSON() {
		_, err := fmt.Fprintln(o.Err, "No scenario matches. See all: endstate list")
		return err
	}
	return o.output.Write(door.Forms{Value: found, Text: func(w io.Writer, _ report.Style) error { return writeList(w, found) }})
}

func writeList(w io.Writer, scenarios []labs.Scenario) error {
	rows := [][]string{{"SCENARIO", "TOPIC", "LEVEL", "MINUTES", "WHAT IT IS ABOUT"}}
	for _, s := range scenarios {
		title := report.Visible(s.Title)
		if len(s.Requires) > 0 {
			title += " (needs " + strings.Join(s.Requires, ", ") + ")"
		}
		rows = append(rows, []string{s.Name, s.Topic, fmt.Sprint(s.Level), fmt.Sprint(s.Minutes), title})
	}
	return door.WriteTable(w, rows)
}

package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/practice"
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
		Short: "List the scenarios, and where you stand with each",
		Long: "List the scenarios: topic, level, par (the minutes that a prepared learner needs), and where you stand. " +
			"For shaky ones, it shows your last score without help. For what mastered, solved, shaky and due mean, see: endstate progress",
		Args: door.AtMost(1, "one word at most"),
		RunE: func(c *cobra.Command, args []string) error {
			o.wanted.Word = strings.Join(args, "")
			return o.run(c.Context())
		},
	}
	c.Flags().StringVar(&o.wanted.Topic, "topic", "", "only this `topic`")
	c.Flags().IntVar(&o.wanted.Level, "level", 0, "only this `level`: 1 core, 2 working, 3 expert")
	c.Flags().IntVar(&o.wanted.Question, "question", 0, "only the labs of the question of the interview with this `number`")
	d.OutputVar(c, &o.output)
	return c
}

func (o *listOptions) run(ctx context.Context) error {
	var found []*practice.Standing
	err := o.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
		found, err = at.Standings(ctx, o.Who(), o.wanted, emit)
		return err
	})
	if err != nil {
		return err
	}
	if len(found) == 0 && !o.output.AsJSON() {
		_, err := fmt.Fprintln(o.Err, "No scenario matches. See all: endstate list")
		return err
	}
	return o.output.Write(door.Forms{Value: found, Text: func(w io.Writer, _ report.Style) error { return writeList(w, found, o.Clock()) }})
}

func writeList(w io.Writer, all []*practice.Standing, now time.Time) error {
	rows := [][]string{{"SCENARIO", "TOPIC", "LEVEL", "PAR", "STANDING", "TITLE"}}
	for _, s := range all {
		rows = append(rows, rowOf(s, now))
	}
	return door.WriteTable(w, rows)
}

// rowOf returns the cells of a scenario: name, topic, level, par, standing and title.
func rowOf(s *practice.Standing, now time.Time) []string {
	title := report.Visible(s.Title)
	if len(s.Requires) > 0 {
		title += " (needs " + strings.Join(s.Requires, ", ") + ")"
	}
	level := fmt.Sprintf("%d %s", s.Level, report.LevelName(s.Level))
	return []string{s.Name, s.Topic, level, fmt.Sprintf("%d min", s.Minutes), standing(s, now), title}
}

// standing says in a few words where the learner stands with a scenario.
func standing(s *practice.Standing, now time.Time) string {
	text := report.StateName(s.State)
	if s.State == practice.Shaky {
		text += fmt.Sprintf(", last score %d", *s.Latest)
	}
	if s.IsDue(now) {
		text += ", due"
	}
	if s.Going {
		text += ", lab running"
	}
	return text
}

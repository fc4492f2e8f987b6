package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/cli/rehearse"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/labs"
)

// nextOptions are the options of next.
type nextOptions struct {
	startOptions
	start  bool
	output door.Output
}

func nextCommand(d *door.Door) *cobra.Command {
	o := &nextOptions{startOptions: startOptions{Door: d}}
	c := &cobra.Command{
		Use:   "next",
		Short: "Choose what to practise now, and say why",
		Long: "Choose what to practise now, by spaced repetition (FSRS) from the scores that you got without help, your time against par and hints: " +
			"first what is due, then what you have never tried, from your weakest topic. The seed is one that you have never had. " +
			"As JSON with --start, it is the lab that is written.",
		Args: door.Exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	c.Flags().BoolVar(&o.start, "start", false, "start it")
	c.Flags().BoolVar(&o.noShell, "no-shell", false, "with --start: don't open a shell")
	d.OutputVar(c, &o.output)
	door.RecordVar(c, &o.noRecord)
	return c
}

func (o *nextOptions) run(ctx context.Context) error {
	at, err := o.Desk()
	if err != nil {
		return err
	}
	pick, err := at.Next(ctx, o.Who())
	if err != nil {
		return err
	}
	if o.start {
		if o.asJSON = o.output.AsJSON(); !o.asJSON {
			writePick(o.Out, o.Style(o.Out), pick)
		}
		o.seed = &pick.Seed
		return o.startOptions.run(ctx, pick.Scenario.Name)
	}
	return o.output.Write(door.Forms{Value: pick, Text: func(w io.Writer, style report.Style) error {
		writeScript(w, style, pick.Script)
		writePick(w, style, pick)
		_, err := fmt.Fprintf(w, "\nStart it: endstate start %s --seed %d\n", pick.Scenario.Name, pick.Seed)
		return err
	}})
}

// writeScript says which script to say first, if one is due.
func writeScript(w io.Writer, style report.Style, s *practice.ScriptPick) {
	if s == nil {
		return
	}
	what := "question " + strconv.Itoa(s.Question)
	if s.Scenario != "" {
		what = "what you would say about " + s.Scenario
	}
	why := fmt.Sprintf("You last said it on %s, and the chance that you still know it is %.0f %%.", s.Last.Local().Format("2 January"), 100*s.Recall)
	fmt.Fprintf(w, "%s\n%sRehearse it: %s\n\n", style.Bold("First rehearse "+what), style.Paragraph(why, 0), rehearse.Line(s.Which))
}

func writePick(w io.Writer, style report.Style, pick *practice.Pick) {
	s := pick.Scenario
	fmt.Fprintf(w, "%s\n%s\n%s\n\n", style.Bold(s.Name), report.Visible(s.Title), style.Dim(fmt.Sprintf("%s · %s · par %s", s.Topic, report.LevelName(s.Level), labs.Count(s.Minutes, "minute"))))
	for _, why := range append(slices.Clone(pick.Why), fmt.Sprintf("You have never had seed %d.", pick.Seed)) {
		fmt.Fprintf(w, "• %s\n", strings.TrimSpace(style.Paragraph(why, 2)))
	}
}

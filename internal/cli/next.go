package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/practice"
	"endstate/internal/report"
)

// nextOptions are the options of next.
type nextOptions struct {
	startOptions
	start bool
}

func nextCommand(d *door.Door) *cobra.Command {
	o := &nextOptions{startOptions: startOptions{Door: d}}
	c := &cobra.Command{
		Use:   "next",
		Short: "Choose what to practise now, and say why",
		Long: "Choose what to practise now, by spaced repetition (FSRS) from the scores that you got without help, your time against par and hints: " +
			"first what is due, then what you have never tried, from your weakest topic. The seed is one that you have never had.",
		Args: door.Exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	c.Flags().BoolVar(&o.start, "start", false, "start it")
	c.Flags().BoolVar(&o.noShell, "no-shell", false, "with --start: don't open a shell")
	c.Flags().BoolVar(&o.asJSON, "json", false, "as JSON; with --start, the lab")
	door.RecordVar(c, &o.noRecord)
	return c
}

func (o *nextOptions) run(ctx context.Context) error {
	at, err := o.Desk()
	if err != nil {
		return err
	}
	pick, err := at.Next(ctx, o.Who())
	switch {
	case err != nil:
		return err
	case o.start:
		if !o.asJSON {
			o.write(pick)
		}
		o.seed = &pick.Seed
		return o.startOptions.run(ctx, pick.Scenario.Name)
	case o.asJSON:
		return report.JSON(o.Out, pick)
	}
	o.write(pick)
	_, err = fmt.Fprintf(o.Out, "\nStart it: endstate start %s --seed %d\n", pick.Scenario.Name, pick.Seed)
	return err
}

func (o *nextOptions) write(pick *practice.Pick) {
	style, s := o.Style(o.Out), pick.Scenario
	fmt.Fprintf(o.Out, "%s\n%s\n%s\n\n", style.Bold(s.Name), report.Visible(s.Title), style.Dim(fmt.Sprintf("%s · %s · par %d minutes", s.Topic, report.LevelName(s.Level), s.Minutes)))
	for _, why := range append(slices.Clone(pick.Why), fmt.Sprintf("You have never had seed %d.", pick.Seed)) {
		fmt.Fprintf(o.Out, "• %s\n", strings.TrimSpace(style.Paragraph(why, 2)))
	}
}

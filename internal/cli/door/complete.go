package door

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/desk"
	"endstate/internal/report"
	"endstate/labs"
)

// Complete completes an argument of a command or the value of a flag in a shell.
type Complete = func(c *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective)

// completionTime is how long a completion may ask the engine: somebody has pressed Tab.
const completionTime = 2 * time.Second

// Completing returns the desk, and a context for what a completion asks it.
func (d *Door) Completing(c *cobra.Command) (at *desk.Desk, ctx context.Context, done func(), err error) {
	if ctx = c.Context(); ctx == nil {
		ctx = context.Background()
	}
	ctx, done = context.WithTimeout(ctx, completionTime)
	at, err = d.Desk()
	return at, ctx, done, err
}

// OfLab sets up a command about a running lab.
func (d *Door) OfLab(c *cobra.Command, run func(ctx context.Context, args []string) error) *cobra.Command {
	c.Use += " [SCENARIO]"
	c.Args, c.ValidArgsFunction = AtMost(1, "one scenario at most"), d.CompleteLabs
	c.RunE = func(c *cobra.Command, args []string) error { return run(c.Context(), args) }
	return c
}

// CompleteScenarios completes the names of scenarios.
func (d *Door) CompleteScenarios(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	at, err := d.Desk()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, s := range at.List(d.Who(), desk.Wanted{}, nil) {
		names = append(names, s.Name+"\t"+report.Visible(s.Title))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// CompleteLabs completes the scenarios of the learner's labs. If the engine can't be asked, it
// completes all scenarios.
func (d *Door) CompleteLabs(c *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return d.completeLabNamed(c, toComplete)
}

// CompleteLabFlag completes the value of a flag that names a lab.
func (d *Door) CompleteLabFlag(c *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	return d.completeLabNamed(c, toComplete)
}

func (d *Door) completeLabNamed(c *cobra.Command, toComplete string) ([]string, cobra.ShellCompDirective) {
	running, err := d.running(c)
	if err != nil {
		return d.CompleteScenarios(c, nil, toComplete)
	}
	var names []string
	for _, lab := range running {
		names = append(names, fmt.Sprintf("%s\tseed %d, since %s", lab.Scenario, lab.Seed, lab.Started.In(d.Clock().Location()).Format("15:04")))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// running returns the learner's labs.
func (d *Door) running(c *cobra.Command) ([]*labs.Lab, error) {
	at, ctx, done, err := d.Completing(c)
	defer done()
	if err != nil {
		return nil, err
	}
	return at.Running(ctx, d.Who())
}

// CompleteHosts completes the hosts that a lab opens: of the named scenario, or of the learner's only
// lab.
func (d *Door) CompleteHosts(c *cobra.Command, scenario string) []string {
	if scenario == "" {
		if running, err := d.running(c); err == nil && len(running) == 1 {
			scenario = running[0].Scenario
		}
	}
	at, err := d.Desk()
	if err != nil || scenario == "" {
		return nil
	}
	return at.OpenHosts(scenario)
}

// CompleteAttempts completes how commands name attempts: by number, the latest first, or by scenario.
func (d *Door) CompleteAttempts(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	at, ctx, done, err := d.Completing(c)
	defer done()
	if err != nil || len(args) > 0 || !at.Remembers() { // looking does not create a store
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	past, err := at.History(ctx, d.Who(), desk.Past{Last: latestAttempts})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var numbers, names []string
	seen := map[string]bool{}
	for i := len(past.Entries) - 1; i >= 0; i-- {
		e := past.Entries[i]
		score := "no score"
		if e.Score != nil {
			score = fmt.Sprintf("%d of %d", *e.Score, labs.Total)
		}
		about := strings.Join([]string{report.Visible(e.Scenario), score, e.Started.In(d.Clock().Location()).Format("2 Jan 15:04")}, ", ")
		numbers = append(numbers, fmt.Sprintf("%d\t%s", e.ID, about))
		if !seen[e.Scenario] {
			seen[e.Scenario] = true
			names = append(names, fmt.Sprintf("%s\tthe latest attempt at it, %d", report.Visible(e.Scenario), e.ID))
		}
	}
	return append(numbers, names...), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// latestAttempts is how many attempts a completion offers.
const latestAttempts = 50

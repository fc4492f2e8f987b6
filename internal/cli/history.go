package cli

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/labs"
)

func (a *app) historyCommand() *cobra.Command {
	var last int
	var asJSON bool
	c := &cobra.Command{
		Use:   "history [SCENARIO]",
		Short: "Show your attempts: scores, time against par, help, trend",
		Long: "Show your attempts, the latest at the end. Score is the best that a check gave; unaided the best before the first hint, and by how much " +
			"it differs from the attempt before at that scenario. Time is the time at work until the best score, against par: of pauses of more than five minutes nothing counts.",
		Args:              atMost(1, "one scenario at most"),
		ValidArgsFunction: a.completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			if last < 0 {
				return labs.Misuse("There are no fewer than no attempts", "Give --last a number from 1; 0 shows all.")
			}
			name := strings.Join(args, "")
			all, err := a.past(c.Context(), name, last, asJSON)
			if err != nil {
				return err
			}
			if name != "" && len(all) == 0 {
				// Attempts at a scenario that is no more are shown; what never was is a mistake.
				if _, err := a.scenarios().Variant(name, 1); err != nil {
					return err
				}
			}
			entries := practice.History(all, a.Clock())
			if last > 0 {
				entries = entries[max(0, len(entries)-last):]
			}
			if asJSON {
				return report.JSON(a.Out, entries)
			}
			return a.writeHistory(name, entries, len(all) > len(entries), practice.TrendOf(all))
		},
	}
	c.Flags().IntVar(&last, "last", 20, "so many of the latest; 0: all")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// past returns what a history is told from: whole attempts or outlines of them, and
// no more of them than it takes to tell of the latest and what was before those.
func (a *app) past(ctx context.Context, name string, last int, whole bool) ([]*attempts.Attempt, error) {
	store, err := a.memory(ctx)
	if err != nil {
		return nil, err
	}
	wanted := attempts.Filter{Owner: a.owner(), Scenario: name}
	switch {
	case whole:
		return store.List(ctx, wanted)
	case name == "" && last > 0:
		return store.Latest(ctx, a.owner(), last+1)
	}
	return store.Outlines(ctx, wanted)
}

func (a *app) writeHistory(name string, entries []practice.Entry, more bool, trend practice.Trend) error {
	if len(entries) == 0 {
		_, err := fmt.Fprintln(a.Out, "There is no attempt yet. Begin one: endstate start SCENARIO · or let one be chosen: endstate next")
		return err
	}
	style := a.style(a.Out)
	head := fmt.Sprintf("%4s  %-9s  %-28s %5s  %8s  %7s  %-8s", "NO.", "WHEN", "SCENARIO", "BEST", "UNAIDED ", "MIN/PAR", "HELP")
	if name != "" {
		head = strings.Replace(head, fmt.Sprintf("%-28s", "SCENARIO"), fmt.Sprintf("%-28s", "SEED"), 1)
	}
	fmt.Fprintln(a.Out, strings.TrimRight(head, " "))
	scores := []int{}
	for _, e := range entries {
		what := e.Scenario
		if name != "" {
			what = fmt.Sprint(e.Seed)
		}
		going := " "
		if !e.Over {
			going = "▸"
		}
		line := fmt.Sprintf("%4d%s %-9s  %-28s %5s  %3s %-4s  %7s  %s", e.ID, going, dateOf(e.Started, a.Clock()), ansi.Truncate(report.Visible(what), 28, "…"),
			number(e.Score), number(e.Unaided), signed(e.Change), timeOf(e.Attempt), helpOf(e))
		fmt.Fprintln(a.Out, strings.TrimRight(line, " "))
		if e.Unaided != nil {
			scores = append(scores, *e.Unaided)
		}
	}
	if slices.ContainsFunc(entries, func(e practice.Entry) bool { return !e.Over }) {
		fmt.Fprintln(a.Out, style.Dim("▸ goes on"))
	}
	if more {
		fmt.Fprintln(a.Out, style.Dim(fmt.Sprintf("These are the latest %d; all: --last 0", len(entries))))
	}
	if trend != "" && name != "" {
		fmt.Fprintf(a.Out, "\nTrend: %s  %s\n", trend, spark(scores))
	}
	_, err := fmt.Fprintln(a.Out, style.Dim("\nMore of one: endstate show NUMBER"))
	return err
}

// number writes a score that may be missing.
func number(score *int) string {
	if score == nil {
		return "–"
	}
	return fmt.Sprint(*score)
}

func signed(change *int) string {
	if change == nil || *change == 0 {
		return ""
	}
	return strings.Replace(fmt.Sprintf("%+d", *change), "-", "−", 1)
}

// dateOf writes a day, with the year only if it is another one.
func dateOf(at, now time.Time) string {
	at = at.In(now.Location())
	if at.Year() != now.Year() {
		return at.Format("2 Jan 06")
	}
	return at.Format("2 Jan")
}

// timeOf writes the time at work until the best score, or so far, against par.
func timeOf(a *attempts.Attempt) string {
	took := a.Active
	if a.Took != nil {
		took = *a.Took
	}
	text := fmt.Sprint(minutes(took))
	if a.Minutes > 0 {
		text += fmt.Sprintf("/%d", a.Minutes)
	}
	return text
}

func minutes(d time.Duration) int { return int(math.Ceil(d.Minutes())) }

func helpOf(e practice.Entry) string {
	help := "–"
	switch {
	case e.Assisted:
		help = "solution"
	case e.Hints == 1:
		help = "1 hint"
	case e.Hints > 1:
		help = fmt.Sprintf("%d hints", e.Hints)
	}
	return help
}

// spark draws scores as a row of bars, one column each.
func spark(scores []int) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	var out strings.Builder
	for _, score := range scores {
		i := score * (len(bars) - 1) / labs.Total
		out.WriteRune(bars[max(0, min(i, len(bars)-1))])
	}
	return out.String()
}

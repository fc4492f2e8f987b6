// Package past has the command line's commands that look back: at attempts, reports, recordings
// and what was learnt.
package past

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/labs"
)

// Commands returns the commands of this room.
func Commands(d *door.Door) []*cobra.Command {
	return []*cobra.Command{
		historyCommand(d), progressCommand(d), showCommand(d), reportCommand(d), verifyCommand(d), replayCommand(d), debriefCommand(d),
		exportCommand(d), importCommand(d),
	}
}

// namesOfAttempts says how commands name an attempt.
const namesOfAttempts = "An attempt is named by its number, as endstate history shows it; by its ID, or the first six characters of that; " +
	"by exam-3/2 for question 2 of exam 3; or by its scenario, which means the latest attempt at it. Without a name, it is your latest attempt."

// historyOptions are the options of history.
type historyOptions struct {
	*door.Door
	wanted desk.Past
	output door.Output
}

func historyCommand(d *door.Door) *cobra.Command {
	o := &historyOptions{Door: d}
	c := &cobra.Command{
		Use:   "history [SCENARIO]",
		Short: "Show your attempts: scores, time against par, help, trend",
		Long: "Show your attempts, the latest at the end. Score is the best score that a check gave; unaided is the best one without help, before the first hint or the solution, " +
			"and change is how much that differs from the attempt before at that scenario. Min/par is the minutes at work until that score, rounded up, against par; " +
			"a pause of more than five minutes does not count.",
		Args:              door.AtMost(1, "one scenario at most"),
		ValidArgsFunction: d.CompleteScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			o.wanted.Scenario = strings.Join(args, "")
			return o.run(c.Context())
		},
	}
	c.Flags().IntVar(&o.wanted.Last, "last", 20, "only this `number` of the latest; 0: all")
	d.OutputVar(c, &o.output)
	return c
}

func (o *historyOptions) run(ctx context.Context) error {
	at, err := o.Desk()
	if err != nil {
		return err
	}
	o.wanted.Whole = o.output.Format() == report.FormatJSON
	history, err := at.History(ctx, o.Who(), o.wanted)
	if err != nil {
		return err
	}
	return o.output.Write(door.Forms{Value: history.Entries, Text: func(w io.Writer, style report.Style) error { return o.write(w, style, history) }})
}

func (o *historyOptions) write(w io.Writer, style report.Style, history *desk.History) error {
	name, entries := o.wanted.Scenario, history.Entries
	if len(entries) == 0 {
		_, err := fmt.Fprintln(w, "There are no attempts yet. Start one: endstate start SCENARIO · get a suggestion: endstate next")
		return err
	}
	if err := door.WriteTable(w, o.rows(entries, style.Width)); err != nil {
		return err
	}
	if slices.ContainsFunc(entries, func(e practice.Entry) bool { return !e.Over }) {
		fmt.Fprintln(w, style.Dim("▸ still running"))
	}
	if history.More {
		fmt.Fprintln(w, style.Dim(fmt.Sprintf("These are the latest %d; all: --last 0", len(entries))))
	}
	if history.Trend != "" && name != "" {
		fmt.Fprintf(w, "\nTrend: %s  %s\n", history.Trend, spark(scoresOf(entries)))
	}
	_, err := fmt.Fprintln(w, style.Dim("\nDetails of one: endstate show NUMBER"))
	return err
}

// roomForChange is the width from which a history has the column of changes.
const roomForChange = 90

// rows returns a history as a table for a terminal of a given width; 0: as wide as it gets.
func (o *historyOptions) rows(entries []practice.Entry, width int) [][]string {
	what, changes := "SCENARIO", width <= 0 || width >= roomForChange
	if o.wanted.Scenario != "" {
		what = "SEED"
	}
	rows := [][]string{{"NO.", "WHEN", what, "SCORE", "UNAIDED", "CHANGE", "MIN/PAR", "HELP"}}
	for _, e := range entries {
		what := report.Visible(e.Scenario)
		if o.wanted.Scenario != "" {
			what = fmt.Sprint(e.Seed)
		}
		going := ""
		if !e.Over {
			going = "▸"
		}
		rows = append(rows, []string{
			fmt.Sprintf("%3d", e.ID) + going, dateOf(e.Started, o.Clock()), what, fmt.Sprintf("%5s", number(e.Score)), fmt.Sprintf("%7s", number(practice.WithoutHelp(e.Attempt))),
			signed(e.Change), fmt.Sprintf("%7s", timeOf(e.Attempt)), helpOf(e),
		})
	}
	if !changes {
		for i, row := range rows {
			rows[i] = slices.Delete(row, 5, 6)
		}
	}
	return rows
}

// scoresOf returns the latest unaided scores of a history.
func scoresOf(entries []practice.Entry) []int {
	scores := []int{}
	for _, e := range entries {
		if score := practice.WithoutHelp(e.Attempt); score != nil {
			scores = append(scores, *score)
		}
	}
	return scores[max(0, len(scores)-practice.Latest):]
}

// number formats a score that may be missing.
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

// dateOf formats a day, with the year only if it is not the current one.
func dateOf(at, now time.Time) string {
	at = at.In(now.Location())
	if at.Year() != now.Year() {
		return at.Format("2 Jan 06")
	}
	return at.Format("2 Jan")
}

// timeOf formats the time at work until the best score, or so far, against par.
func timeOf(a *attempts.Attempt) string {
	took := a.Active
	if a.Took != nil {
		took = *a.Took
	}
	text := fmt.Sprint(minutes(took.Duration))
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

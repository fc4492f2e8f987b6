package past

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/labs"
)

// progressOptions are the options of progress.
type progressOptions struct {
	*door.Door
	output door.Output
}

func progressCommand(d *door.Door) *cobra.Command {
	o := &progressOptions{Door: d}
	c := &cobra.Command{
		Use:   "progress",
		Short: "Show what you master, what is shaky, what is due, and why",
		Long: "Show your progress, by topic and level.\n\n" + strings.Join(meanings, "\n\n") + "\n\nA topic's strength is the average over its scenarios of your latest score without help " +
			"times the chance that you can still do as well; a scenario that was never tried has none.",
		Args: door.Exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	d.OutputVar(c, &o.output)
	return c
}

func (o *progressOptions) run(ctx context.Context) error {
	at, err := o.Desk()
	if err != nil {
		return err
	}
	p, err := at.Progress(ctx, o.Who())
	if err != nil {
		return err
	}
	return o.output.Write(door.Forms{Value: p, Text: func(w io.Writer, style report.Style) error { return o.write(w, style, p) }})
}

func (o *progressOptions) write(w io.Writer, style report.Style, p *practice.Progress) error {
	out := &strings.Builder{}
	for _, topic := range p.Topics {
		name := topic.Name
		for _, level := range topic.Levels {
			fmt.Fprintf(out, "%-10s %-8s %s  %s\n", ansi.Truncate(name, 10, "…"), report.LevelName(level.Level), boxes(level, style), countsOf(level, style))
			name = ""
		}
	}
	fmt.Fprintf(out, "%s\n\nStrength\n", style.Dim(fmt.Sprintf("%10s %s mastered  %s solved  %s shaky  %s not tried", "", full, most, half, empty)))
	for _, topic := range p.Topics {
		fmt.Fprintf(out, "%-10s %s %3.0f %%\n", ansi.Truncate(topic.Name, 10, "…"), bar(topic.Strength, barWidth), 100*topic.Strength)
	}
	if len(p.Lately) > 0 {
		fmt.Fprintf(out, "\nYour latest scores without help, 0 to 100\n%s\n", spark(p.Lately))
	}
	writeOpen(out, p, o.Clock(), style)
	out.WriteString("\n")
	for _, meaning := range meanings {
		out.WriteString(style.Faint(meaning, 2))
	}
	fmt.Fprintf(out, "\n%s\n", style.Dim("What to practise now: endstate next"))
	_, err := io.WriteString(w, out.String())
	return err
}

// meanings say what the words for a learner's progress mean.
var meanings = []string{
	"Mastered: 100 without help twice, on different seeds and at least a day apart, and never less since.",
	"Solved: 100 without help the last time. Shaky: tried, but less than that the last time.",
	"Due: practise it again, because the chance that you can still do it has fallen to about 90 %, or because you got less than 100 without help a day or more ago.",
}

const (
	full, most, half, empty = "█", "▓", "▒", "·"
	boxWidth                = 8
	barWidth                = 40
	maxOpen                 = 10
)

// countsOf says how many scenarios of a level are in each state.
func countsOf(level *practice.Level, style report.Style) string {
	var parts []string
	for _, part := range []struct {
		n    int
		text string
	}{{level.Mastered, "mastered"}, {level.Solved, "solved"}, {level.Shaky, "shaky"}, {level.Untried, "not tried"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.text))
		}
	}
	text := style.Dim(strings.Join(parts, ", "))
	if level.Due > 0 {
		text += style.Dim(", ") + style.Warn(fmt.Sprintf("%d due", level.Due))
	}
	return text
}

// boxes draws one box per scenario. If there is no room for all, scenarios share boxes.
func boxes(level *practice.Level, style report.Style) string {
	counts := []int{level.Mastered, level.Solved, level.Shaky, level.Untried}
	n, used := len(level.Scenarios), 0
	var row strings.Builder
	for i, paint := range []func(string) string{style.Good, style.Good, style.Warn, style.Dim} {
		width := counts[i]
		if n > boxWidth {
			width = min(share(width, n), boxWidth-used)
		}
		used += width
		row.WriteString(paint(strings.Repeat([]string{full, most, half, empty}[i], width)))
	}
	return row.String() + strings.Repeat(" ", boxWidth-used)
}

// share returns how many of the boxes a part of n gets: at least one if the part is not empty.
func share(part, n int) int {
	if part == 0 {
		return 0
	}
	return max(1, int(math.Round(float64(part*boxWidth)/float64(n))))
}

func bar(part float64, width int) string {
	n := int(math.Round(part * float64(width)))
	return strings.Repeat(full, n) + strings.Repeat("░", width-n)
}

// writeOpen writes what is due, and what mastery needs, for scenarios that were tried.
func writeOpen(out *strings.Builder, p *practice.Progress, now time.Time, style report.Style) {
	open := slices.DeleteFunc(p.All(), func(s *practice.Standing) bool {
		return s.State == practice.Untried || s.State == practice.Mastered && !s.IsDue(now)
	})
	slices.SortStableFunc(open, func(a, b *practice.Standing) int { return a.Due.Compare(*b.Due) })
	for _, s := range open[:min(maxOpen, len(open))] {
		due, paint := "Due "+dateOf(*s.Due, now), style.Bold
		if s.IsDue(now) {
			due, paint = "Due now", style.Warn
		}
		fmt.Fprintf(out, "\n%s: %s, last %d of %d without help\n", style.Bold(ansi.Truncate(s.Name, 36, "…")), s.State, *s.Latest, labs.Total)
		out.WriteString(style.Labelled(due+":", paint, s.WhyDue, 2))
		if s.Needs != "" {
			out.WriteString(style.Paragraph("To master it: "+s.Needs, 2))
		}
	}
	if more := len(open) - maxOpen; more > 0 {
		fmt.Fprintf(out, "\nand %d more: endstate list\n", more)
	}
}

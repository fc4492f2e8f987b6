package past

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/practice"
	"endstate/internal/report"
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
		Short: "Show what you master, what is shaky, what you never tried",
		Long: "Show your progress, by topic and level. A scenario is mastered when you reached 100 without help, twice, on different seeds, " +
			"at least a day apart, and did not fall short of that since. A topic's strength is the average over its scenarios of your latest score without help " +
			"times the chance that you can still do it; a scenario that was never tried has none.",
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
			counts := fmt.Sprintf("%d mastered, %d shaky, %d untried", level.Mastered, level.Shaky, level.Untried)
			fmt.Fprintf(out, "%-10s %-8s %s  %s", ansi.Truncate(name, 10, "…"), report.LevelName(level.Level), boxes(level, style), style.Dim(counts))
			if level.Due > 0 {
				fmt.Fprintf(out, ", %s", style.Warn(fmt.Sprintf("%d due", level.Due)))
			}
			out.WriteString("\n")
			name = ""
		}
	}
	fmt.Fprintf(out, "%s\n\nStrength\n", style.Dim(fmt.Sprintf("%19s %s mastered  %s shaky  %s never tried", "", full, half, empty)))
	for _, topic := range p.Topics {
		fmt.Fprintf(out, "%-10s %s %3.0f %%\n", ansi.Truncate(topic.Name, 10, "…"), bar(topic.Strength, barWidth), 100*topic.Strength)
	}
	if len(p.Lately) > 0 {
		fmt.Fprintf(out, "\nYour last %d without help, 0 to 100\n%s\n", len(p.Lately), spark(p.Lately))
	}
	writeShaky(out, p, o.Clock(), style)
	fmt.Fprintf(out, "\n%s\n", style.Dim("What to practise now: endstate next"))
	_, err := io.WriteString(w, out.String())
	return err
}

const (
	full, half, empty = "█", "▒", "·"
	boxWidth          = 14
	barWidth          = 40
	manyShaky         = 10
)

// boxes draws one box per scenario. If there is no room for all, scenarios share boxes.
func boxes(level *practice.Level, style report.Style) string {
	n := level.Mastered + level.Shaky + level.Untried
	mastered, shaky, untried := level.Mastered, level.Shaky, level.Untried
	if n > boxWidth {
		mastered, shaky = share(mastered, n), share(shaky, n)
		untried = max(0, boxWidth-mastered-shaky)
	}
	row := style.Good(strings.Repeat(full, mastered)) + style.Warn(strings.Repeat(half, shaky)) + style.Dim(strings.Repeat(empty, untried))
	return row + strings.Repeat(" ", max(0, boxWidth-mastered-shaky-untried))
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

func writeShaky(out *strings.Builder, p *practice.Progress, now time.Time, style report.Style) {
	var shaky []*practice.Standing
	for _, topic := range p.Topics {
		for _, level := range topic.Levels {
			for _, s := range level.Scenarios {
				if s.State == practice.Shaky {
					shaky = append(shaky, s)
				}
			}
		}
	}
	if len(shaky) == 0 {
		return
	}
	fmt.Fprintf(out, "\nShaky\n")
	for _, s := range shaky[:min(len(shaky), manyShaky)] {
		due := "due " + dateOf(*s.Due, now)
		if !s.Due.After(now) {
			due = style.Warn("due now")
		}
		fmt.Fprintf(out, "  %-36s %3d of 100 without help, %s\n", ansi.Truncate(s.Name, 36, "…"), *s.Latest, due)
	}
	if more := len(shaky) - manyShaky; more > 0 {
		fmt.Fprintf(out, "  and %d more\n", more)
	}
}

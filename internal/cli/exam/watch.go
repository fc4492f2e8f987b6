package exam

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/internal/report/wrap"
	"endstate/internal/tty"
	"endstate/labs"
)

// watchOptions are the options of watch.
type watchOptions struct {
	options
	once bool
}

func watchCommand(d *door.Door) *cobra.Command {
	o := &watchOptions{options: options{Door: d}}
	c := &cobra.Command{
		Use:   "watch",
		Short: "Watch the candidates, as an examiner: where they are, and the time left",
		Long: "Watch the candidates, as an examiner: the question that each is at, the last check, and the time left. " +
			"At a terminal, the screen is kept up to date until Ctrl-C. It grades nothing.",
		Args:        door.Exactly(0, "no arguments"),
		Annotations: onlyLooks,
		RunE:        func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	o.register(c)
	c.Flags().BoolVar(&o.once, "once", false, "show it once, at a terminal too")
	return c
}

func (o *watchOptions) run(ctx context.Context) error {
	return o.act(func(at *examdesk.Desk, _ labs.Emit) error {
		if t, ok := tty.Open(o.In, o.Out); ok && o.output.ToScreen() && !o.once {
			return o.live(ctx, at, t)
		}
		places, err := at.Supervise(ctx, o.Who(), o.which)
		if err != nil {
			return err
		}
		return o.output.Write(door.Forms{Value: places, Text: func(w io.Writer, _ report.Style) error { return writePlaces(w, places, o.Clock()) }})
	})
}

// The alternate screen, which leaves what was on the screen before alone.
const (
	showAlternate = "\x1b[?1049h\x1b[?25l"
	hideAlternate = "\x1b[?25h\x1b[?1049l"
	toTop         = "\x1b[H"
	clearLine     = "\x1b[K"
	clearBelow    = "\x1b[J"
)

// redrawPause is how often the screen is drawn again.
const redrawPause = time.Second

// live keeps the screen up to date until the context is done.
func (o *watchOptions) live(ctx context.Context, at *examdesk.Desk, t tty.Terminal) error {
	fmt.Fprint(t, showAlternate)
	defer fmt.Fprint(t, hideAlternate)
	for {
		places, err := at.Supervise(ctx, o.Who(), o.which)
		if err != nil && ctx.Err() == nil {
			return err
		}
		columns, rows := t.Size()
		if err == nil {
			fmt.Fprint(t, screenOf(places, o.Clock(), columns, rows))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(redrawPause):
		}
	}
}

// screenOf returns what draws a screen over the one before.
func screenOf(places []examdesk.Place, now time.Time, columns, rows int) string {
	room := max(2, rows-2)
	lines := linesOf(places, now, columns)
	for shown := len(places) - 1; len(lines) > room && shown > 0; shown-- {
		lines = append(linesOf(places[:shown], now, columns), fmt.Sprintf("and %d more: exam watch --json shows all", len(places)-shown))
	}
	if len(lines) > room { // not even one fits
		lines = append(lines[:room-1], lines[len(lines)-1])
	}
	lines = append(lines, "", now.Local().Format("15:04:05")+" · Ctrl-C ends this")
	var out strings.Builder
	out.WriteString(toTop)
	for i, line := range lines {
		if i > 0 {
			out.WriteString("\r\n")
		}
		out.WriteString(ansi.Truncate(line, columns, "…") + clearLine)
	}
	out.WriteString(clearBelow)
	return out.String()
}

// linesOf returns the table as it looks in a number of columns.
func linesOf(places []examdesk.Place, now time.Time, columns int) []string {
	var table bytes.Buffer
	_ = writePlaces(wrap.Writer(&table, func() int { return columns }), places, now) // a buffer takes everything
	return strings.Split(strings.TrimRight(table.String(), "\n"), "\n")
}

func writePlaces(w io.Writer, places []examdesk.Place, now time.Time) error {
	if len(places) == 0 {
		_, err := fmt.Fprintln(w, "No exam is running, and none ended within the last hour.")
		return err
	}
	rows := [][]string{{"EXAM", "CANDIDATE", "LEFT", "QUESTION", "LAST CHECK", "WHERE"}}
	for _, p := range places {
		rows = append(rows, []string{
			fmt.Sprint(p.Exam), ansi.Truncate(report.Visible(p.Candidate), 24, "…"), leftOf(p), fmt.Sprintf("%d of %d", p.Question, p.Questions), lastCheck(p, now),
			report.Visible(where(p)),
		})
	}
	return door.WriteTable(w, rows)
}

// leftOf says how much time a candidate has left.
func leftOf(p examdesk.Place) string {
	switch {
	case p.Due:
		return "due"
	case p.Phase == exams.Over || p.Phase == exams.Finished:
		return "–"
	}
	return strings.TrimSuffix(report.TimeLeft(exams.View{Left: p.Left}), " left")
}

func lastCheck(p examdesk.Place, now time.Time) string {
	if p.LastCheck == nil {
		return "–"
	}
	return fmt.Sprintf("%d: %d of %d, %s ago", p.Checked, p.LastCheck.Score, labs.Total, report.Brief(now.Sub(p.LastCheck.At)))
}

// where says what a candidate is doing.
func where(p examdesk.Place) string {
	switch p.Phase {
	case exams.Preparing:
		return "waits for the first lab"
	case exams.Over, exams.Finished:
		return report.OverState(p.Phase, p.BeingGraded)
	case exams.Paused:
		if p.StoppedBy != "" {
			return "paused by " + p.StoppedBy
		}
		return "the clock is stopped"
	}
	switch {
	case p.Due:
		return "not graded yet"
	case p.Attached:
		return p.Title
	}
	return "no terminal · " + p.Title
}

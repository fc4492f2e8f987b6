package past

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/recording"
	"endstate/internal/seat"
	"endstate/internal/tty"
	"endstate/labs"
)

// replayOptions are the options of replay.
type replayOptions struct {
	*door.Door
	speed float64
}

func replayCommand(d *door.Door) *cobra.Command {
	o := &replayOptions{Door: d}
	c := &cobra.Command{
		Use:   "replay [ATTEMPT]",
		Short: "Play what the terminal showed, at its original speed",
		Long: "Play what the terminal of an attempt showed, with its timings: one stay in a shell after the other. " +
			"Keys: n goes on at the next check, the space bar halts and goes on, q ends it. The files are asciicast version 2.\n\n" + namesOfAttempts,
		Example:           "  endstate replay 12 --speed 4",
		Args:              door.AtMost(1, "one attempt at most; see: endstate history"),
		ValidArgsFunction: d.CompleteAttempts,
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), strings.Join(args, "")) },
	}
	c.Flags().Float64Var(&o.speed, "speed", 1, "a `multiple` of the original speed")
	return c
}

func (o *replayOptions) run(ctx context.Context, attempt string) error {
	if o.speed < 0.1 || o.speed > 1000 {
		return labs.Misuse("The speed is out of range", "--speed takes a number from 0.1 to 1000; 1 is the original speed.")
	}
	at, err := o.Desk()
	if err != nil {
		return err
	}
	replay, err := at.Replay(ctx, o.Who(), attempt)
	if err != nil {
		return err
	}
	t, ok := tty.Open(o.In, o.Out)
	if !ok {
		return labs.Misuse("A replay needs a terminal", fmt.Sprintf("Elsewhere: endstate show %d · the recordings are in %s", replay.Attempt, replay.Folder))
	}
	return o.play(ctx, t, replay.Recordings)
}

func (o *replayOptions) play(ctx context.Context, t tty.Terminal, all []*recording.Recording) error {
	style := o.Style(o.Out)
	fmt.Fprintln(o.Out, style.Dim("n: the next check · space: pause and continue · q: quit"))
	raw, err := t.MakeRaw()
	if err != nil {
		return err
	}
	defer raw.Restore()
	return seat.Show(ctx, raw, func(ctx context.Context, screen io.Writer, keys <-chan byte) error {
		player := &recording.Player{Out: screen, Speed: o.speed, Keys: keys, After: time.After}
		columns, rows := t.Size()
		for i, one := range all {
			head := fmt.Sprintf("%d of %d · %s", i+1, len(all), time.Unix(one.Timestamp, 0).In(o.Clock().Location()).Format("2 Jan 2006 15:04"))
			if one.Width > columns || one.Height > rows {
				head += fmt.Sprintf(" · it was recorded at %d columns and %d rows, here are %d and %d", one.Width, one.Height, columns, rows)
			}
			if i > 0 {
				fmt.Fprint(o.Out, "\r\n\r\n") // the recording before may have ended within a line
			}
			fmt.Fprintf(o.Out, "%s\r\n\r\n", style.Dim(head))
			ended, err := player.Play(ctx, one)
			if err != nil || !ended {
				return err
			}
		}
		return nil
	})
}

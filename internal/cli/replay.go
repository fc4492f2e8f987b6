package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/recording"
	"endstate/internal/seat"
	"endstate/internal/tty"
	"endstate/labs"
)

func (a *app) replayCommand() *cobra.Command {
	var speed float64
	c := &cobra.Command{
		Use:   "replay ATTEMPT",
		Short: "Play what the terminal showed, as fast as it was",
		Long: "Play what the terminal of an attempt showed, with its timings: one stay in a shell after the other. " +
			"Keys: n goes on at the next check, the space bar halts and goes on, q ends it. The files are asciicast version 2.",
		Example: "  endstate replay 12 --speed 4",
		Args:    exactly(1, "an attempt; see: endstate history"),
		RunE: func(c *cobra.Command, args []string) error {
			if speed < 0.1 || speed > 1000 {
				return labs.Misuse("That is no speed to watch", "Give --speed a number from 0.1 to 1000; 1 is as it was.")
			}
			store, err := a.memory(c.Context())
			if err != nil {
				return err
			}
			story, err := a.storyOf(c.Context(), store, args[0])
			if err != nil {
				return err
			}
			all, err := a.recorded(story)
			if err != nil {
				return err
			}
			t, ok := tty.Open(a.In, a.Out)
			if !ok {
				return labs.Misuse("A replay needs a terminal", fmt.Sprintf("Elsewhere: endstate show %d · the recordings are in %s", story.ID, a.recordings()))
			}
			return a.play(c.Context(), t, all, speed)
		},
	}
	c.Flags().Float64Var(&speed, "speed", 1, "so many times as fast as it was")
	return c
}

func (a *app) storyOf(ctx context.Context, store *attempts.Store, name string) (*attempts.Story, error) {
	attempt, err := store.Find(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := ofNoOpenExam(ctx, store, attempt); err != nil {
		return nil, err
	}
	return store.Story(ctx, attempt)
}

// recorded returns the recordings of an attempt that are there, one at least.
func (a *app) recorded(story *attempts.Story) ([]*recording.Recording, error) {
	var all []*recording.Recording
	for _, visit := range story.Visits {
		one, err := a.recordingOf(visit)
		if err != nil {
			return nil, &labs.Problem{What: "A recording of the attempt can't be read", Do: "It is " + visit.Recording + " in " + a.recordings() + ".", Err: err}
		}
		if one != nil {
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return nil, labs.Misuse(fmt.Sprintf("Nothing of attempt %d is recorded here", story.ID), fmt.Sprintf("Its story: endstate show %d", story.ID))
	}
	return all, nil
}

func (a *app) play(ctx context.Context, t tty.Terminal, all []*recording.Recording, speed float64) error {
	style := a.style(a.Out)
	fmt.Fprintln(a.Out, style.Dim("n: the next check · space: halt and go on · q: end"))
	raw, err := t.MakeRaw()
	if err != nil {
		return err
	}
	defer raw.Restore()
	return seat.Show(ctx, raw, func(ctx context.Context, screen io.Writer, keys <-chan byte) error {
		player := &recording.Player{Out: screen, Speed: speed, Keys: keys, After: time.After}
		columns, rows := t.Size()
		for i, one := range all {
			head := fmt.Sprintf("%d of %d · %s", i+1, len(all), time.Unix(one.Timestamp, 0).In(a.Clock().Location()).Format("2 Jan 2006 15:04"))
			if one.Width > columns || one.Height > rows {
				head += fmt.Sprintf(" · it was recorded at %d columns and %d rows, here are %d and %d", one.Width, one.Height, columns, rows)
			}
			fmt.Fprintf(a.Out, "%s\r\n\r\n", style.Dim(head))
			ended, err := player.Play(ctx, one)
			if err != nil || !ended {
				return err
			}
		}
		return nil
	})
}

package cli

import (
	"context"
	"errors"
	"fmt"

	"endstate/internal/progress"
	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/labs"
)

// answer answers a lab's command on the learner's screen. It returns false when
// the lab was put back, and with it the shell.
func (in *visit) answer(ctx context.Context, verb string, screen *seat.Screen) bool {
	style := in.app.style(in.app.Out)
	// Warnings are for the learner's screen, too.
	elsewhere := in.app.Err
	in.app.Err = screen
	defer func() { in.app.Err = elsewhere }()
	if in.candidate != nil {
		goOn, err := in.candidate.answer(ctx, in, verb, screen, style)
		in.show(screen, err)
		return goOn
	}
	var err error
	replaced := false
	switch verb {
	case "task":
		err = in.app.showTask(screen, style, in.lab, in.variant)
	case "check":
		err = in.check(ctx, screen, style)
	case "hint":
		err = in.hint(ctx, screen, style)
	case "reset":
		replaced, err = in.reset(ctx, screen, style)
	default:
		err = showHelp(screen, style)
	}
	in.show(screen, err)
	return !replaced
}

// show writes an error on the learner's screen.
func (in *visit) show(screen *seat.Screen, err error) {
	if errors.Is(err, seat.ErrInterrupted) {
		fmt.Fprintln(screen, "Interrupted.")
		return
	}
	in.app.status(err, true)
}

func (in *visit) check(ctx context.Context, screen *seat.Screen, style report.Style) error {
	var found *labs.Report
	err := in.working(ctx, screen, style, func(ctx context.Context, emit labs.Emit) (err error) {
		found, err = in.app.check(ctx, emit, in.lab)
		return err
	})
	if err != nil {
		return err
	}
	if in.recorder != nil {
		in.recorder.Mark(scoreOf(found))
	}
	return report.Text(screen, found, style)
}

// scoreOf is a round of checks in a few words.
func scoreOf(found *labs.Report) string {
	if !found.Graded() {
		return "check: could not be graded"
	}
	return fmt.Sprintf("check: %d of %d", *found.Score, found.Total)
}

// reset puts the lab back and goes on in it.
func (in *visit) reset(ctx context.Context, screen *seat.Screen, style report.Style) (bool, error) {
	if ok, err := screen.Confirm(ctx, resetQuestion); err != nil || !ok {
		return false, err
	}
	replaced := false
	err := in.working(ctx, screen, style, func(ctx context.Context, emit labs.Emit) error {
		lab, v, err := in.app.reset(ctx, emit, in.lab)
		if lab != nil {
			in.lab, in.variant, replaced = lab, v, true
		}
		return err
	})
	return replaced, err
}

// working shows progress on the screen while work is done, which Ctrl-C ends.
func (in *visit) working(ctx context.Context, screen *seat.Screen, style report.Style, work func(context.Context, labs.Emit) error) error {
	renderer := progress.Live(screen, style.Width, style.Color)
	defer renderer.Close()
	return screen.Interruptible(ctx, func(ctx context.Context) error { return work(ctx, renderer.Emit) })
}

func showHelp(screen *seat.Screen, style report.Style) error {
	for _, line := range [][2]string{
		{"task", "read the task again"},
		{"check", "see what is right and what is not yet, and why; as often as you like"},
		{"hint", "open the next hint; it costs points"},
		{"reset", "put everything back to how it was handed over"},
		{"exit", "leave; the lab goes on until endstate stop"},
	} {
		if _, err := fmt.Fprintf(screen, "  %s  %s\n", style.Bold(fmt.Sprintf("%-6s", line[0])), line[1]); err != nil {
			return err
		}
	}
	return nil
}

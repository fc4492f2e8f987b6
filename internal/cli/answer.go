package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"endstate/internal/desk"
	"endstate/internal/progress"
	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/labs"
)

// answer answers a lab's command on the learner's screen. It returns false when
// the lab was put back, and with it the shell.
func (s *shell) answer(ctx context.Context, verb string, screen *seat.Screen) bool {
	style := s.style(s.Out)
	var err error
	replaced := false
	switch verb {
	case "task":
		err = showTask(screen, style, s.visit.Task())
	case "check":
		err = s.check(ctx, screen, style)
	case "hint":
		err = s.hint(ctx, screen, style)
	case "reset":
		replaced, err = s.reset(ctx, screen, style)
	default:
		err = showHelp(screen, [][2]string{
			{"task", "read the task again"},
			{"check", "see what is right and what is not yet, and why; as often as you like"},
			{"hint", "open the next hint; it costs points"},
			{"reset", "put everything back to how it was handed over"},
			{"exit", "leave; the lab goes on until endstate stop"},
		}, style)
	}
	show(screen, err)
	return !replaced
}

// show writes an error on the learner's screen.
func show(screen *seat.Screen, err error) {
	if errors.Is(err, seat.ErrInterrupted) {
		fmt.Fprintln(screen, "Interrupted.")
		return
	}
	showError(screen, err)
}

func (s *shell) check(ctx context.Context, screen *seat.Screen, style report.Style) error {
	var found *labs.Report
	err := working(ctx, screen, style, func(ctx context.Context, emit labs.Emit) (err error) {
		found, err = s.visit.Check(ctx, emit)
		return err
	})
	if err != nil {
		return err
	}
	return report.Text(screen, found, style)
}

func (s *shell) hint(ctx context.Context, screen *seat.Screen, style report.Style) error {
	var hints *desk.Hints
	err := working(ctx, screen, style, func(ctx context.Context, emit labs.Emit) (err error) {
		hints, err = s.visit.Hint(ctx, emit)
		return err
	})
	if err != nil {
		return err
	}
	return showHints(screen, style, hints)
}

// reset puts the lab back and goes on in it. It returns whether the shell is gone.
func (s *shell) reset(ctx context.Context, screen *seat.Screen, style report.Style) (bool, error) {
	before := s.visit.Lab
	err := s.visit.Reset(ctx, false, nil)
	var asks *desk.Unconfirmed
	if errors.As(err, &asks) {
		if ok, err := screen.Confirm(ctx, asks.Question); err != nil || !ok {
			return false, err
		}
		err = working(ctx, screen, style, func(ctx context.Context, emit labs.Emit) error { return s.visit.Reset(ctx, true, emit) })
	}
	return s.visit.Lab != before, err
}

// working shows progress on the screen while work is done, which Ctrl-C ends, and then what
// was warned of.
func working(ctx context.Context, screen *seat.Screen, style report.Style, work func(context.Context, labs.Emit) error) error {
	renderer := progress.Live(screen, style.Width, style.Color)
	held := &warnings{}
	err := screen.Interruptible(ctx, func(ctx context.Context) error { return work(ctx, held.sort(renderer.Emit)) })
	renderer.Close()
	held.show(screen)
	return err
}

// showHelp lists commands of the lab, each with what it is for.
func showHelp(screen io.Writer, commands [][2]string, style report.Style) error {
	width := 0
	for _, line := range commands {
		width = max(width, len(line[0]))
	}
	for _, line := range commands {
		if _, err := fmt.Fprintf(screen, "  %s  %s\n", style.Bold(fmt.Sprintf("%-*s", width, line[0])), line[1]); err != nil {
			return err
		}
	}
	return nil
}

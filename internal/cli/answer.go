package cli

import (
	"context"
	"fmt"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/labs"
)

// inLabCommands are the commands that a lab's shell has in addition to its own.
type inLabCommands struct{ *door.Shell }

// answer answers an in-lab command on the learner's screen. It returns false if a reset has
// replaced the lab, and so ended the shell.
func (s inLabCommands) answer(ctx context.Context, verb string, screen *seat.Screen) bool {
	style := s.Style(s.Out)
	var err error
	replaced := false
	switch verb {
	case "task":
		err = showTask(screen, style, s.Visit.Task())
	case "check":
		err = s.check(ctx, screen, style)
	case "hint":
		err = s.hint(ctx, screen, style)
	case "reset":
		replaced, err = s.Reset(ctx, screen, style)
	default:
		err = door.ShowHelp(screen, [][2]string{
			{"task", "read the task again"},
			{"check", "see what is right and what is not yet, and why; as often as you like"},
			{"hint", "open the next hint; it costs points"},
			{"reset", "put the lab back to how it was at the start"},
			{"exit", "leave; the lab goes on until endstate stop"},
		}, style)
	}
	door.Show(screen, style, err)
	return !replaced
}

func (s inLabCommands) check(ctx context.Context, screen *seat.Screen, style report.Style) error {
	var found *practice.Outcome
	err := door.Working(ctx, screen, style, func(ctx context.Context, emit labs.Emit) (err error) {
		found, err = s.Visit.Check(ctx, emit)
		return err
	})
	if err != nil {
		return err
	}
	if err := report.OutcomeText(screen, found, style); err != nil || found.Solved == nil {
		return err
	}
	_, err = fmt.Fprintf(screen, "%s leaves the shell, where these commands work.\n", style.Bold("exit"))
	return err
}

func (s inLabCommands) hint(ctx context.Context, screen *seat.Screen, style report.Style) error {
	var hints *desk.Hints
	err := door.Agreed(ctx, screen, style, func(ctx context.Context, agreed bool, emit labs.Emit) (err error) {
		hints, err = s.Visit.Hint(ctx, agreed, emit)
		return err
	})
	if err != nil {
		return err
	}
	return showHints(screen, style, hints)
}

package door

import (
	"context"
	"errors"
	"fmt"
	"io"

	"endstate/internal/desk"
	"endstate/internal/progress"
	"endstate/internal/report"
	"endstate/internal/report/wrap"
	"endstate/internal/seat"
	"endstate/labs"
)

// Show shows an error on the learner's screen, or at the standard error of the in-lab command.
func Show(screen *seat.Screen, style report.Style, err error) {
	if errors.Is(err, seat.ErrInterrupted) {
		fmt.Fprintln(screen.Errors(), "Interrupted.")
		return
	}
	showError(onScreen(screen.Errors(), style), style, err)
}

// onScreen wraps lines to the width of a screen.
func onScreen(screen io.Writer, style report.Style) io.Writer {
	return wrap.Writer(screen, func() int { return style.Width })
}

// Working shows the progress of work on the screen, and then its warnings. Ctrl-C cancels the work.
func Working(ctx context.Context, screen *seat.Screen, style report.Style, work func(context.Context, labs.Emit) error) error {
	renderer := screenRenderer(screen, style)
	held := &warnings{style: style}
	err := screen.Interruptible(ctx, func(ctx context.Context) error { return work(ctx, held.sort(renderer.Emit)) })
	renderer.Close()
	held.show(onScreen(screen.Errors(), style))
	return err
}

// Agreed shows an act that may need consent on the screen, and asks for it. It returns nil if the
// learner does not agree.
func Agreed(ctx context.Context, screen *seat.Screen, style report.Style, act func(ctx context.Context, agreed bool, emit labs.Emit) error) error {
	try := func(agreed bool) error {
		return Working(ctx, screen, style, func(ctx context.Context, emit labs.Emit) error { return act(ctx, agreed, emit) })
	}
	err := try(false)
	var asks *desk.Unconfirmed
	if !errors.As(err, &asks) {
		return err
	}
	yes, err := screen.Confirm(ctx, asks.Question)
	if err != nil || !yes {
		return err
	}
	return try(true)
}

// screenRenderer returns what shows progress. Nothing does if the output goes to a file or a pipe:
// another program may have the screen.
func screenRenderer(screen *seat.Screen, style report.Style) progress.Renderer {
	switch {
	case screen.Live():
		return progress.Live(screen, func() int { columns, _ := screen.Size(); return columns }, style.Color)
	case screen.Terminal():
		return progress.Plain(screen)
	}
	return progress.Plain(io.Discard)
}

// ShowHelp lists in-lab commands with their purposes.
func ShowHelp(screen io.Writer, commands [][2]string, style report.Style) error {
	width := 0
	for _, line := range commands {
		width = max(width, len(line[0]))
	}
	for _, line := range commands {
		if _, err := fmt.Fprintf(onScreen(screen, style), "  %s  %s\n", style.Bold(fmt.Sprintf("%-*s", width, line[0])), line[1]); err != nil {
			return err
		}
	}
	return nil
}

// WriteTable writes rows in columns, as far as there is room: see [report.Table].
func WriteTable(w io.Writer, rows [][]string) error { return report.Table(w, rows) }

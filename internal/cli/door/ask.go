package door

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"endstate/internal/desk"
	"endstate/internal/report/wrap"
	"endstate/internal/seat"
	"endstate/internal/tty"
	"endstate/labs"
)

// ReadLine reads a line from standard input. It returns [io.EOF] and what was typed if the input
// ends, and [seat.ErrInterrupted] as soon as the context ends, for instance with Ctrl-C.
func (d *Door) ReadLine(ctx context.Context) (string, error) {
	return read(ctx, d, func(in *bufio.Reader) (string, error) { return in.ReadString('\n') })
}

// ReadText reads standard input to its end, at a terminal until Ctrl-D. It returns
// [seat.ErrInterrupted] as soon as the context ends.
func (d *Door) ReadText(ctx context.Context) (string, error) {
	return read(ctx, d, func(in *bufio.Reader) (string, error) {
		text, err := io.ReadAll(io.LimitReader(in, maxText))
		return string(text), err
	})
}

// maxText limits what ReadText reads, in bytes. Every act that takes a text allows less.
const maxText = 1 << 20

// read waits for standard input or for the end of the context. Reading from a terminal can't be
// cancelled, so after the end of the context nobody may read again.
func read(ctx context.Context, d *Door, do func(*bufio.Reader) (string, error)) (string, error) {
	if d.input == nil {
		d.input = bufio.NewReader(d.In)
	}
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := do(d.input)
		done <- result{text, err}
	}()
	select {
	case got := <-done:
		if got.err == nil {
			wrap.LineEnded(d.Err)
		}
		return got.text, got.err
	case <-ctx.Done():
		fmt.Fprintln(d.Err) // the question's line is not finished
		return "", seat.ErrInterrupted
	}
}

// OnLab acts on the named lab, or on the only one. If there are several, it asks on a terminal.
// Ctrl-C cancels the question.
func (d *Door) OnLab(ctx context.Context, args []string, act func(name string) error) error {
	err := act(strings.Join(args, ""))
	var several *desk.Several
	if !errors.As(err, &several) {
		return err
	}
	if _, ok := tty.Open(d.In, d.Err); !ok {
		return err
	}
	for i, name := range several.Scenarios {
		fmt.Fprintf(d.Err, "%2d  %s\n", i+1, name)
	}
	name, err := d.Choose(ctx, "Which lab? ", several.Scenarios, labs.Misuse("No lab was chosen", "Name one of: "+strings.Join(several.Scenarios, ", ")))
	if err != nil {
		return err
	}
	return act(name)
}

// Choose asks which of several names that were shown is meant: by its number, or by itself. It asks
// again if the answer is neither. Without a terminal or an answer, it returns otherwise. Ctrl-C
// cancels the question.
func (d *Door) Choose(ctx context.Context, question string, names []string, otherwise error) (string, error) {
	if _, ok := tty.Open(d.In, d.Err); !ok {
		return "", otherwise
	}
	for {
		fmt.Fprint(d.Err, question)
		line, err := d.ReadLine(ctx)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		line = strings.TrimSpace(line)
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(names) {
			return names[n-1], nil
		}
		if slices.Contains(names, line) {
			return line, nil
		}
		if line == "" || err != nil {
			return "", otherwise
		}
		fmt.Fprintf(d.Err, "Please type a number from 1 to %d; Enter alone cancels.\n", len(names))
	}
}

// Agreeing calls an act that may need consent. With yes, the user has given it already.
func (d *Door) Agreeing(ctx context.Context, yes bool, act func(agreed bool) error) error {
	err := act(yes)
	var asks *desk.Unconfirmed
	if !errors.As(err, &asks) {
		return err
	}
	if ok, err := d.Confirm(ctx, asks.Question); err != nil || !ok {
		return err
	}
	return act(true)
}

// Confirm asks a question, and returns true only for the answer "y" or "yes". Without a terminal, it
// returns an error that names the flag for yes. Ctrl-C cancels it.
func (d *Door) Confirm(ctx context.Context, question string) (bool, error) {
	if _, ok := tty.Open(d.In, d.Err); !ok {
		return false, labs.Misuse("This needs your consent, but there is no terminal to ask", "Say yes with --yes.")
	}
	yes, err := d.YesOrNo(ctx, question, false)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return yes, err
}

// YesOrNo asks a question at a terminal until the answer is clear; Enter alone means usual. It
// returns [io.EOF] if the input ends.
func (d *Door) YesOrNo(ctx context.Context, question string, usual bool) (bool, error) {
	choice := " [y/N] "
	if usual {
		choice = " [Y/n] "
	}
	for {
		fmt.Fprint(d.Err, question+choice)
		line, err := d.ReadLine(ctx)
		if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
			return false, err
		}
		if yes, clear := seat.YesOrNo(line, usual); clear {
			return yes, nil
		}
		fmt.Fprintln(d.Err, seat.Unclear(usual))
	}
}

// Package door has what all commands share: reaching the desk, asking for consent, and showing
// progress, problems and shells.
package door

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"endstate/internal/desk"
	"endstate/internal/progress"
	"endstate/internal/report"
	"endstate/internal/scenario"
	"endstate/internal/seat"
	"endstate/internal/tty"
	"endstate/labs"
)

// Door is one run of the command line.
type Door struct {
	Program
	Flags struct {
		Scenarios []string
		Owner     string
	}
	Running bool       // the arguments were valid, and a command is running
	opened  *desk.Desk // nil until first needed
}

// Desk returns the desk, with the settings of the environment.
func (d *Door) Desk() (*desk.Desk, error) {
	if d.opened != nil {
		return d.opened, nil
	}
	settings, err := d.settings()
	if err != nil {
		return nil, err
	}
	d.opened = desk.New(desk.Config{
		Families: d.Families, Images: d.Images, Scenarios: d.roots(), Clock: d.Clock, Version: d.Version, Settings: settings,
		Open: d.Open,
	})
	return d.opened, nil
}

// Close closes the desk if it is open.
func (d *Door) Close() {
	if d.opened != nil {
		d.opened.Close()
	}
}

// roots returns the folders of scenarios.
func (d *Door) roots() []scenario.Root {
	roots := []scenario.Root{{Files: d.Scenarios}}
	for _, path := range append(filepath.SplitList(d.Env("ENDSTATE_SCENARIOS")), d.Flags.Scenarios...) {
		roots = append(roots, scenario.Root{Files: os.DirFS(path), Path: path})
	}
	return roots
}

// Style returns the style for text on a writer.
func (d *Door) Style(w io.Writer) report.Style {
	t, ok := tty.Open(d.In, w)
	if !ok {
		width, _ := strconv.Atoi(d.Env("COLUMNS"))
		return report.Style{Width: width}
	}
	columns, _ := t.Size()
	return report.Style{Color: d.Env("NO_COLOR") == "" && d.Env("TERM") != "dumb", Width: columns}
}

// Act calls the desk, and shows its progress and then its warnings on standard error.
func (d *Door) Act(asJSON bool, do func(*desk.Desk, labs.Emit) error) error {
	at, err := d.Desk()
	if err != nil {
		return err
	}
	renderer := d.renderer(asJSON)
	held := &warnings{}
	err = do(at, held.sort(renderer.Emit))
	renderer.Close()
	held.show(d.Err)
	return err
}

func (d *Door) renderer(asJSON bool) progress.Renderer {
	style := d.Style(d.Err)
	_, live := tty.Open(d.In, d.Err)
	switch {
	case asJSON:
		return progress.JSON(d.Err)
	case live && d.Env("TERM") != "dumb":
		return progress.Live(d.Err, style.Width, style.Color)
	}
	return progress.Plain(d.Err)
}

// warnings keeps warnings until the progress is gone from the screen.
type warnings struct {
	mu  sync.Mutex
	all []labs.Event
}

// sort returns an Emit that keeps warnings and passes on everything else.
func (w *warnings) sort(other labs.Emit) labs.Emit {
	return func(event labs.Event) {
		if event.State != labs.Warned {
			other(event)
			return
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = append(w.all, event)
	}
}

func (w *warnings) show(out io.Writer) {
	for _, event := range w.all {
		ShowWarning(out, event)
	}
}

// OnLab acts on the named lab, or on the only one. If there are several, it asks on a terminal.
func (d *Door) OnLab(args []string, act func(name string) error) error {
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
	fmt.Fprint(d.Err, "Which lab? ")
	line, _ := bufio.NewReader(d.In).ReadString('\n')
	var n int
	if _, err := fmt.Sscan(line, &n); err != nil || n < 1 || n > len(several.Scenarios) {
		return labs.Misuse("No lab was chosen", "Name one of: "+strings.Join(several.Scenarios, ", "))
	}
	return act(several.Scenarios[n-1])
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

// Confirm asks a question, and returns true only for the answer "y". Without a terminal, it returns
// an error that names the flag for yes. Ctrl-C cancels it.
func (d *Door) Confirm(ctx context.Context, question string) (bool, error) {
	if _, ok := tty.Open(d.In, d.Err); !ok {
		return false, labs.Misuse("This needs your consent, but there is no terminal to ask", "Say yes with --yes.")
	}
	fmt.Fprint(d.Err, question+" [y/N] ")
	typed := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(d.In).ReadString('\n')
		typed <- line
	}()
	select {
	case line := <-typed:
		return seat.IsYes(line), nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}

// ReadText reads standard input to its end, at a terminal until Ctrl-D. Ctrl-C cancels it.
func (d *Door) ReadText(ctx context.Context) (string, error) {
	type result struct {
		text []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		text, err := io.ReadAll(io.LimitReader(d.In, maxText))
		read <- result{text, err}
	}()
	select {
	case r := <-read:
		return string(r.text), r.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// maxText limits what ReadText reads, in bytes. Every act that takes a text allows less.
const maxText = 1 << 20

// OfLab sets up a command about a running lab.
func (d *Door) OfLab(c *cobra.Command, run func(ctx context.Context, args []string) error) *cobra.Command {
	c.Use += " [SCENARIO]"
	c.Args, c.ValidArgsFunction = AtMost(1, "one scenario at most"), d.CompleteScenarios
	c.RunE = func(c *cobra.Command, args []string) error { return run(c.Context(), args) }
	return c
}

// CompleteScenarios completes the names of scenarios.
func (d *Door) CompleteScenarios(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	at, err := d.Desk()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, s := range at.List(d.Who(), desk.Wanted{}, nil) {
		names = append(names, s.Name+"\t"+report.Visible(s.Title))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

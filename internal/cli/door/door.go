// Package door has what all commands share: reaching the desk, asking for consent, and showing
// progress, problems, long text in pages, and shells.
package door

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"endstate/internal/collections"
	"endstate/internal/desk"
	"endstate/internal/desk/author"
	"endstate/internal/progress"
	"endstate/internal/report"
	"endstate/internal/report/wrap"
	"endstate/internal/scenario"
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
	Running bool          // the arguments were valid, and a command is running
	opened  *desk.Desk    // nil until first needed
	input   *bufio.Reader // of In; nil until first needed
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
	roots, err := d.roots()
	if err != nil {
		return nil, err
	}
	d.opened = desk.New(desk.Config{
		Families: d.Families, Images: d.Images, Scenarios: roots, Clock: d.Clock, Version: d.Version, Settings: settings,
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

// roots returns the folders of scenarios: those in the program, those of --scenarios and the
// environment, and those of others, which are fetched if an address is new.
func (d *Door) roots() ([]scenario.Root, error) {
	roots := []scenario.Root{{Files: d.Scenarios}}
	var addresses []string
	for _, path := range append(splitFolders(d.Env("ENDSTATE_SCENARIOS")), d.Flags.Scenarios...) {
		if collections.IsAddress(path) {
			addresses = append(addresses, path)
			continue
		}
		if path != "" {
			roots = append(roots, scenario.Root{Files: os.DirFS(path), Path: path})
		}
	}
	store := author.Collections(d.Home())
	store.Clock = d.Clock
	foreign, err := author.Roots(context.Background(), store, addresses, func(address string) {
		fmt.Fprintf(d.Err, "Fetching the scenarios of %s …\n", report.Visible(address))
	})
	return append(roots, foreign...), err
}

// splitFolders splits a list of folders and addresses. An address has colons of its own.
func splitFolders(list string) []string {
	if collections.IsAddress(list) && strings.Count(list, "://") == 1 && !strings.Contains(strings.SplitN(list, "://", 2)[0], string(os.PathListSeparator)) {
		return []string{list}
	}
	return filepath.SplitList(list)
}

// New returns the door of a program. Lines that it writes to a terminal are wrapped to its width.
func New(p Program) *Door {
	d := &Door{Program: p}
	d.Out, d.Err = d.wrapped(p.Out), d.wrapped(p.Err)
	return d
}

func (d *Door) wrapped(w io.Writer) io.Writer {
	return wrap.Writer(w, func() int { return d.columns(w) })
}

// columns returns the width of what a writer writes to: of a terminal, or as COLUMNS says. It
// returns 0 if nobody says it: then lines are left as they are, for programs that read them.
func (d *Door) columns(w io.Writer) int {
	if columns, onTerminal := tty.Columns(w); onTerminal {
		return columns
	}
	columns, _ := strconv.Atoi(d.Env("COLUMNS"))
	return max(0, columns)
}

// Help is at most as wide as people like to read, in columns, and usualHelp where nobody says how
// wide it may be.
const (
	mostHelp  = 100
	usualHelp = 80
)

// Help wraps the lines of help.
func (d *Door) Help(write func(*cobra.Command, []string)) func(*cobra.Command, []string) {
	return func(c *cobra.Command, args []string) {
		width := d.columns(wrap.Behind(d.Out))
		if width == 0 {
			width = usualHelp
		}
		c.SetOut(wrap.Writer(wrap.Behind(d.Out), func() int { return min(width, mostHelp) }))
		write(c, args)
	}
}

// Style returns the style for text on a writer.
func (d *Door) Style(w io.Writer) report.Style {
	_, onTerminal := tty.Columns(w)
	return report.Style{Color: onTerminal && d.Env("NO_COLOR") == "" && d.Env("TERM") != "dumb", Width: d.columns(w)}
}

// Act calls the desk, and shows its progress and then its warnings on standard error.
func (d *Door) Act(asJSON bool, do func(*desk.Desk, labs.Emit) error) error {
	at, err := d.Desk()
	if err != nil {
		return err
	}
	p := d.progress(asJSON)
	err = do(at, p.Emit)
	p.Close()
	return err
}

// Progress shows what the desk does, and then its warnings, on standard error.
type Progress struct {
	Emit     labs.Emit
	renderer progress.Renderer
	held     *warnings
	out      io.Writer
}

// Progress returns what shows the progress of one act.
func (d *Door) Progress() *Progress { return d.progress(false) }

func (d *Door) progress(asJSON bool) *Progress {
	p := &Progress{renderer: d.renderer(asJSON), held: &warnings{}, out: d.Err}
	p.Emit = p.held.sort(p.renderer.Emit)
	return p
}

// Close ends the progress, and shows the warnings. It does nothing if it is called again.
func (p *Progress) Close() {
	if p == nil || p.held == nil {
		return
	}
	p.renderer.Close()
	p.held.show(p.out)
	p.held = nil
}

func (d *Door) renderer(asJSON bool) progress.Renderer {
	style := d.Style(d.Err)
	_, live := tty.Open(d.In, d.Err)
	switch {
	case asJSON:
		return progress.JSON(wrap.Behind(d.Err))
	case live && d.Env("TERM") != "dumb":
		return progress.Live(d.Err, func() int { return d.columns(d.Err) }, style.Color)
	}
	return progress.Plain(d.Err)
}

// warnings keeps warnings until the progress is gone from the screen.
type warnings struct {
	style report.Style
	mu    sync.Mutex
	all   []labs.Event
}

// sort returns an Emit that keeps warnings and passes on everything else. A warning that must be
// shown at once is passed on as text.
func (w *warnings) sort(other labs.Emit) labs.Emit {
	return func(event labs.Event) {
		switch {
		case event.State != labs.Warned:
			other(event)
			return
		case event.Step != "":
			var text strings.Builder
			showWarning(&text, w.style, event)
			event.Detail = text.String()
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
		showWarning(out, w.style, event)
	}
}

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

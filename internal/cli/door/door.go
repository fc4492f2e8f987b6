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

	"github.com/spf13/cobra"

	"endstate/internal/collections"
	"endstate/internal/desk"
	"endstate/internal/desk/author"
	"endstate/internal/report"
	"endstate/internal/report/wrap"
	"endstate/internal/scenario"
	"endstate/internal/tty"
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

// columns returns the width of what a writer writes to: of a terminal, or as COLUMNS says. A pipe, as
// in endstate list | less, has the width of the terminal at which the command was typed. It returns 0
// if the width is unknown: then lines are left as they are, for programs that read them.
func (d *Door) columns(w io.Writer) int {
	if columns, onTerminal := tty.Columns(w); onTerminal {
		return columns
	}
	if columns, _ := strconv.Atoi(d.Env("COLUMNS")); columns > 0 {
		return columns
	}
	if !tty.IsPipe(w) {
		return 0
	}
	for _, stream := range []any{d.Err, d.Out, d.In} {
		if columns, onTerminal := tty.Columns(stream); onTerminal {
			return columns
		}
	}
	return 0
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

package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/desk"
	"endstate/internal/seat"
	"endstate/internal/tty"
	"endstate/labs"
)

// shellOptions are those of shell.
type shellOptions struct {
	*door
	noRecord bool
}

func shellCommand(d *door) *cobra.Command {
	o := &shellOptions{door: d}
	c := &cobra.Command{
		Use:               "shell [SCENARIO] [HOST]",
		Short:             "Open a shell in a running lab: in its workspace, or in a host that it opens to you",
		Example:           "  endstate shell\n  endstate shell mysql-choose-a-backup\n  endstate shell workspace",
		Args:              atMost(2, "a scenario and a host at most"),
		ValidArgsFunction: d.completeScenarios,
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), args) },
	}
	recordVar(c, &o.noRecord)
	return c
}

func (o *shellOptions) run(ctx context.Context, args []string) error {
	t, ok := tty.Open(o.In, o.Out)
	if !ok {
		return labs.Misuse("A shell needs a terminal", "Run it at one; scripts may use: endstate check")
	}
	at, err := o.desk()
	if err != nil {
		return err
	}
	names, host := splitHost(at.List(o.who(), desk.Wanted{}, nil), args)
	return o.onLab(names, func(name string) error { return o.enter(ctx, t, name, host, o.noRecord) })
}

// splitHost tells a scenario's name and a host's apart: what is not a scenario is a host.
func splitHost(scenarios []labs.Scenario, args []string) (names []string, host string) {
	isScenario := func(name string) bool {
		return slices.ContainsFunc(scenarios, func(s labs.Scenario) bool { return s.Name == name })
	}
	switch {
	case len(args) == 2:
		return args[:1], args[1]
	case len(args) == 1 && !isScenario(args[0]):
		return nil, args[0]
	}
	return args, labs.Workspace
}

// enter opens a shell in a host of a lab and stays until the learner leaves.
func (d *door) enter(ctx context.Context, t tty.Terminal, name, host string, noRecord bool) error {
	s := &shell{door: d, terminal: t, noRecord: noRecord}
	err := d.act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
		s.visit, err = at.Enter(ctx, d.who(), name, host, emit)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(d.Out, "\nIn the lab: task · check · hint · reset · help; exit leaves, the lab goes on.\n")
	if s.records() {
		fmt.Fprintln(d.Out, "Its screen is recorded, in a file that only you can read; not with --no-record.")
	}
	fmt.Fprintln(d.Out)
	for {
		err := s.once(ctx, s.answer)
		if errors.Is(err, seat.ErrShellClosed) {
			continue
		}
		if err != nil {
			return s.lost(ctx, err)
		}
		fmt.Fprintf(d.Out, "\nThe lab goes on. Back into it: endstate shell %[1]s · end it: endstate stop %[1]s\n", s.visit.Lab.Scenario)
		return nil
	}
}

// shell is a learner at a terminal in a lab.
type shell struct {
	*door
	visit    *desk.Visit
	terminal tty.Terminal
	noRecord bool
}

// records reports whether what the terminal shows is recorded.
func (s *shell) records() bool { return s.record() && !s.noRecord }

// once opens one shell and stays in it until it ends.
func (s *shell) once(ctx context.Context, answer seat.Answer) error {
	columns, rows := s.terminal.Size()
	stay, err := s.visit.Open(ctx, desk.Window{
		Columns: columns, Rows: rows, Kind: s.setting("TERM", "xterm-256color"), Colors: s.Env("COLORTERM"), Unrecorded: s.noRecord,
	}, s.warnMeanwhile)
	if err != nil {
		return err
	}
	err = s.attach(ctx, stay, answer)
	held := &warnings{}
	stay.Leave(ctx, held.sort(nil))
	held.show(s.Err)
	return err
}

// attach joins the terminal to a shell until either ends.
func (s *shell) attach(ctx context.Context, stay *desk.Stay, answer seat.Answer) error {
	defer stay.Process.Close()
	raw, err := s.terminal.MakeRaw()
	if err != nil {
		return err
	}
	defer raw.Restore()
	_, err = seat.Attach(ctx, raw, stay.Process, answer, stay.Watchers()...)
	return err
}

// warnMeanwhile shows a warning on a terminal that is in raw mode.
func (s *shell) warnMeanwhile(event labs.Event) {
	var text strings.Builder
	showWarning(&text, event)
	fmt.Fprint(s.Out, "\r\n"+strings.ReplaceAll(text.String(), "\n", "\r\n"))
}

// lost tells why a shell ended that nobody left.
func (s *shell) lost(ctx context.Context, err error) error {
	if !errors.Is(err, seat.ErrLost) {
		return err
	}
	problem := s.visit.Lost(ctx, err)
	if problem.Code == desk.CodeStopped {
		showProblem(s.Err, problem)
		return nil
	}
	return problem
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/desk/visit"
	"endstate/internal/seat"
	"endstate/internal/tty"
	"endstate/labs"
)

// shellOptions are the options of shell.
type shellOptions struct {
	*door.Door
	noRecord bool
}

func shellCommand(d *door.Door) *cobra.Command {
	o := &shellOptions{Door: d}
	c := &cobra.Command{
		Use:               "shell [SCENARIO] [HOST]",
		Short:             "Open a shell in a running lab: in its workspace, or in another host that it opens",
		Example:           "  endstate shell\n  endstate shell mysql-choose-a-backup\n  endstate shell workspace",
		Args:              door.AtMost(2, "a scenario and a host at most"),
		ValidArgsFunction: completeShell(d),
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), args) },
	}
	door.RecordVar(c, &o.noRecord)
	return c
}

func (o *shellOptions) run(ctx context.Context, args []string) error {
	t, ok := tty.Open(o.In, o.Out)
	if !ok {
		return labs.Misuse("A shell needs a terminal", "Run this at a terminal. Scripts can use: endstate check")
	}
	at, err := o.Desk()
	if err != nil {
		return err
	}
	names, host := splitHost(at.List(o.Who(), desk.Wanted{}, nil), args)
	return o.OnLab(ctx, names, func(name string) error { return enter(ctx, o.Door, t, name, host, o.noRecord) })
}

// completeShell completes the learner's labs and the hosts that they open.
func completeShell(d *door.Door) door.Complete {
	return func(c *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		switch len(args) {
		case 0:
			names, how := d.CompleteLabs(c, args, toComplete)
			return append(names, d.CompleteHosts(c, "")...), how
		case 1:
			return d.CompleteHosts(c, args[0]), cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// splitHost tells the names of scenarios and hosts apart: what is not a scenario is a host.
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

// enter opens a shell in a host of a lab, and returns when the learner leaves.
func enter(ctx context.Context, d *door.Door, t tty.Terminal, name, host string, noRecord bool) error {
	s := &door.Shell{Door: d, Terminal: t, NoRecord: noRecord}
	err := d.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
		s.Visit, err = visit.Enter(ctx, at, d.Who(), name, host, emit)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprint(d.Out, "\nIn the lab: task · check · hint · reset · save · help\nexit leaves; the lab goes on.\n")
	if s.Records() {
		fmt.Fprintln(d.Out, "Its screen is recorded, in a file that only you can read; not with --no-record.")
	}
	fmt.Fprintln(d.Out)
	for {
		err := s.Once(ctx, answerIn(s))
		if errors.Is(err, seat.ErrShellClosed) {
			continue
		}
		if err != nil {
			return s.Lost(ctx, err)
		}
		fmt.Fprintf(d.Out, "\nThe lab goes on.\n  Back into it: endstate shell %[1]s\n  End it: endstate stop %[1]s\n", s.Visit.Lab.Scenario)
		return nil
	}
}

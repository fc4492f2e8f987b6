package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/recording"
	"endstate/internal/seat"
	"endstate/internal/tty"
	"endstate/labs"
)

func (a *app) shellCommand() *cobra.Command {
	c := &cobra.Command{
		Use:               "shell [SCENARIO] [HOST]",
		Short:             "Open a shell in a running lab: in its workspace, or in a host that it opens to you",
		Example:           "  endstate shell\n  endstate shell mysql-choose-a-backup\n  endstate shell workspace",
		Args:              atMost(2, "a scenario and a host at most"),
		ValidArgsFunction: a.completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			t, ok := tty.Open(a.In, a.Out)
			if !ok {
				return labs.Misuse("A shell needs a terminal", "Run it at one; scripts may use: endstate check")
			}
			names, host := a.splitHost(args)
			lab, err := a.pick(c.Context(), names)
			if err != nil {
				return err
			}
			return a.enter(c.Context(), t, lab, host)
		},
	}
	a.recordFlag(c)
	return c
}

// splitHost tells a scenario's name and a host's apart: what is no scenario is a host.
func (a *app) splitHost(args []string) (names []string, host string) {
	isScenario := func(name string) bool {
		return slices.ContainsFunc(a.scenarios().List(), func(s labs.Scenario) bool { return s.Name == name })
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
func (a *app) enter(ctx context.Context, t tty.Terminal, lab *labs.Lab, host string) error {
	v, err := a.variantOf(lab)
	if err != nil {
		return err
	}
	if err := mayEnter(v, host); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "\nIn the lab: task · check · hint · reset · help; exit leaves, the lab goes on.\n")
	if a.records() {
		fmt.Fprintln(a.Out, "Its screen is recorded, in a file that only you can read; not with --no-record.")
	}
	fmt.Fprintln(a.Out)
	in := &visit{app: a, lab: lab, variant: v, host: host}
	if !lab.Running() { // nobody is to lose work for that
		if err := a.progress(false, func(emit labs.Emit) error { return a.stage().Revive(ctx, lab, v, emit) }); err != nil {
			return err
		}
	}
	for {
		err := in.once(ctx, t)
		if errors.Is(err, seat.ErrShellClosed) {
			continue
		}
		if err != nil {
			return in.lost(ctx, err)
		}
		fmt.Fprintf(a.Out, "\nThe lab goes on. Back into it: endstate shell %[1]s · end it: endstate stop %[1]s\n", lab.Scenario)
		return nil
	}
}

func mayEnter(v *labs.Variant, host string) error {
	spec := v.Host(host)
	if spec != nil && spec.Open {
		return nil
	}
	var open []string
	for _, h := range v.Hosts {
		if h.Open {
			open = append(open, h.Name)
		}
	}
	return labs.Misuse(fmt.Sprintf("The scenario opens no shell on %q", host), "It opens: "+strings.Join(open, ", "))
}

// visit is a learner in a lab's shell.
type visit struct {
	app       *app
	lab       *labs.Lab
	variant   *labs.Variant
	host      string
	candidate *candidate // in an exam, else nil
	// recorder records what the terminal shows; nil if nothing does.
	recorder *recording.Recorder
}

// once opens one shell and stays in it until it ends.
func (in *visit) once(ctx context.Context, t tty.Terminal) error {
	host, err := in.lab.Host(in.host)
	if err != nil {
		return err
	}
	columns, rows := t.Size()
	process, err := seat.Shell(ctx, func(ctx context.Context, command labs.Command) (labs.Process, error) {
		return in.app.backend.Engine.Execute(ctx, host, command)
	}, labs.Command{
		Args: in.shell(), Environment: in.environment(), User: in.user(), Dir: in.dir(), Columns: columns, Rows: rows,
	})
	if err != nil {
		return &labs.Problem{What: "No shell can be opened in `" + in.host + "`", Do: "See: endstate status --everyone; or put the lab back: " + in.again("reset"), Err: err}
	}
	stay := in.arrive(ctx, t)
	watching, unwatch := context.WithCancel(ctx)
	defer unwatch()
	go in.watch(watching)
	err = in.attach(ctx, t, process, stay.watchers())
	stay.leave(ctx)
	return err
}

// attach joins the terminal to a shell until either ends.
func (in *visit) attach(ctx context.Context, t tty.Terminal, process labs.Process, watchers []seat.Watcher) error {
	defer process.Close()
	raw, err := t.MakeRaw()
	if err != nil {
		return err
	}
	defer raw.Restore()
	_, err = seat.Attach(ctx, raw, process, in.answer, watchers...)
	return err
}

// learner is the ordinary user who works in a workspace.
const learner = "learner"

func (in *visit) user() string {
	if in.host == labs.Workspace {
		return learner
	}
	return ""
}

func (in *visit) dir() string {
	if in.host == labs.Workspace {
		return "/home/" + learner
	}
	return ""
}

func (in *visit) shell() []string {
	if in.candidate != nil {
		return in.candidate.shell()
	}
	return []string{"bash", "--login"}
}

func (in *visit) environment() map[string]string {
	env := map[string]string{
		"TERM": in.app.setting("TERM", "xterm-256color"), "COLORTERM": in.app.Env("COLORTERM"),
		"ENDSTATE_SCENARIO": in.lab.Scenario, "ENDSTATE_STARTED": strconv.FormatInt(in.lab.Started.Unix(), 10),
		"ENDSTATE_PAR": strconv.Itoa(in.variant.Minutes),
	}
	if in.candidate != nil {
		maps.Copy(env, in.candidate.environment())
	}
	return env
}

// look returns what became of the lab. One that is being removed is there for a
// moment longer than its shells, so it looks for as long as that may be.
func (in *visit) look(ctx context.Context) (lab *labs.Lab, err error) {
	for range 15 {
		if lab, err = in.app.stage().Find(ctx, in.lab.Owner, in.lab.Scenario); err != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return lab, err
}

// How often it is looked at what a lab has written.
const diskPause = 20 * time.Second

// watch tells the learner of what the lab's hosts have written, once that is much, and sees
// to it that none fills the machine's disk.
func (in *visit) watch(ctx context.Context) {
	tick := time.NewTicker(diskPause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		full, _ := in.app.stage().Watch(ctx, in.lab) // what is wrong with the lab shows elsewhere
		for _, one := range full {
			fmt.Fprintf(in.app.Out, "\r\n%s\r\n", one)
		}
	}
}

// again is the command that goes back into the lab, or puts it back.
func (in *visit) again(command string) string {
	switch {
	case in.candidate == nil:
		return "endstate " + command + " " + in.lab.Scenario
	case command == "shell":
		command = "resume"
	}
	return examLine(command, in.candidate.id)
}

// lost tells why a shell ended that nobody left.
func (in *visit) lost(ctx context.Context, err error) error {
	if !errors.Is(err, seat.ErrLost) {
		return err
	}
	lab, findErr := in.look(ctx)
	switch {
	case errors.Is(findErr, labs.ErrNotFound):
		fmt.Fprintf(in.app.Err, "The lab of %s was stopped.\n", in.lab.Scenario)
		return nil
	case findErr == nil && lab.Running():
		return &labs.Problem{What: "The shell was killed, the lab goes on", Do: "Back into it: " + in.again("shell"), Err: err}
	}
	return &labs.Problem{What: "The lab's host stopped", Do: "Back into it, with all that is in it: " + in.again("shell") + "; or put it back: " + in.again("reset"), Err: errors.Join(err, findErr)}
}

package author

import (
	"context"
	"errors"
	"fmt"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/desk/visit"
	"endstate/internal/seat"
	"endstate/internal/tty"
	"endstate/labs"
)

// enterKept opens a shell in a lab that a proof left, and removes the lab afterwards. Without a
// terminal, it says how to reach the lab and how to remove it.
func (o *proveOptions) enterKept(ctx context.Context, kept *labs.Lab) error {
	t, ok := tty.Open(o.In, o.Out)
	about := kept.Scenario + " --owner " + kept.Owner
	for _, folder := range o.Flags.Scenarios {
		about += " --scenarios " + quote(folder)
	}
	if !ok || !o.output.ToScreen() {
		fmt.Fprintf(o.Err, `The lab is as the proof left it. It lasts for an hour.
Enter it: endstate shell %[1]s
See what the grader sees: endstate observe %[1]s
Remove it: endstate stop %[1]s
`, about)
		return nil
	}
	fmt.Fprintf(o.Out, `
This is the lab as the proof left it. Leave the shell, and it is removed.
What the grader sees, in another terminal: endstate observe %s

`, about)
	o.Flags.Owner = kept.Owner
	err := o.stayIn(ctx, t, kept)
	if err := o.Act(false, func(at *desk.Desk, emit labs.Emit) error {
		_, err := at.Stop(context.WithoutCancel(ctx), o.Who(), kept.Scenario, emit)
		return err
	}); err != nil {
		return err
	}
	fmt.Fprintln(o.Out, "Removed the lab.")
	return err
}

// stayIn returns when the author leaves the shell.
func (o *proveOptions) stayIn(ctx context.Context, t tty.Terminal, kept *labs.Lab) error {
	s := &door.Shell{Door: o.Door, Terminal: t, NoRecord: true}
	err := o.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
		s.Visit, err = visit.Enter(ctx, at, o.Who(), kept.Scenario, labs.Workspace, emit)
		return err
	})
	for err == nil {
		if err = s.Once(ctx, o.answers(s)); errors.Is(err, seat.ErrShellClosed) {
			err = nil // a reset closed it
			continue
		}
		break
	}
	if err != nil {
		return s.Lost(ctx, err)
	}
	return nil
}

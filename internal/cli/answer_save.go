package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/desk/saves"
	"endstate/internal/report"
	"endstate/labs"
)

// act calls the desk about the shell's lab, and shows its progress. If the act needs consent, it asks
// for it; it returns false for done without it.
func (c *inLab) act(ctx context.Context, do func(ctx context.Context, at *desk.Desk, lab string, agreed bool, emit labs.Emit) error) (done bool, err error) {
	at, err := c.shell.Desk()
	if err != nil {
		return false, err
	}
	err = door.Agreed(ctx, c.Screen, c.Style, func(ctx context.Context, agreed bool, emit labs.Emit) error {
		err := do(ctx, at, c.shell.Visit.Lab.Scenario, agreed, emit)
		done = err == nil
		return err
	})
	return done, err
}

func (c *inLab) save(ctx context.Context, args []string) error {
	var saved *saves.Saved
	done, err := c.act(ctx, func(ctx context.Context, at *desk.Desk, lab string, agreed bool, emit labs.Emit) (err error) {
		saved, err = saves.New(at).Save(ctx, c.shell.Who(), lab, strings.Join(args, ""), agreed, emit)
		return err
	})
	if err != nil || !done {
		return err
	}
	_, err = fmt.Fprintf(c, "Saved as %[1]s. Go back to it: reset --to %[1]s\n", saved.Name)
	return err
}

func (c *inLab) saved(ctx context.Context, _ []string) error {
	var found *saves.States
	_, err := c.act(ctx, func(ctx context.Context, at *desk.Desk, lab string, _ bool, emit labs.Emit) (err error) {
		found, err = saves.New(at).List(ctx, c.shell.Who(), lab, emit)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(ctx, func(w io.Writer, style report.Style) error {
		return writeStates(w, style, found, "save NAME", "reset --to NAME")
	}, nil)
}

func (c *inLab) extend(ctx context.Context, _ []string) error {
	var lab *labs.Lab
	_, err := c.act(ctx, func(ctx context.Context, at *desk.Desk, name string, _ bool, emit labs.Emit) (err error) {
		lab, err = at.Extend(ctx, c.shell.Who(), name, emit)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c, "The lab ends %s.\n", endOf(lab, c.shell.Clock()))
	return err
}

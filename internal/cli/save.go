package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/desk/saves"
	"endstate/internal/report"
	"endstate/labs"
)

// labVar adds the flag for the lab that a command is about, for commands whose arguments are
// something else.
func labVar(d *door.Door, c *cobra.Command, name *string) {
	c.Flags().StringVar(name, "lab", "", "the `SCENARIO` of the lab, if several are running")
	_ = c.RegisterFlagCompletionFunc("lab", d.CompleteLabFlag) // fails only for an unknown flag
}

func onLabNamed(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// saveOptions are the options of save.
type saveOptions struct {
	*door.Door
	lab string
	yes bool
}

func saveCommand(d *door.Door) *cobra.Command {
	o := &saveOptions{Door: d}
	c := &cobra.Command{
		Use:   "save [NAME]",
		Short: "Save the lab as it is now, to go back to it later",
		Long: "Save the lab as it is now: everything on the disks of its hosts, servers included. Go back to it with reset --to NAME, as often as you like. " +
			"What only runs or is in memory, such as open shells and transactions, is not saved. A lab has at most five saved states of 1 GiB each; they are removed with it.",
		Example: "  endstate save before-rebase\n  endstate reset --to before-rebase",
		Args:    door.AtMost(1, "one name at most"),
		RunE:    func(c *cobra.Command, args []string) error { return o.run(c.Context(), strings.Join(args, "")) },
	}
	c.Flags().BoolVarP(&o.yes, "yes", "y", false, "replace a state of that name without asking")
	labVar(d, c, &o.lab)
	return c
}

func (o *saveOptions) run(ctx context.Context, as string) error {
	return o.OnLab(ctx, onLabNamed(o.lab), func(name string) error {
		return o.Agreeing(ctx, o.yes, func(agreed bool) error {
			return o.Act(false, func(at *desk.Desk, emit labs.Emit) error {
				saved, err := saves.New(at).Save(ctx, o.Who(), name, as, agreed, emit)
				if err == nil {
					fmt.Fprintf(o.Out, "Saved the lab of %[1]s as %[2]s. Go back to it: endstate reset %[1]s --to %[2]s\n", saved.Lab.Scenario, saved.Name)
				}
				return err
			})
		})
	})
}

// savedOptions are the options of saved.
type savedOptions struct {
	*door.Door
	output door.Output
	remove string
}

func savedCommand(d *door.Door) *cobra.Command {
	o := &savedOptions{Door: d}
	c := d.OfLab(&cobra.Command{
		Use:   "saved",
		Short: "List the saved states of a lab, or remove one",
	}, o.run)
	c.Flags().StringVar(&o.remove, "remove", "", "remove the state of this `NAME`")
	d.OutputVar(c, &o.output)
	return c
}

func (o *savedOptions) run(ctx context.Context, args []string) error {
	return o.OnLab(ctx, args, func(name string) error {
		var found *saves.States
		err := o.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
			room := saves.New(at)
			if o.remove != "" {
				if err := room.Remove(ctx, o.Who(), name, o.remove, emit); err != nil {
					return err
				}
			}
			found, err = room.List(ctx, o.Who(), name, emit)
			return err
		})
		if err != nil {
			return err
		}
		return o.output.Write(door.Forms{Value: found, Text: func(w io.Writer, style report.Style) error {
			return writeStates(w, style, found, "endstate save NAME", "endstate reset "+found.Lab.Scenario+" --to NAME")
		}})
	})
}

// writeStates writes the saved states of a lab. save and reset are the commands that save it and go
// back.
func writeStates(w io.Writer, style report.Style, found *saves.States, save, reset string) error {
	if len(found.States) == 0 {
		_, err := fmt.Fprint(w, style.Paragraph("The lab has no saved state. Save it as it is now: "+save, 0))
		return err
	}
	rows := [][]string{{"STATE", "SAVED AT"}}
	for _, state := range found.States {
		rows = append(rows, []string{state.Name, state.Made.Local().Format("15:04:05")})
	}
	if err := door.WriteTable(w, rows); err != nil {
		return err
	}
	_, err := fmt.Fprint(w, "\n", style.Paragraph(fmt.Sprintf("%d of %d. Go back to one: %s", len(found.States), found.Most, reset), 0))
	return err
}

package author

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	authordesk "endstate/internal/desk/author"
	"endstate/internal/report"
	"endstate/labs"
)

func scenariosCommand(d *door.Door) *cobra.Command {
	c := &cobra.Command{
		Use:   "scenarios",
		Short: "Use scenarios of others: add, update, list and remove collections",
		Long: `Use scenarios of others. A collection is a Git repository of scenario folders: an https
address, or a folder of this machine, with #BRANCH, #TAG or @COMMIT. It is pinned to the commit
that it has when it is added, and used without a network, until it is updated.`,
		Args: door.CheckSubcommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(addCommand(d), updateCommand(d), collectionsCommand(d), removeCommand(d))
	return c
}

func addCommand(d *door.Door) *cobra.Command {
	var output door.Output
	c := &cobra.Command{
		Use:     "add ADDRESS",
		Short:   "Fetch a collection of scenarios, and pin it to its commit",
		Example: "  endstate scenarios add https://example.com/labs.git\n  endstate scenarios add https://example.com/labs.git#v2",
		Args:    door.Exactly(1, "one address"),
		RunE: func(c *cobra.Command, args []string) error {
			var added *authordesk.Collected
			err := d.Act(output.AsJSON(), func(at *desk.Desk, emit labs.Emit) (err error) {
				added, err = authordesk.New(at).AddCollection(c.Context(), d.Who(), args[0], emit)
				return err
			})
			if err != nil {
				return err
			}
			return output.Write(door.Forms{Value: added, Text: func(w io.Writer, _ report.Style) error { return showCollections(w, *added) }})
		},
	}
	d.OutputVar(c, &output)
	return c
}

func updateCommand(d *door.Door) *cobra.Command {
	var output door.Output
	c := &cobra.Command{
		Use:   "update [NAME]",
		Short: "Fetch collections again: one, or all",
		Args:  door.AtMost(1, "one collection at most"),
		RunE: func(c *cobra.Command, args []string) error {
			var updated []authordesk.Collected
			err := d.Act(output.AsJSON(), func(at *desk.Desk, emit labs.Emit) (err error) {
				updated, err = authordesk.New(at).UpdateCollection(c.Context(), d.Who(), strings.Join(args, ""), emit)
				return err
			})
			if err != nil && len(updated) == 0 {
				return err
			}
			shown := output.Write(door.Forms{Value: updated, Text: func(w io.Writer, _ report.Style) error { return showCollections(w, updated...) }})
			if err != nil {
				return err
			}
			return shown
		},
	}
	d.OutputVar(c, &output)
	return c
}

func collectionsCommand(d *door.Door) *cobra.Command {
	var output door.Output
	c := &cobra.Command{
		Use:   "list",
		Short: "List the collections that were added",
		Args:  door.Exactly(0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			var all []authordesk.Collected
			err := d.Act(output.AsJSON(), func(at *desk.Desk, _ labs.Emit) (err error) {
				all, err = authordesk.New(at).ListCollections(d.Who())
				return err
			})
			if err != nil {
				return err
			}
			return output.Write(door.Forms{Value: all, Text: func(w io.Writer, _ report.Style) error {
				if len(all) == 0 {
					_, err := fmt.Fprintln(w, "No collection was added. Add one: endstate scenarios add ADDRESS")
					return err
				}
				return showCollections(w, all...)
			}})
		},
	}
	d.OutputVar(c, &output)
	return c
}

func removeCommand(d *door.Door) *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove a collection",
		Args:  door.Exactly(1, "one collection"),
		RunE: func(_ *cobra.Command, args []string) error {
			return d.Act(false, func(at *desk.Desk, _ labs.Emit) error {
				removed, err := authordesk.New(at).RemoveCollection(d.Who(), args[0])
				if err == nil {
					fmt.Fprintf(d.Out, "Removed %s, which came from %s.\n", removed.Name, report.Visible(removed.Address))
				}
				return err
			})
		},
	}
}

// showCollections writes what each collection is and what can be used of it.
func showCollections(w io.Writer, all ...authordesk.Collected) error {
	for _, c := range all {
		commit := "at commit " + c.Short()
		if c.Before != "" && c.Before != c.Commit {
			commit = "updated from " + c.Before[:len(c.Short())] + " to commit " + c.Short()
		}
		fmt.Fprintf(w, "%s: %s, %s\n", c.Name, report.Visible(c.Address), commit)
		if len(c.Scenarios) == 0 {
			fmt.Fprintln(w, "  It has no scenario that can be used.")
		}
		for _, name := range c.Scenarios {
			fmt.Fprintf(w, "  %s\n", name)
		}
		if len(c.LeftOut) > 0 {
			fmt.Fprintf(w, "  Left out, because others have the same names: %s\n", strings.Join(c.LeftOut, ", "))
		}
	}
	return nil
}

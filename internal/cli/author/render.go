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

func renderCommand(d *door.Door) *cobra.Command {
	var seed *uint64
	var output door.Output
	c := &cobra.Command{
		Use:   "render SCENARIO [PART]",
		Short: "Show a scenario at one seed, as it comes out of its templates",
		Long: `Show a scenario at one seed, as it comes out of its templates: params, task, setup, fault,
facts, checks, guards, hints, proofs, debrief and files. PART is one of these, or a single file,
check, guard, fact or proof by name. Without --seed, the seed is 1.`,
		Example:           "  endstate render mysql-lost-rows --seed 7\n  endstate render mysql-lost-rows checks\n  endstate render mysql-lost-rows setup/schema.sql | head",
		ValidArgsFunction: d.CompleteScenarios,
		Args:              oneOrTwo("a scenario, and perhaps a part"),
		RunE: func(_ *cobra.Command, args []string) error {
			first := uint64(1)
			if seed != nil {
				first = *seed
			}
			return render(d, args[0], append(args, "")[1], first, &output)
		},
	}
	door.SeedVar(c, &seed, "the seed (default: 1)")
	d.OutputVar(c, &output)
	return c
}

func render(d *door.Door, name, part string, seed uint64, output *door.Output) error {
	var rendered *authordesk.Rendered
	err := d.Act(output.AsJSON(), func(at *desk.Desk, _ labs.Emit) (err error) {
		rendered, err = authordesk.New(at).Render(d.Who(), name, seed, part)
		return err
	})
	if err != nil {
		return err
	}
	return output.Write(door.Forms{Value: rendered, Text: func(w io.Writer, style report.Style) error { return showRendered(w, style, rendered) }})
}

// showRendered writes sections under their headings, and a single one as it is, for other programs.
func showRendered(w io.Writer, style report.Style, rendered *authordesk.Rendered) error {
	for i, section := range rendered.Sections {
		if i > 0 {
			fmt.Fprintln(w)
		}
		heading := section.Group + " · " + section.Name
		if section.Group == section.Name {
			heading = section.Name
		}
		if len(rendered.Sections) > 1 {
			fmt.Fprintln(w, style.Bold("── "+report.Visible(heading)+" ──"))
		}
		if _, err := fmt.Fprintln(w, strings.TrimSuffix(report.Visible(section.Text), "\n")); err != nil {
			return err
		}
	}
	return nil
}

// oneOrTwo checks that a command gets one argument or two.
func oneOrTwo(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return door.Exactly(1, what)(c, args)
		}
		return door.AtMost(2, what)(c, args)
	}
}

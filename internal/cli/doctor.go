package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/desk/machine"
	"endstate/internal/report"
	"endstate/labs"
)

// doctorOptions are the options of doctor.
type doctorOptions struct {
	*door.Door
	output door.Output
}

func doctorCommand(d *door.Door) *cobra.Command {
	o := &doctorOptions{Door: d}
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check whether the machine has everything that labs need, and say what to do",
		Args:  door.Exactly(0, "no arguments"),
		RunE:  func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	d.OutputVar(c, &o.output)
	return c
}

// finding is a finding, with what to do about it in words.
type finding struct {
	machine.Finding
	Do string `json:"do,omitempty"`
}

func (o *doctorOptions) run(ctx context.Context) error {
	var all []finding
	err := o.Act(false, func(at *desk.Desk, emit labs.Emit) error {
		for _, f := range machine.New(at).Examine(ctx, o.Who(), emit) {
			one := finding{Finding: f}
			if f.Help != nil {
				one.Do = door.HelpWith(f.Help)
			}
			all = append(all, one)
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = o.output.Write(door.Forms{Value: all, Text: func(w io.Writer, style report.Style) error { return writeFindings(w, style, all) }})
	if err == nil && slices.ContainsFunc(all, func(f finding) bool { return f.State == machine.FindingBad }) {
		return door.ErrUngraded
	}
	return err
}

func writeFindings(w io.Writer, style report.Style, all []finding) error {
	signs := map[machine.FindingState]string{machine.FindingOK: style.Good("✓"), machine.FindingWarn: style.Warn("!"), machine.FindingBad: style.Bad("✗")}
	for _, f := range all {
		fmt.Fprintf(w, "%s %-20s %s\n", signs[f.State], f.About, report.Visible(f.Text))
		if f.Do != "" {
			fmt.Fprintf(w, "  %-20s %s\n", "", strings.ReplaceAll(f.Do, "\n", "\n                       "))
		}
	}
	return nil
}

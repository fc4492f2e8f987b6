// Package author has the command line's commands for authors of scenarios.
package author

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	authordesk "endstate/internal/desk/author"
	"endstate/internal/grading"
	"endstate/internal/report"
	"endstate/labs"
)

// Commands returns the commands of this room.
func Commands(d *door.Door) []*cobra.Command {
	return []*cobra.Command{newCommand(d), lintCommand(d), proveCommand(d)}
}

// proveOptions are the options of prove.
type proveOptions struct {
	*door.Door
	wanted authordesk.Proving
	seed   *uint64
	output door.Output
}

func proveCommand(d *door.Door) *cobra.Command {
	o := &proveOptions{Door: d}
	c := &cobra.Command{
		Use:   "prove [SCENARIO…]",
		Short: "Play every proof of a scenario and compare the verdicts",
		Long: `Play every proof of the scenarios, over several seeds, and compare the verdicts
with what the proofs state. Without names, all scenarios.`,
		ValidArgsFunction: d.CompleteScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			o.wanted.Scenarios = args
			return o.run(c.Context())
		},
	}
	c.Flags().IntVar(&o.wanted.Seeds, "seeds", 3, "how many seeds")
	door.SeedVar(c, &o.seed, "the first seed (default: at random)")
	c.Flags().IntVar(&o.wanted.Parallel, "parallel", 3, "how many labs at once")
	c.Flags().StringVar(&o.wanted.Proof, "proof", "", "only the proofs whose name contains this, and those that they continue")
	d.OutputVar(c, &o.output)
	return c
}

func (o *proveOptions) run(ctx context.Context) error {
	o.wanted.First = desk.DrawSeed()
	if o.seed != nil {
		o.wanted.First = *o.seed
	}
	var results []grading.ProofResult
	err := o.Act(o.output.AsJSON(), func(at *desk.Desk, emit labs.Emit) (err error) {
		results, err = authordesk.New(at).Prove(ctx, o.Who(), o.wanted, emit)
		return err
	})
	if err != nil {
		if len(results) > 0 {
			_ = o.show(results)
		}
		return err
	}
	return o.show(results)
}

func (o *proveOptions) show(results []grading.ProofResult) error {
	wrong, failed := 0, 0
	for _, r := range results {
		switch {
		case r.Failed != "":
			failed++
		case !r.Proved():
			wrong++
		}
	}
	err := o.output.Write(door.Forms{Value: results, Text: func(w io.Writer, style report.Style) error {
		return writeProofs(w, style, results, wrong, failed)
	}})
	switch {
	case err != nil:
		return err
	case wrong > 0:
		return door.ErrFailed
	case failed > 0:
		return door.ErrUngraded
	}
	return nil
}

func writeProofs(w io.Writer, style report.Style, results []grading.ProofResult, wrong, failed int) error {
	for _, r := range results {
		sign := style.Good("✓")
		switch {
		case r.Failed != "":
			sign = style.Warn("?")
		case !r.Proved():
			sign = style.Bad("✗")
		}
		fmt.Fprintf(w, "%s %s · seed %d · %s %s\n", sign, r.Scenario, r.Seed, r.Proof, style.Dim(r.Took.Round(10*time.Millisecond).String()))
		if r.Failed != "" {
			fmt.Fprintf(w, "    could not be played: %s\n", strings.ReplaceAll(report.Visible(r.Failed), "\n", "\n    "))
		}
		for _, line := range r.Wrong {
			fmt.Fprintf(w, "    %s\n", strings.ReplaceAll(report.Visible(line), "\n", "\n    "))
		}
		if r.Output != "" {
			fmt.Fprintf(w, "    the last lines of the script:\n      %s\n", strings.ReplaceAll(report.Visible(r.Output), "\n", "\n      "))
		}
	}
	fmt.Fprintf(w, "%d proofs, %d wrong", len(results), wrong)
	if failed > 0 {
		fmt.Fprintf(w, ", %d could not be played", failed)
	}
	_, err := fmt.Fprintln(w)
	return err
}

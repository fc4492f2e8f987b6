// Package author has the command line's commands for authors of scenarios.
package author

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	authordesk "endstate/internal/desk/author"
	"endstate/internal/grading"
	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/labs"
)

// Answers returns what answers the in-lab commands of a shell.
type Answers func(*door.Shell) seat.Answer

// Commands returns the commands of this room.
func Commands(d *door.Door, answers Answers) []*cobra.Command {
	return []*cobra.Command{newCommand(d), lintCommand(d), renderCommand(d), proveCommand(d, answers), observeCommand(d), scenariosCommand(d)}
}

// proveOptions are the options of prove.
type proveOptions struct {
	*door.Door
	wanted  authordesk.Proving
	seed    *uint64
	output  door.Output
	watch   bool
	answers Answers
}

func proveCommand(d *door.Door, answers Answers) *cobra.Command {
	o := &proveOptions{Door: d, answers: answers}
	c := &cobra.Command{
		Use:   "prove [SCENARIO…]",
		Short: "Play every proof of a scenario and compare the verdicts",
		Long: `Play every proof of the scenarios, over several seeds, and compare the verdicts
with what the proofs state. Without names, all scenarios. Besides the first seed, prove plays
those that together take as many as possible of the alternatives of choice and pick.

--fail-fast plays no more once something is not as stated. --keep also keeps the lab, as the
proof left it, and opens a shell in it. --watch plays again whenever a file of the scenarios
changes, until Ctrl-C; what the change does not touch is not built again.`,
		Example:           "  endstate prove mysql-lost-rows --fail-fast\n  endstate prove mysql-lost-rows --seeds 1 --watch\n  endstate prove mysql-lost-rows --proof \"new ids\" --keep",
		ValidArgsFunction: d.CompleteScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			o.wanted.Scenarios = args
			return o.run(c.Context())
		},
	}
	c.Flags().IntVar(&o.wanted.Seeds, "seeds", 3, "this `number` of seeds")
	door.SeedVar(c, &o.seed, "the first seed (default: at random)")
	c.Flags().IntVar(&o.wanted.Parallel, "parallel", 3, "this `number` of labs at once")
	c.Flags().StringVar(&o.wanted.Proof, "proof", "", "only the proofs whose `name` contains this, and those that they continue")
	c.Flags().BoolVar(&o.wanted.FailFast, "fail-fast", false, "play no more once something is not as stated")
	c.Flags().BoolVar(&o.wanted.Keep, "keep", false, "play no more once something is not as stated, and open a shell in that lab")
	c.Flags().BoolVar(&o.watch, "watch", false, "play again whenever a file changes, until Ctrl-C")
	d.OutputVar(c, &o.output)
	return c
}

func (o *proveOptions) run(ctx context.Context) error {
	if o.watch && (!o.output.ToScreen() || o.wanted.Keep) {
		return labs.Misuse("--watch goes with neither --keep nor another output than the screen", "Leave one of them out.")
	}
	o.wanted.First = desk.DrawSeed()
	if o.seed != nil {
		o.wanted.First = *o.seed
	}
	if o.watch {
		return o.keepWatching(ctx)
	}
	var proved *authordesk.Proved
	err := o.Act(o.output.AsJSON(), func(at *desk.Desk, emit labs.Emit) (err error) {
		proved, err = authordesk.New(at).Prove(ctx, o.Who(), o.wanted, emit)
		return err
	})
	if err != nil {
		if proved != nil && len(proved.Results) > 0 {
			_ = o.show(proved)
		}
		return err
	}
	err = o.show(proved)
	if kept := proved.Kept(); kept != nil {
		return errors.Join(o.enterKept(ctx, kept), err)
	}
	return err
}

func (o *proveOptions) show(proved *authordesk.Proved) error {
	err := o.output.Write(door.Forms{Value: proved.Results, Text: func(w io.Writer, style report.Style) error {
		for _, r := range proved.Results {
			showResult(w, style, r, o.wanted.Proof != "")
		}
		if len(o.wanted.Scenarios) > 0 && o.wanted.Seeds > 1 {
			for _, played := range proved.Played {
				fmt.Fprintln(w, seedsOf(played))
			}
		}
		_, err := fmt.Fprintln(w, summary(proved))
		return err
	}})
	found := countOf(proved)
	switch {
	case err != nil:
		return err
	case found.wrong+found.setups > 0:
		return door.ErrFailed
	case found.failed > 0:
		return door.ErrUngraded
	}
	return nil
}

// showResult shows the result of a proof. With messages, it also shows what a learner would read.
func showResult(w io.Writer, style report.Style, r grading.ProofResult, messages bool) {
	if r.SetupFailed() != nil {
		fmt.Fprintf(w, "%s %s · seed %d · its setup failed, as shown above\n", style.Bad("✗"), r.Scenario, r.Seed)
		return
	}
	sign := style.Good("✓")
	switch {
	case r.Failed != "":
		sign = style.Warn("?")
	case !r.Proved():
		sign = style.Bad("✗")
	}
	fmt.Fprintf(w, "%s %s · seed %d · %s %s\n", sign, r.Scenario, r.Seed, r.Proof, style.Dim(fmt.Sprintf("%.1f s", r.Took.Seconds())))
	if r.Failed != "" {
		fmt.Fprintf(w, "    could not be played: %s\n", strings.ReplaceAll(report.Visible(r.Failed), "\n", "\n    "))
	}
	for _, line := range r.Wrong {
		fmt.Fprintf(w, "    %s\n", strings.ReplaceAll(report.Visible(line), "\n", "\n    "))
	}
	if messages && r.Proved() && r.Report != nil {
		for _, result := range r.Report.Results() {
			if result.Verdict == labs.Failed {
				fmt.Fprintf(w, "    %s: %s\n", result.ID, strings.ReplaceAll(report.Visible(result.Message), "\n", "\n    "))
			}
		}
	}
	if r.Proved() && r.Status != 0 {
		fmt.Fprintf(w, "    its script ended with status %d: %s\n", r.Status, report.Visible(lastLine(r.Output)))
		return
	}
	if r.Output != "" {
		fmt.Fprintf(w, "    the last lines of the script:\n      %s\n", strings.ReplaceAll(report.Visible(r.Output), "\n", "\n      "))
	}
}

// seedsOf says at which seeds a scenario was played, and what they take of its choices.
func seedsOf(played authordesk.Played) string {
	seeds := make([]string, len(played.Seeds))
	for i, seed := range played.Seeds {
		seeds[i] = fmt.Sprint(seed)
	}
	line := fmt.Sprintf("%s at the seeds %s", played.Scenario, strings.Join(seeds, ", "))
	switch {
	case played.Choices == 0:
		return line
	case len(played.Missed) == 0:
		return fmt.Sprintf("%s, which take all %d choices of its params", line, played.Choices)
	}
	return fmt.Sprintf("%s, which take %d of %d choices of its params; not: %s",
		line, played.Choices-len(played.Missed), played.Choices, report.Visible(strings.Join(played.Missed, ", ")))
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// counts says how many proofs came to what.
type counts struct{ proofs, wrong, failed, setups int }

func countOf(proved *authordesk.Proved) counts {
	var c counts
	for _, r := range proved.Results {
		if r.SetupFailed() != nil {
			c.setups++
			continue
		}
		c.proofs++
		switch {
		case r.Failed != "":
			c.failed++
		case !r.Proved():
			c.wrong++
		}
	}
	return c
}

// summary says in one line what came of proofs.
func summary(proved *authordesk.Proved) string {
	c := countOf(proved)
	line := fmt.Sprintf("%s, %d wrong", labs.Count(c.proofs, "proof"), c.wrong)
	setups := "setups failed"
	if c.setups == 1 {
		setups = "setup failed"
	}
	for _, more := range []struct {
		count int
		text  string
	}{{c.failed, "could not be played"}, {c.setups, setups}, {proved.NotPlayed, "not played"}} {
		if more.count > 0 {
			line += fmt.Sprintf(", %d %s", more.count, more.text)
		}
	}
	return line
}

package cli

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/report"
	"endstate/internal/tty"
	"endstate/labs"
)

// A seed that nobody chose is short, so that it can be said aloud.
const maxSeed = 9999

func (a *app) startCommand() *cobra.Command {
	var seed uint64
	var noShell, asJSON bool
	c := &cobra.Command{
		Use:               "start SCENARIO",
		Short:             "Start a lab and open its shell",
		Long:              "Start a lab and open its shell. Without a terminal, print the task and the commands that come next.",
		Example:           "  endstate start git-merge-conflict\n  endstate start git-merge-conflict --seed 42 --no-shell",
		Args:              exactly(1, "a scenario; see: endstate list"),
		ValidArgsFunction: a.completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			if !c.Flags().Changed("seed") {
				seed = rand.Uint64N(maxSeed) + 1
			}
			return a.start(c.Context(), args[0], seed, c.Flags().Changed("seed"), noShell, asJSON)
		},
	}
	seedVar(c, &seed, "the seed: the same one is the same exercise (default: at random)")
	c.Flags().BoolVar(&noShell, "no-shell", false, "don't open a shell")
	c.Flags().BoolVar(&asJSON, "json", false, "print the lab as JSON, and progress as JSON lines; opens no shell")
	a.recordFlag(c)
	return c
}

// seedFlag is a seed as it is given on the command line.
type seedFlag struct{ seed *uint64 }

func (f seedFlag) String() string { return "" }

func (f seedFlag) Type() string { return "number" }

func (f seedFlag) Set(text string) (err error) {
	*f.seed, err = labs.ParseSeed(text)
	return err
}

func seedVar(c *cobra.Command, seed *uint64, usage string) {
	c.Flags().Var(seedFlag{seed}, "seed", usage)
}

func (a *app) start(ctx context.Context, name string, seed uint64, chosen, noShell, asJSON bool) error {
	if err := a.ofNoExam(); err != nil {
		return err
	}
	v, err := a.scenarios().Variant(name, seed)
	if err != nil {
		return err
	}
	life, err := a.life()
	if err != nil {
		return err
	}
	if err := a.open(ctx); err != nil {
		return err
	}
	t, onTerminal := tty.Open(a.In, a.Out)
	withShell := onTerminal && !noShell && !asJSON
	lab, err := a.runningLab(ctx, name)
	if err == nil && (!chosen || lab.Seed == seed) {
		fmt.Fprintf(a.Err, "The lab of %s is running already, at seed %d.\n", name, lab.Seed)
		v, err = a.variantOf(lab)
	} else {
		err = a.progress(asJSON, func(emit labs.Emit) error {
			lab, err = a.stage().Start(ctx, v, a.owner(), life, emit)
			return err
		})
	}
	if err != nil {
		return err
	}
	a.learned(ctx, lab, v, "The lab works all the same.", func(*attempts.Store, *attempts.Attempt) error { return nil })
	if asJSON {
		return report.JSON(a.Out, lab)
	}
	if err := a.showTask(a.Out, a.style(a.Out), lab, v); err != nil {
		return err
	}
	if withShell {
		return a.enter(ctx, t, lab, labs.Workspace)
	}
	a.showNext(lab)
	return nil
}

// runningLab returns the lab that the owner has of a scenario.
func (a *app) runningLab(ctx context.Context, name string) (*labs.Lab, error) {
	lab, err := a.stage().Find(ctx, a.owner(), name)
	if err == nil && !(lab.Whole && lab.Running()) {
		err = labs.ErrNotFound
	}
	return lab, err
}

func (a *app) showNext(lab *labs.Lab) {
	fmt.Fprintf(a.Out, `
The lab is running, at seed %[2]d. What comes next:
  endstate shell %[1]s    work in it
  endstate check %[1]s    see what is right and what is not yet
  endstate hint %[1]s     when stuck
  endstate stop %[1]s     remove every trace
`, lab.Scenario, lab.Seed)
}

// completeScenarios completes a scenario's name.
func (a *app) completeScenarios(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, s := range a.scenarios().List() {
		names = append(names, s.Name+"\t"+report.Visible(s.Title))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

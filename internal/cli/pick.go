package cli

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/seat"
	"endstate/internal/tty"
	"endstate/labs"
)

// ofLab makes a command one about a running lab.
func (a *app) ofLab(c *cobra.Command, do func(context.Context, *labs.Lab, *labs.Variant) error) *cobra.Command {
	c.Use += " [SCENARIO]"
	c.Args, c.ValidArgsFunction = atMost(1, "one scenario at most"), a.completeScenarios
	c.RunE = func(c *cobra.Command, args []string) error {
		lab, err := a.pick(c.Context(), args)
		if err != nil {
			return err
		}
		v, err := a.variantOf(lab)
		if err != nil {
			return err
		}
		return do(c.Context(), lab, v)
	}
	return c
}

// pick returns the lab that a command is about: the named scenario's, or the only
// one there is. With several it asks on a terminal, and says so otherwise.
func (a *app) pick(ctx context.Context, args []string) (*labs.Lab, error) {
	if err := a.ofNoExam(); err != nil {
		return nil, err
	}
	if err := a.open(ctx); err != nil {
		return nil, err
	}
	mine, err := a.stage().Labs(ctx, a.owner())
	if err != nil {
		return nil, err
	}
	if len(args) > 0 {
		return a.named(mine, args[0])
	}
	switch len(mine) {
	case 0:
		return nil, labs.Misuse("No lab is running", "Start one: endstate start SCENARIO · see them: endstate list")
	case 1:
		return mine[0], nil
	}
	return a.choose(mine)
}

// named returns the lab of a scenario; the lab's own ID is understood too.
func (a *app) named(mine []*labs.Lab, name string) (*labs.Lab, error) {
	i := slices.IndexFunc(mine, func(l *labs.Lab) bool { return l.Scenario == name || l.ID == name })
	if i >= 0 {
		return mine[i], nil
	}
	if _, err := a.scenarios().Variant(name, 1); err != nil {
		return nil, err
	}
	return nil, labs.Misuse("No lab of "+name+" is running", "Start it: endstate start "+name)
}

func (a *app) choose(mine []*labs.Lab) (*labs.Lab, error) {
	names := make([]string, len(mine))
	for i, lab := range mine {
		names[i] = lab.Scenario
	}
	if _, ok := tty.Open(a.In, a.Err); !ok {
		return nil, labs.Misuse("Several labs are running", "Name one of: "+strings.Join(names, ", "))
	}
	for i, name := range names {
		fmt.Fprintf(a.Err, "%2d  %s\n", i+1, name)
	}
	fmt.Fprint(a.Err, "Which lab? ")
	line, _ := bufio.NewReader(a.In).ReadString('\n')
	var n int
	if _, err := fmt.Sscan(line, &n); err != nil || n < 1 || n > len(mine) {
		return nil, labs.Misuse("No lab was chosen", "Name one of: "+strings.Join(names, ", "))
	}
	return mine[n-1], nil
}

// confirm asks a question that only "y" answers with yes. Without a terminal it is
// a no, and the flag that says yes is named. Ctrl-C ends it.
func (a *app) confirm(ctx context.Context, question, flag string) (bool, error) {
	if _, ok := tty.Open(a.In, a.Err); !ok {
		return false, labs.Misuse("This asks first, and nobody is there to answer", "Say yes with "+flag+".")
	}
	fmt.Fprint(a.Err, question+" [y/N] ")
	typed := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(a.In).ReadString('\n')
		typed <- line
	}()
	select {
	case line := <-typed:
		return seat.IsYes(line), nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}

// variantOf draws the variant that a lab runs.
func (a *app) variantOf(lab *labs.Lab) (*labs.Variant, error) {
	return a.scenarios().Variant(lab.Scenario, lab.Seed)
}

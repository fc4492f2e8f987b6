package door

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"endstate/labs"
)

// CheckSubcommand returns an error for unknown subcommands of c, and suggests similar ones.
func CheckSubcommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	do := "See: " + c.CommandPath() + " --help"
	c.SuggestionsMinimumDistance = 2
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		do = "Did you mean " + strings.Join(near, ", ") + "?"
	}
	return labs.Misuse(fmt.Sprintf("There is no command %q", c.CommandPath()+" "+args[0]), do)
}

// Exactly checks that a command gets exactly n arguments.
func Exactly(n int, what string) cobra.PositionalArgs { return Between(n, n, what) }

// AtMost checks that a command gets at most n arguments.
func AtMost(n int, what string) cobra.PositionalArgs { return Between(0, n, what) }

// Between checks that a command gets neither fewer nor more arguments than it can take.
func Between(least, most int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) >= least && len(args) <= most {
			return nil
		}
		return labs.Misuse(c.CommandPath()+" takes "+what, "See: "+c.CommandPath()+" --help")
	}
}

// seedFlag is the value of a flag for seeds.
type seedFlag struct{ seed **uint64 }

func (f seedFlag) String() string { return "" }

func (f seedFlag) Type() string { return "number" }

// Takes says what values the flag takes.
func (f seedFlag) Takes() string {
	return fmt.Sprintf("It takes a whole number from 0 to %d.", labs.MaxSeed)
}

func (f seedFlag) Set(text string) error {
	seed, err := labs.ParseSeed(text)
	if err != nil {
		return &ValueError{f.Takes()}
	}
	*f.seed = &seed
	return nil
}

// SeedVar adds the flag for a seed to a command.
func SeedVar(c *cobra.Command, seed **uint64, usage string) {
	c.Flags().Var(seedFlag{seed}, "seed", usage)
}

// RecordVar adds the flag that turns recording off to a command that opens a shell.
func RecordVar(c *cobra.Command, noRecord *bool) {
	c.Flags().BoolVar(noRecord, "no-record", false, "don't record the terminal (ENDSTATE_RECORD=off)")
}

package door

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"endstate/labs"
)

// Known refuses what is no command below c, and names those that are nearly like it.
func Known(c *cobra.Command, args []string) error {
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

// Exactly is for commands that take so many arguments, no more and no fewer.
func Exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return labs.Misuse(c.CommandPath()+" takes "+what, "See: "+c.CommandPath()+" --help")
	}
}

// AtMost is for commands whose arguments may be left out.
func AtMost(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		return labs.Misuse(c.CommandPath()+" takes "+what, "See: "+c.CommandPath()+" --help")
	}
}

// seedFlag is a seed as it is given on the command line.
type seedFlag struct{ seed **uint64 }

func (f seedFlag) String() string { return "" }

func (f seedFlag) Type() string { return "number" }

func (f seedFlag) Set(text string) error {
	seed, err := labs.ParseSeed(text)
	*f.seed = &seed
	return err
}

// SeedVar gives a command the flag that chooses a seed.
func SeedVar(c *cobra.Command, seed **uint64, usage string) {
	c.Flags().Var(seedFlag{seed}, "seed", usage)
}

// RecordVar gives a command that opens a shell the flag that keeps it unrecorded.
func RecordVar(c *cobra.Command, noRecord *bool) {
	c.Flags().BoolVar(noRecord, "no-record", false, "don't record the terminal (ENDSTATE_RECORD=off)")
}

package door

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"endstate/labs"
)

// FlagError words an error about a flag of a command: what is wrong with which flag, and what to do.
func FlagError(c *cobra.Command, err error) error {
	see := "See: " + c.CommandPath() + " --help"
	var unknown *pflag.NotExistError
	var lacking *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := dashed(unknown.GetSpecifiedName())
		return labs.Misuse(fmt.Sprintf("%s has no flag %s", c.CommandPath(), name), nearFlag(c, unknown.GetSpecifiedName(), see))
	case errors.As(err, &lacking):
		return labs.Misuse(flagName(lacking.GetFlag())+" needs a value", takes(lacking.GetFlag(), nil)+" "+see)
	case errors.As(err, &invalid):
		flag := invalid.GetFlag()
		return labs.Misuse(fmt.Sprintf("%s can't be %q", flagName(flag), invalid.GetValue()), takes(flag, invalid.Unwrap())+" "+see)
	}
	return labs.Misuse("The flags can't be read: "+err.Error(), see)
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func flagName(flag *pflag.Flag) string { return "--" + flag.Name }

// takes says what values a flag takes. cause is the error of a flag of our own, which says so itself.
func takes(flag *pflag.Flag, cause error) string {
	var says *ValueError
	switch flag.Value.Type() {
	case "int", "int64", "uint64":
		return "It takes a whole number."
	case "float64":
		return "It takes a number, such as 2 or 0.5."
	case "bool":
		if !errors.As(cause, &says) {
			return "It is a switch and takes no value."
		}
	}
	if errors.As(cause, &says) {
		return says.Advice
	}
	if text, ok := flag.Value.(interface{ Takes() string }); ok {
		return text.Takes()
	}
	kind, _ := pflag.UnquoteUsage(flag)
	return "It takes a " + kind + "."
}

// ValueError says what values a flag takes instead of the one it was given.
type ValueError struct{ Advice string }

func (e *ValueError) Error() string { return e.Advice }

// nearFlag suggests the flags of a command whose names are similar, by the measure that Cobra has
// for commands.
func nearFlag(c *cobra.Command, name, otherwise string) string {
	flags := &cobra.Command{SuggestionsMinimumDistance: 2}
	c.Flags().VisitAll(func(flag *pflag.Flag) {
		flags.AddCommand(&cobra.Command{Use: flag.Name, Hidden: flag.Hidden, Run: func(*cobra.Command, []string) {}})
	})
	near := flags.SuggestionsFor(name)
	if len(name) < 2 || len(near) == 0 {
		return otherwise
	}
	return "Did you mean --" + strings.Join(near, " or --") + "?"
}

package cli

import (
	"bytes"
	"context"
	_ "embed" // the words of a command line, for shells without bash-completion
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/labs"
)

// wordsForBash defines what Cobra's script takes from the package bash-completion, where that is
// missing.
//
//go:embed completion.bash
var wordsForBash []byte

// completionOptions are the options of completion install.
type completionOptions struct {
	*door.Door
	yes bool
}

// improveCompletion makes Cobra's command for completion report misuse and speak like ours and need no
// package, and adds install to it.
func improveCompletion(d *door.Door, c *cobra.Command) {
	c.Args, c.Short = door.CheckSubcommand, "Complete commands, flags and names in your shell"
	c.Long = "Complete commands, flags and names in your shell with the Tab key. The command install sets it up; the others print the script for a shell."
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	for _, shell := range c.Commands() {
		shell.Args = door.Exactly(0, "no arguments")
		shell.Short = "Print the script for " + shell.Name()
		shell.Long = shell.Short + ". To set completion up for good, use: endstate completion install"
		if shell.Name() == "bash" {
			write := shell.RunE
			shell.RunE = func(c *cobra.Command, args []string) error {
				if _, err := c.Root().OutOrStdout().Write(wordsForBash); err != nil {
					return err
				}
				return write(c, args)
			}
		}
	}
	o := &completionOptions{Door: d}
	install := &cobra.Command{
		Use:   "install [bash|zsh|fish]",
		Short: "Set up completion for your shell",
		Long: "Set up completion for your shell, or for the one that you name. The script is written to a file. For bash and zsh, a line in " +
			"~/.bashrc or ~/.zshrc reads it, and you are asked before that line is added. Doing it again changes nothing.",
		Example:   "  endstate completion install",
		Args:      door.AtMost(1, "one shell at most: bash, zsh or fish"),
		ValidArgs: []string{"bash", "zsh", "fish"},
		RunE: func(c *cobra.Command, args []string) error {
			return o.install(c.Context(), c.Root(), strings.Join(args, ""))
		},
	}
	install.Flags().BoolVarP(&o.yes, "yes", "y", false, "don't ask")
	c.AddCommand(install)
}

func (o *completionOptions) install(ctx context.Context, root *cobra.Command, shell string) error {
	if shell == "" {
		shell = filepath.Base(o.Env("SHELL"))
	}
	script := &bytes.Buffer{}
	file, settings, line := filepath.Join(o.Home(), "completion."+shell), "", ""
	var err error
	switch shell {
	case "bash":
		script.Write(wordsForBash)
		err = root.GenBashCompletionV2(script, true)
		settings, line = ".bashrc", fmt.Sprintf("[ -r %[1]s ] && . %[1]s # endstate completion", quoted(file))
	case "zsh":
		err = root.GenZshCompletion(script)
		settings, line = ".zshrc", fmt.Sprintf("(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }; [ -r %[1]s ] && . %[1]s # endstate completion", quoted(file))
	case "fish":
		err = root.GenFishCompletion(script, true)
		file = filepath.Join(o.Setting("XDG_CONFIG_HOME", filepath.Join(o.Env("HOME"), ".config")), "fish", "completions", "endstate.fish")
	default:
		return labs.Misuse(fmt.Sprintf("There is no completion for the shell %q", shell), "Name bash, zsh or fish: endstate completion install bash")
	}
	if err != nil {
		return err
	}
	if settings != "" {
		settings = filepath.Join(o.Env("HOME"), settings)
		if err := o.addLine(ctx, settings, line); err != nil {
			return err
		}
	}
	if err := saveScript(file, script.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(o.Out, "Written: %s\n", file)
	if settings != "" {
		fmt.Fprintf(o.Out, "It works in new shells.\nTo undo it, remove %s and the line in %s that ends in “endstate completion”.\n", file, settings)
		return nil
	}
	fmt.Fprintf(o.Out, "It works in new shells.\nTo undo it, remove %s\n", file)
	return nil
}

// addLine adds a line to a file of the user's, after asking. If it is there, it changes nothing.
func (o *completionOptions) addLine(ctx context.Context, file, line string) error {
	before, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cantWrite(file, err)
	}
	if strings.Contains(string(before), line+"\n") {
		fmt.Fprintf(o.Out, "%s reads it already.\n", file)
		return nil
	}
	agreed := o.yes
	if !agreed {
		if agreed, err = o.Confirm(ctx, "Add a line to "+file+" that reads the completion script?"); err != nil {
			return err
		}
	}
	if !agreed {
		return labs.Misuse(file+" was not changed", "To set completion up by hand, add this line to it:\n"+line)
	}
	if len(before) > 0 && before[len(before)-1] != '\n' {
		line = "\n" + line
	}
	out, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return cantWrite(file, err)
	}
	_, err = out.WriteString(line + "\n")
	if err = errors.Join(err, out.Close()); err != nil {
		return cantWrite(file, err)
	}
	fmt.Fprintf(o.Out, "Added a line to %s\n", file)
	return nil
}

func saveScript(file string, text []byte) error {
	err := os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = os.WriteFile(file, text, 0o644)
	}
	if err != nil {
		return cantWrite(file, err)
	}
	return nil
}

func cantWrite(file string, err error) error {
	return &labs.Problem{Code: labs.CodeFile, What: file + " can't be written", Advice: "Make sure that you can write to it.", Err: err}
}

// quoted quotes a path for a shell.
func quoted(path string) string { return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'" }

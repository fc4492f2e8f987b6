package cli

import (
	"github.com/spf13/cobra"

	"endstate/internal/cli/author"
	"endstate/internal/cli/door"
	"endstate/internal/cli/exam"
	"endstate/internal/cli/past"
	"endstate/internal/cli/people"
	"endstate/internal/cli/rehearse"
	"endstate/internal/cli/serve"
)

// rootCommand builds the command tree.
func rootCommand(d *door.Door) *cobra.Command {
	root := &cobra.Command{
		Use:           "endstate",
		Short:         "Hands-on labs in containers, graded by what you leave behind",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       d.Version,
		PersistentPreRun: func(c *cobra.Command, _ []string) {
			d.Running = true
			if finishes(c) {
				exam.FinishDue(c.Context(), d)
			}
		},
		Args: door.CheckSubcommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(d.In)
	root.SetOut(d.Out)
	root.SetErr(d.Err)
	root.SetFlagErrorFunc(door.FlagError)
	root.SetHelpFunc(d.Help(root.HelpFunc()))
	flags := root.PersistentFlags()
	flags.StringArrayVar(&d.Flags.Scenarios, "scenarios", nil, "a `folder` of scenarios, or the address of a Git repository of them; may be given again (ENDSTATE_SCENARIOS)")
	flags.StringVar(&d.Flags.Owner, "owner", "", "the `name` of whose labs these are (ENDSTATE_OWNER; else the user's name)")
	root.AddGroup(&cobra.Group{ID: "learn", Title: "Practise:"}, &cobra.Group{ID: "look", Title: "Look back:"}, &cobra.Group{ID: "write", Title: "Write scenarios:"}, &cobra.Group{ID: "keep", Title: "Look after the machine:"})
	grouped := func(id string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = id
			root.AddCommand(c)
		}
	}
	grouped("learn", listCommand(d), startCommand(d), taskCommand(d), shellCommand(d), checkCommand(d), hintCommand(d),
		solutionCommand(d), resetCommand(d), saveCommand(d), savedCommand(d), copyCommand(d), statusCommand(d), extendCommand(d), stopCommand(d), nextCommand(d), exam.Command(d), serve.Command(d, answerIn))
	grouped("learn", rehearse.Commands(d)...)
	grouped("look", past.Commands(d)...)
	grouped("write", author.Commands(d, answerIn)...)
	grouped("keep", people.Command(d), sweepCommand(d), imagesCommand(d), doctorCommand(d), versionCommand(d))
	// Cobra's own commands report misuse and are worded like ours.
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Args, c.Use, c.Short, c.Long = knownTopic, "help [COMMAND]", "Show the help of a command", "Show the help of a command, as its flag --help does."
		case "completion":
			improveCompletion(d, c)
		}
	}
	door.WordHelp(root)
	return root
}

// finishes reports whether a command ends the exams whose time is up. Commands for authors and
// about the machine do not.
func finishes(c *cobra.Command) bool {
	if c.Hidden || c.Annotations[exam.OnlyLooks] != "" {
		return false // the keeper ends its own exam
	}
	for c.HasParent() && c.Parent().HasParent() {
		c = c.Parent()
	}
	return c.GroupID != "" && c.GroupID != "write" && (c.GroupID != "keep" || c.Name() == "sweep")
}

// knownTopic checks the arguments of help, which are commands.
func knownTopic(help *cobra.Command, args []string) error {
	c, rest, err := help.Root().Find(args)
	if err != nil {
		return err
	}
	return door.CheckSubcommand(c, rest)
}

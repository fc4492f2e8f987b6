package door

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/desk"
	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/labs"
)

// InLab is a call of one of the commands that a lab's shell has in addition to its own.
type InLab struct {
	*seat.Screen
	Style       report.Style
	image       string // of the host
	hasToAnswer bool   // the task has questions that the command answer records
}

// InLab returns the call that a request makes. Its style suits the place where the command's output
// goes, and the environment in the lab. A pipe has the width of the terminal that it is read at.
func (s *Shell) InLab(request *seat.Request, screen *seat.Screen) *InLab {
	style := s.Style(s.Out)
	if s.Remote.Name != "" {
		style.Color = true
		style.Width, _ = screen.Size()
	}
	style.Color = style.Color && !request.NoColor && request.Term != "dumb"
	switch request.Output {
	case seat.OutputSeat:
	case seat.OutputTerminal:
		style.Width = request.Columns
	default:
		style = report.Style{Width: request.Columns}
	}
	image := ""
	if host := s.Visit.Variant.Host(s.Visit.Host); host != nil {
		image = host.Image
	}
	return &InLab{screen, style, image, len(s.Visit.Variant.Answers()) > 0}
}

// Command returns an in-lab command that takes at most n arguments.
func (c *InLab) Command(use, short string, n int, run func(ctx context.Context, args []string) error) *cobra.Command {
	takes := "no arguments"
	if n > 0 {
		takes = strings.TrimSpace(strings.SplitN(use, " ", 2)[1]) + " at most"
	}
	return &cobra.Command{
		Use: use, Short: short, Args: AtMost(n, takes),
		RunE: func(c *cobra.Command, args []string) error { return run(c.Context(), args) },
	}
}

// elsewhere says how to call the in-lab commands in the client of a workspace's image.
var elsewhere = map[string]string{
	"mysql-client":     `In mysql, put \! before them: \! check`,
	"mongosh":          "In mongosh, add parentheses: check()",
	"database-clients": `In mysql, put \! before them: \! check. In mongosh, add parentheses: check()`,
}

// Run runs the command that args names, shows its errors, and returns its exit status. help shows
// all commands, and what exit does.
func (c *InLab) Run(ctx context.Context, args []string, exit string, commands ...*cobra.Command) int {
	help := c.Command("help", "see these commands", 0, func(context.Context, []string) error {
		return c.help(exit, commands)
	})
	chosen := help
	for _, command := range commands {
		if command.Name() == args[0] {
			chosen = command
		}
	}
	c.Style.InLab = namesOf(commands)
	chosen.SilenceUsage, chosen.SilenceErrors = true, true
	chosen.CompletionOptions.DisableDefaultCmd = true
	chosen.SetHelpCommand(&cobra.Command{Hidden: true})
	chosen.SetFlagErrorFunc(FlagError)
	WordHelp(chosen)
	chosen.SetOut(onScreen(c, c.Style))
	chosen.SetErr(c.Errors())
	chosen.SetArgs(args[1:])
	err := chosen.ExecuteContext(ctx)
	Show(c.Screen, c.Style, err)
	return StatusOf(err)
}

// inLabCommands are the commands of every lab's shell.
var inLabCommands = []string{"task", "check", "hint", "reset"}

// namesOf returns the names of in-lab commands, and of those below them.
func namesOf(commands []*cobra.Command) []string {
	names := []string{}
	for _, command := range commands {
		names = append(names, command.Name())
		for _, below := range namesOf(command.Commands()) {
			names = append(names, command.Name()+" "+below)
		}
	}
	return names
}

// help lists in-lab commands with their purposes.
func (c *InLab) help(exit string, commands []*cobra.Command) error {
	var lines [][2]string
	var list func(prefix string, of []*cobra.Command)
	list = func(prefix string, of []*cobra.Command) {
		for _, command := range of {
			if !command.Hidden {
				lines = append(lines, [2]string{prefix + command.Use, command.Short})
				list(prefix+command.Name()+" ", command.Commands())
			}
		}
	}
	list("", commands)
	if c.hasToAnswer {
		lines = append(lines, [2]string{"answer [QUESTION VALUE…]", "record an answer; alone, list the task's questions"})
	}
	lines = append(lines, [2]string{"exit", exit})
	err := ShowHelp(c, lines, c.Style)
	if also := elsewhere[c.image]; err == nil && also != "" {
		_, err = fmt.Fprintf(c, "\n  %s\n", also)
	}
	return err
}

// NotInExams is a command that labs of exams don't have, because they can't have done to them what
// it does.
func (c *InLab) NotInExams(name, done string) *cobra.Command {
	return &cobra.Command{Use: name, Hidden: true, DisableFlagParsing: true, RunE: func(*cobra.Command, []string) error { return desk.ExamLabs(done) }}
}

// NoExam is the command exam in a lab that belongs to none.
func (c *InLab) NoExam() *cobra.Command {
	return &cobra.Command{
		Use: "exam", Hidden: true, DisableFlagParsing: true,
		RunE: func(*cobra.Command, []string) error {
			return labs.Misuse("This lab does not belong to an exam", "Outside the lab: endstate exam list")
		},
	}
}

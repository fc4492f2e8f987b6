package door

import (
	"github.com/spf13/cobra"
)

// usage is the template of the second half of help: how a command is called.
const usage = `Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} COMMAND{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{$commands := .Commands}}{{range $group := .Groups}}

{{.Title}}{{range $commands}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if and .HasAvailableSubCommands (not .AllChildCommandsHaveGroup)}}

{{if .Groups}}Other commands:{{else}}Commands:{{end}}{{range $commands}}{{if and (eq .GroupID "") .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

Flags of every command:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

More about a command: {{.CommandPath}} COMMAND --help{{end}}
`

// WordHelp words the help of a command and of those below it: Cobra's own texts are written for
// programmers.
func WordHelp(c *cobra.Command) {
	c.SetUsageTemplate(usage)
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	for name, text := range map[string]string{"help": "show this help", "version": "show the version", "no-descriptions": "complete without descriptions"} {
		if flag := c.Flags().Lookup(name); flag != nil {
			flag.Usage = text
		}
	}
	for _, sub := range c.Commands() {
		WordHelp(sub)
	}
}

package author

import (
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	authordesk "endstate/internal/desk/author"
	"endstate/internal/report"
	"endstate/labs"
)

func newCommand(d *door.Door) *cobra.Command {
	var topic string
	var output door.Output
	c := &cobra.Command{
		Use:   "new FOLDER --topic TOPIC",
		Short: "Write a new scenario that works as it stands",
		Long: `Write a new scenario: a small, real one on a topic, with comments that explain it.
It lints and proves as it stands. The folder's name is the scenario's name.`,
		Example: "  endstate new mine/mysql-lost-rows --topic mysql",
		Args:    door.Exactly(1, "the folder of the new scenario"),
		RunE: func(_ *cobra.Command, args []string) error {
			var created *authordesk.Created
			err := d.Act(output.AsJSON(), func(at *desk.Desk, _ labs.Emit) (err error) {
				created, err = authordesk.New(at).New(d.Who(), args[0], topic)
				return err
			})
			if err != nil {
				return err
			}
			return output.Write(door.Forms{Value: created, Text: func(w io.Writer, _ report.Style) error { return showCreated(w, created) }})
		},
	}
	c.Flags().StringVar(&topic, "topic", "", "the `topic`, such as mysql")
	d.OutputVar(c, &output)
	_ = c.RegisterFlagCompletionFunc("topic", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		at, err := d.Desk()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return authordesk.New(at).Topics(), cobra.ShellCompDirectiveNoFileComp
	})
	return c
}

// showCreated says what was written and which commands come next.
func showCreated(w io.Writer, created *authordesk.Created) error {
	absolute, err := filepath.Abs(created.Folder)
	if err != nil {
		return err
	}
	folder := quote(created.Folder)
	_, err = fmt.Fprintf(w, `Wrote %[1]d files to %[2]s: a small scenario on %[3]s that works as it stands.
Read scenario.yaml first. Then change it step by step, with these commands:

  endstate lint %[2]s
  endstate prove %[4]s --scenarios %[2]s
  endstate start %[4]s --scenarios %[2]s

To leave out --scenarios: export ENDSTATE_SCENARIOS=%[5]s
`, len(created.Files), folder, created.Topic, created.Name, quote(absolute))
	return err
}

// plainWord matches words that a shell takes as they are.
var plainWord = regexp.MustCompile(`^[\w@%+=:,./-]+$`)

// quote quotes a word for a shell.
func quote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

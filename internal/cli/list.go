package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"endstate/internal/report"
	"endstate/labs"
)

func (a *app) listCommand() *cobra.Command {
	var topic string
	var level int
	var asJSON bool
	c := &cobra.Command{
		Use:   "list [WORD]",
		Short: "List the scenarios",
		Long:  "List the scenarios: topic, level (1 core, 2 working, 3 expert) and the minutes in which a prepared learner is done.",
		Args:  atMost(1, "one word at most"),
		RunE: func(_ *cobra.Command, args []string) error {
			found := []labs.Scenario{}
			for _, s := range a.scenarios().List() {
				if matches(s, topic, level, strings.Join(args, "")) {
					found = append(found, s)
				}
			}
			if err := a.scenarios().Broken(); err != nil {
				a.warn(err, "Such scenarios are left out.")
			}
			if asJSON {
				return report.JSON(a.Out, found)
			}
			if len(found) == 0 {
				_, err := fmt.Fprintln(a.Err, "No scenario is like that. See them all: endstate list")
				return err
			}
			return writeList(a.Out, found)
		},
	}
	c.Flags().StringVar(&topic, "topic", "", "only this topic")
	c.Flags().IntVar(&level, "level", 0, "only this level")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func matches(s labs.Scenario, topic string, level int, word string) bool {
	text := strings.ToLower(s.Name + " " + s.Title + " " + s.Question)
	return (topic == "" || s.Topic == topic) && (level == 0 || s.Level == level) && strings.Contains(text, strings.ToLower(word))
}

func writeList(w io.Writer, scenarios []labs.Scenario) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SCENARIO\tTOPIC\tLEVEL\tMINUTES\tWHAT IT IS ABOUT")
	for _, s := range scenarios {
		title := report.Visible(s.Title)
		if len(s.Requires) > 0 {
			title += " (needs " + strings.Join(s.Requires, ", ") + ")"
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%s\n", s.Name, s.Topic, s.Level, s.Minutes, title)
	}
	return table.Flush()
}

package author

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	authordesk "endstate/internal/desk/author"
	"endstate/internal/report"
	"endstate/internal/scenario"
	"endstate/labs"
)

func lintCommand(d *door.Door) *cobra.Command {
	return &cobra.Command{
		Use:   "lint [DIR…]",
		Short: "Find mistakes in scenarios, without containers",
		Long:  "Find mistakes in scenarios, without containers: in those of some folders, or in the built-in ones and those of --scenarios.",
		RunE:  func(_ *cobra.Command, args []string) error { return lint(d, args) },
	}
}

func lint(d *door.Door, folders []string) error {
	var roots []scenario.Root
	for _, path := range folders {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			return labs.Misuse(fmt.Sprintf("There is no folder %s", path),
				"Name a folder of scenarios, or none to check the built-in ones: endstate lint")
		}
		roots = append(roots, scenario.Root{Files: os.DirFS(path), Path: path})
	}
	var mistakes scenario.Mistakes
	var scenarios int
	err := d.Act(false, func(at *desk.Desk, emit labs.Emit) error {
		mistakes, scenarios = authordesk.New(at).Lint(d.Who(), roots, emit)
		return nil
	})
	if err != nil {
		return err
	}
	for _, m := range mistakes {
		fmt.Fprintln(d.Out, report.Visible(m.Error()))
	}
	fmt.Fprintf(d.Out, "%s, %s\n", labs.Count(scenarios, "scenario"), labs.Count(len(mistakes), "mistake"))
	if len(mistakes) > 0 {
		return door.ErrFailed
	}
	return nil
}

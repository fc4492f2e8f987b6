package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"endstate/internal/report"
	"endstate/internal/scenario"
	"endstate/labs"
)

func (a *app) lintCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lint [DIR…]",
		Short: "Find what is wrong with scenarios, without containers",
		Long:  "Find what is wrong with scenarios, without containers. Without folders, those inside the binary and those of --scenarios.",
		RunE: func(_ *cobra.Command, args []string) error {
			library := a.scenarios()
			if len(args) > 0 {
				var roots []scenario.Root
				for _, path := range args {
					if info, err := os.Stat(path); err != nil || !info.IsDir() {
						return labs.Misuse(fmt.Sprintf("There is no folder %s", path),
							"Give one that scenarios lie in, or none for those that come along: endstate lint")
					}
					roots = append(roots, scenario.Root{Files: os.DirFS(path), Path: path})
				}
				library = scenario.New(a.probes(), a.imageNames(), roots...)
			}
			return a.showMistakes(library)
		},
	}
}

func (a *app) showMistakes(library *scenario.Library) error {
	var mistakes scenario.Mistakes
	err := a.during("lint", "Reading the scenarios", func() error {
		mistakes = library.Lint()
		return nil
	})
	if err != nil {
		return err
	}
	for _, m := range mistakes {
		fmt.Fprintln(a.Out, report.Visible(m.Error()))
	}
	fmt.Fprintf(a.Out, "%d scenarios, %d mistakes\n", len(library.List()), len(mistakes))
	if len(mistakes) > 0 {
		return errFailed
	}
	return nil
}

package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/report"
	"endstate/labs"
)

func (a *app) exportCommand() *cobra.Command {
	var everyone bool
	c := &cobra.Command{
		Use:     "export",
		Short:   "Write attempts as JSON lines, to be imported elsewhere",
		Long:    "Write your attempts as JSON lines: one attempt a line, with all that is known of it. Recordings of terminals are files of their own and stay where they are.",
		Example: "  endstate export > attempts.jsonl",
		Args:    exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			store, err := a.memory(c.Context())
			if err != nil {
				return err
			}
			owner := a.owner()
			if everyone {
				owner = ""
			}
			n, err := store.Export(c.Context(), a.Out, attempts.Filter{Owner: owner})
			if err == nil && n == 0 {
				fmt.Fprintln(a.Err, "There is no attempt to export.")
			}
			return err
		},
	}
	c.Flags().BoolVar(&everyone, "everyone", false, "the attempts of every owner")
	return c
}

func (a *app) importCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "import [FILE]",
		Short: "Read attempts that export wrote; twice is as good as once",
		Long:  "Read attempts that export wrote, from a file or from standard input: all of them, or none if a line is no attempt. One that is there already is not there twice.",
		Args:  atMost(1, "one file at most"),
		RunE: func(c *cobra.Command, args []string) error {
			in := a.In
			if len(args) == 1 {
				file, err := os.Open(args[0])
				if err != nil {
					return &labs.Problem{What: "The file can't be read", Do: "Give a file that endstate export wrote.", Usage: true, Err: err}
				}
				defer file.Close()
				in = file
			}
			return a.importFrom(c, in, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func (a *app) importFrom(c *cobra.Command, in io.Reader, asJSON bool) error {
	store, err := a.memory(c.Context())
	if err != nil {
		return err
	}
	done, err := store.Import(c.Context(), in)
	if err != nil {
		return err
	}
	if asJSON {
		return report.JSON(a.Out, done)
	}
	_, err = fmt.Fprintf(a.Out, "%d attempts were added, %d had gone on and were renewed, %d were there already.\n", done.Added, done.Renewed, done.Known)
	return err
}

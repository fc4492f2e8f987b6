package past

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk/machine"
	"endstate/internal/report"
	"endstate/internal/report/wrap"
	"endstate/labs"
)

// exportOptions are the options of export.
type exportOptions struct {
	*door.Door
	everyone bool
	output   door.Output
}

func exportCommand(d *door.Door) *cobra.Command {
	o := &exportOptions{Door: d}
	c := &cobra.Command{
		Use:     "export",
		Short:   "Write attempts as JSON lines, to import them elsewhere",
		Long:    "Write your attempts as JSON lines, one attempt per line. Recordings of terminals are separate files and are not included.",
		Example: "  endstate export -o attempts.jsonl",
		Args:    door.Exactly(0, "no arguments"),
		RunE:    func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	c.Flags().BoolVar(&o.everyone, "everyone", false, "the attempts of every owner")
	d.FileVar(c, &o.output)
	return c
}

func (o *exportOptions) run(ctx context.Context) error {
	at, err := o.Desk()
	if err != nil {
		return err
	}
	lines, err := at.Export(ctx, o.Who(), o.everyone)
	if err != nil {
		return err
	}
	n := 0
	err = o.output.To(func(w io.Writer) error {
		for line, err := range lines {
			if err != nil {
				return err
			}
			if _, err := wrap.Behind(w).Write(line); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err == nil && n == 0 {
		fmt.Fprintln(o.Err, "There are no attempts to export.")
	}
	return err
}

// importOptions are the options of import.
type importOptions struct {
	*door.Door
	store  string
	output door.Output
}

func importCommand(d *door.Door) *cobra.Command {
	o := &importOptions{Door: d}
	c := &cobra.Command{
		Use:   "import [FILE]",
		Short: "Import attempts that export wrote; importing twice is safe",
		Long:  "Import attempts that export wrote, from a file or from standard input: all of them, or none if a line is invalid. Existing attempts are not duplicated.",
		Args:  door.AtMost(1, "one file at most"),
		RunE: func(c *cobra.Command, args []string) error {
			if o.store != "" {
				return o.takeOver(c.Context(), args)
			}
			return o.run(c.Context(), args)
		},
	}
	c.Flags().StringVar(&o.store, "store", "", "copy everything from the store in a `file`, such as endstate.db, into the empty database that ENDSTATE_STORE names")
	d.OutputVar(c, &o.output)
	return c
}

// takeOver copies a whole store.
func (o *importOptions) takeOver(ctx context.Context, args []string) error {
	if len(args) > 0 {
		return labs.Misuse("A store and a file of attempts are given", "Give one of them.")
	}
	at, err := o.Desk()
	if err != nil {
		return err
	}
	n, err := machine.New(at).TakeOver(ctx, o.Who(), o.store)
	if err != nil {
		return err
	}
	return o.output.Write(door.Forms{Value: map[string]int{"added": n}, Text: func(w io.Writer, _ report.Style) error {
		_, err := fmt.Fprintf(w, "Copied everything, with %s.\n", labs.Count(n, "attempt"))
		return err
	}})
}

func (o *importOptions) run(ctx context.Context, args []string) error {
	in := o.In
	if len(args) == 1 {
		file, err := os.Open(args[0])
		if err != nil {
			return &labs.Problem{Code: labs.CodeFile, What: "The file can't be read", Advice: "Give a file that endstate export wrote.", Usage: true, Err: err}
		}
		defer file.Close()
		in = file
	}
	at, err := o.Desk()
	if err != nil {
		return err
	}
	done, err := at.Import(ctx, o.Who(), in)
	if err != nil {
		return err
	}
	return o.output.Write(door.Forms{Value: done, Text: func(w io.Writer, _ report.Style) error {
		_, err := fmt.Fprintf(w, "%s added, %d updated, %d unchanged.\n", labs.Count(done.Added, "attempt"), done.Updated, done.Unchanged)
		return err
	}})
}

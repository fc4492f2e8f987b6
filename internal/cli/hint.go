package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/report"
	"endstate/labs"
)

// hintOptions are the options of hint.
type hintOptions struct {
	*door.Door
	yes bool
}

func hintCommand(d *door.Door) *cobra.Command {
	o := &hintOptions{Door: d}
	c := d.OfLab(&cobra.Command{
		Use:   "hint",
		Short: "Open the next hint; it costs points",
		Long:  "Show the open hints, and open the next one. It costs points, so you are asked first. Once a check has found everything solved, hints are free.",
	}, o.run)
	c.Flags().BoolVarP(&o.yes, "yes", "y", false, "don't ask")
	return c
}

func (o *hintOptions) run(ctx context.Context, args []string) error {
	return o.OnLab(ctx, args, func(name string) error {
		var hints *desk.Hints
		err := o.Agreeing(ctx, o.yes, func(agreed bool) error {
			return o.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
				hints, err = at.Hint(ctx, o.Who(), name, agreed, emit)
				return err
			})
		})
		if err != nil {
			return err
		}
		return showHints(o.Out, o.Style(o.Out), hints)
	})
}

// showHints shows all open hints.
func showHints(w io.Writer, style report.Style, hints *desk.Hints) error {
	if len(hints.Open) == hints.Total && !hints.Fresh {
		fmt.Fprintln(w, style.Dim("All hints are open."))
	}
	for i, hint := range hints.Open {
		price := "free"
		if hint.Costs > 0 {
			price = fmt.Sprintf("−%d", hint.Costs)
		}
		head := fmt.Sprintf("Hint %d of %d (%s)", i+1, hints.Total, price)
		if _, err := fmt.Fprintf(w, "%s\n%s", style.Bold(head), style.Paragraph(hint.Text, 2)); err != nil {
			return err
		}
	}
	return nil
}

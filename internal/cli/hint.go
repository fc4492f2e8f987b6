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

func hintCommand(d *door.Door) *cobra.Command {
	return d.OfLab(&cobra.Command{
		Use:   "hint",
		Short: "Open the next hint; it costs points",
	}, func(ctx context.Context, args []string) error {
		return d.OnLab(args, func(name string) error {
			var hints *desk.Hints
			err := d.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
				hints, err = at.Hint(ctx, d.Who(), name, emit)
				return err
			})
			if err != nil {
				return err
			}
			return showHints(d.Out, d.Style(d.Out), hints)
		})
	})
}

// showHints shows all open hints.
func showHints(w io.Writer, style report.Style, hints *desk.Hints) error {
	if !hints.Fresh {
		fmt.Fprintln(w, style.Dim("All hints are open."))
	}
	for i, hint := range hints.Open {
		head := fmt.Sprintf("Hint %d of %d (−%d)", i+1, hints.Total, hint.Costs)
		if _, err := fmt.Fprintf(w, "%s\n%s", style.Bold(head), style.Paragraph(hint.Text, 2)); err != nil {
			return err
		}
	}
	return nil
}

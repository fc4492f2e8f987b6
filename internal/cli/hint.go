package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/labs"
)

func (a *app) hintCommand() *cobra.Command {
	return a.ofLab(&cobra.Command{
		Use:   "hint",
		Short: "Open the next hint; it costs points",
	}, func(ctx context.Context, lab *labs.Lab, v *labs.Variant) error {
		return a.nextHint(ctx, a.Out, a.style(a.Out), lab, v)
	})
}

func (in *visit) hint(ctx context.Context, screen *seat.Screen, style report.Style) error {
	return in.app.nextHint(ctx, screen, style, in.lab, in.variant)
}

// nextHint opens one more hint and shows all that are open.
func (a *app) nextHint(ctx context.Context, w io.Writer, style report.Style, lab *labs.Lab, v *labs.Variant) error {
	if len(v.Hints) == 0 {
		return labs.Misuse("The scenario has no hints", "Look at what check says.")
	}
	store := a.attempts(ctx)
	if store == nil {
		return &labs.Problem{What: "A hint can't be opened while its cost can't be remembered", Do: "Mend the store of attempts; endstate doctor tells more."}
	}
	attempt, err := a.begin(ctx, store, lab, v)
	if err != nil {
		return err
	}
	open, fresh, err := store.OpenHint(ctx, attempt, a.Clock(), len(v.Hints))
	if err != nil {
		return err
	}
	if !fresh {
		fmt.Fprintln(w, style.Dim("All hints are open."))
	}
	for i, hint := range v.Hints[:open] {
		head := fmt.Sprintf("Hint %d of %d (−%d)", i+1, len(v.Hints), hint.Costs)
		if _, err := fmt.Fprintf(w, "%s\n%s", style.Bold(head), style.Paragraph(hint.Text, 2)); err != nil {
			return err
		}
	}
	return nil
}

package cli

import (
	"context"
	"fmt"
	"io"

	"charm.land/glamour/v2"
	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/report"
	"endstate/labs"
)

func (a *app) taskCommand() *cobra.Command {
	return a.ofLab(&cobra.Command{
		Use:   "task",
		Short: "Show the task again",
	}, func(ctx context.Context, lab *labs.Lab, v *labs.Variant) error {
		a.learned(ctx, lab, v, "The task is the same.", func(store *attempts.Store, attempt *attempts.Attempt) error {
			return store.Seen(ctx, attempt, a.Clock())
		})
		return a.showTask(a.Out, a.style(a.Out), lab, v)
	})
}

// showTask writes what the learner is to do.
func (a *app) showTask(w io.Writer, style report.Style, lab *labs.Lab, v *labs.Variant) error {
	text := fmt.Sprintf("# %s\n\n%s\n", v.Title, v.Task)
	if err := markdown(w, style, text); err != nil {
		return err
	}
	facts := fmt.Sprintf("%s · seed %d · par %d minutes", v.Name, lab.Seed, v.Minutes)
	for _, server := range lab.Servers() {
		facts += " · " + server
	}
	_, err := fmt.Fprintln(w, style.Dim(facts))
	return err
}

// markdown writes Markdown as it looks best on the terminal; elsewhere as it is.
func markdown(w io.Writer, style report.Style, text string) error {
	text = report.Visible(text)
	if style.Width > 0 {
		look := "notty"
		if style.Color {
			look = "dark"
		}
		renderer, err := glamour.NewTermRenderer(glamour.WithStandardStyle(look), glamour.WithWordWrap(min(style.Width, 100)-2))
		if err != nil {
			return err
		}
		if text, err = renderer.Render(text); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

package cli

import (
	"context"
	"fmt"
	"io"

	"charm.land/glamour/v2"
	"github.com/spf13/cobra"

	"endstate/internal/desk"
	"endstate/internal/report"
	"endstate/labs"
)

func taskCommand(d *door) *cobra.Command {
	return d.ofLab(&cobra.Command{
		Use:   "task",
		Short: "Show the task again",
	}, func(ctx context.Context, args []string) error {
		return d.onLab(args, func(name string) error {
			var task *desk.Task
			err := d.act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
				task, err = at.Task(ctx, d.who(), name, emit)
				return err
			})
			if err != nil {
				return err
			}
			return showTask(d.Out, d.style(d.Out), task)
		})
	})
}

// showTask writes what the learner is to do.
func showTask(w io.Writer, style report.Style, task *desk.Task) error {
	if err := markdown(w, style, fmt.Sprintf("# %s\n\n%s\n", task.Title, task.Text)); err != nil {
		return err
	}
	facts := fmt.Sprintf("%s · seed %d · par %d minutes", task.Name, task.Lab.Seed, task.Minutes)
	for _, server := range task.Lab.Servers() {
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

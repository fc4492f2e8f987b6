package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/report"
	"endstate/labs"
)

func taskCommand(d *door.Door) *cobra.Command {
	return d.OfLab(&cobra.Command{
		Use:   "task",
		Short: "Show the task again",
	}, func(ctx context.Context, args []string) error {
		return d.OnLab(ctx, args, func(name string) error {
			var task *desk.Task
			err := d.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
				task, err = at.Task(ctx, d.Who(), name, emit)
				return err
			})
			if err != nil {
				return err
			}
			return d.Page(ctx, func(w io.Writer, style report.Style) error { return showTask(w, style, task) }, nil)
		})
	})
}

// showTask writes the task.
func showTask(w io.Writer, style report.Style, task *desk.Task) error {
	if err := door.Markdown(w, style, fmt.Sprintf("# %s\n\n%s\n", task.Title, task.Text)); err != nil {
		return err
	}
	facts := fmt.Sprintf("%s · seed %d · par %s", task.Name, task.Seed, labs.Count(task.Minutes, "minute"))
	if task.Lab != nil {
		facts = strings.Join(append([]string{facts}, task.Lab.Servers()...), " · ")
	}
	_, err := fmt.Fprintln(w, style.Dim(facts))
	return err
}

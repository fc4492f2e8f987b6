package rehearse

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk/rehearse"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/labs"
)

// questionsOptions are the options of questions.
type questionsOptions struct {
	*door.Door
	output door.Output
}

func questionsCommand(d *door.Door) *cobra.Command {
	o := &questionsOptions{Door: d}
	c := &cobra.Command{
		Use:   "questions",
		Short: "List the sixteen questions of the interview, and where you stand with each",
		Args:  door.Exactly(0, "no arguments"),
		RunE:  func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	d.OutputVar(c, &o.output)
	return c
}

func (o *questionsOptions) run(ctx context.Context) error {
	at, err := o.Desk()
	if err != nil {
		return err
	}
	rows, err := rehearse.New(at).Questions(ctx, o.Who())
	if err != nil {
		return err
	}
	return o.output.Write(door.Forms{Value: rows, Text: func(w io.Writer, style report.Style) error { return writeQuestions(w, style, rows) }})
}

func writeQuestions(w io.Writer, style report.Style, rows []*rehearse.Row) error {
	out := &strings.Builder{}
	for _, row := range rows {
		fmt.Fprintf(out, "%2d  %s\n", row.Number, style.Bold(strings.TrimSpace(style.Paragraph(row.Text, 4))))
		line := standing(row)
		if row.Next.Name != "" {
			line += " · " + report.Acts([]labs.Act{row.Next})
		}
		fmt.Fprintf(out, "    %s\n", strings.TrimSpace(style.Paragraph(line, 4)))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// standing says in a few words where the learner stands with a question.
func standing(row *rehearse.Row) string {
	count := map[practice.State]int{}
	for _, s := range row.Labs {
		count[s.State]++
	}
	what := labs.Count(len(row.Labs), "lab")
	switch {
	case len(row.Labs) == 0 && row.Guide == nil:
		return "there is no lab for it yet"
	case row.Guide != nil && len(row.Scripts) == 0:
		return "not written yet"
	case row.Guide != nil:
		count, what = map[practice.State]int{}, "your script"
		for _, s := range row.Scripts {
			count[s.State]++
		}
		if len(row.Scripts) > 1 {
			what = fmt.Sprintf("%d scripts", len(row.Scripts))
		}
	}
	var parts []string
	for _, state := range []practice.State{practice.Mastered, practice.Solved, practice.Shaky, practice.Untried} {
		if n := count[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, report.StateName(state)))
		}
	}
	return what + ": " + strings.Join(parts, ", ")
}

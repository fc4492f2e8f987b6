package past

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/report"
	"endstate/internal/tty"
)

// debriefOptions are the options of debrief.
type debriefOptions struct {
	*door.Door
	yes    bool
	output door.Output
}

func debriefCommand(d *door.Door) *cobra.Command {
	o := &debriefOptions{Door: d}
	c := &cobra.Command{
		Use:   "debrief [ATTEMPT]",
		Short: "Explain in your words what was broken, what you did and why; then see the model answer",
		Long: "Explain in a few sentences what was broken, what you did and why: in your editor (VISUAL, EDITOR), or on standard input. Then the model answer is shown, " +
			"and its key points; a key point is marked if your text has at least two in five of its significant words, and you say which ones you really made. " +
			"Your text is stored with the attempt and does not affect its score. As JSON or in a file, there are no further questions.\n\n" + namesOfAttempts,
		Example:           "  endstate debrief 3\n  endstate debrief git-merge-conflict",
		Args:              door.AtMost(1, "one attempt at most; see: endstate history"),
		ValidArgsFunction: d.CompleteAttempts,
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), strings.Join(args, "")) },
	}
	c.Flags().BoolVarP(&o.yes, "yes", "y", false, "don't ask before a running lab counts as assisted")
	d.OutputVar(c, &o.output)
	return c
}

func (o *debriefOptions) run(ctx context.Context, name string) error {
	at, err := o.Desk()
	if err != nil {
		return err
	}
	return o.Agreeing(ctx, o.yes, func(agreed bool) error {
		debriefing, err := at.Debrief(ctx, o.Who(), name, agreed)
		if err != nil {
			return err
		}
		return o.debrief(ctx, debriefing)
	})
}

func (o *debriefOptions) debrief(ctx context.Context, debriefing *desk.Debriefing) error {
	text, err := o.explain(ctx)
	if err != nil {
		return err
	}
	said, err := debriefing.Explain(ctx, text)
	if err != nil {
		return err
	}
	return o.output.Write(door.Forms{Value: said, Text: func(w io.Writer, style report.Style) error {
		if err := door.Markdown(w, style, "\n"+said.Answer); err != nil {
			return err
		}
		if err := o.ask(ctx, debriefing, said, style); err != nil {
			return err
		}
		out := &strings.Builder{}
		writePoints(out, said.Points, style)
		_, err := fmt.Fprintf(w, "%s\n%s\n", out, style.Dim(fmt.Sprintf("Stored with attempt %d. It does not affect the score.", debriefing.Story.ID)))
		return err
	}})
}

// ask asks a learner at a terminal which key points they made, and stores that.
func (o *debriefOptions) ask(ctx context.Context, debriefing *desk.Debriefing, said *desk.Explained, style report.Style) error {
	if _, ok := tty.Open(o.In, o.Err); !ok || !o.output.ToScreen() || len(said.Points) == 0 {
		return nil
	}
	if err := o.tick(ctx, said.Points, style); err != nil {
		return err
	}
	return debriefing.Tick(ctx, said)
}

// explain asks the learner for an explanation, in an editor or at the terminal.
func (o *debriefOptions) explain(ctx context.Context) (string, error) {
	return o.Compose(ctx, preface, "What was broken, what did you do, and why? Write a few sentences; finish with Ctrl-D on a new line.")
}

// preface is the initial text in the learner's editor.
const preface = `# In a few sentences: what was broken, what did you do, and why?
# These lines are ignored. Leave the text empty to cancel.

`

// tick asks the learner which points they really made. The default is what the text seems to
// say. The end of the input ends the questions.
func (o *debriefOptions) tick(ctx context.Context, points []attempts.KeyPoint, style report.Style) error {
	fmt.Fprintln(o.Err, style.Bold("Did you say this?"))
	for i := range points {
		said, err := o.YesOrNo(ctx, strings.TrimRight(style.Paragraph(points[i].Text, 2), "\n")+" ", points[i].Touched)
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(o.Err)
			return nil
		}
		if err != nil {
			return err
		}
		points[i].Said = &said
	}
	return nil
}

// writePoints writes the key points, and which of them the learner made or seems to have made.
func writePoints(out *strings.Builder, points []attempts.KeyPoint, style report.Style) {
	if len(points) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n", style.Bold("Key points"))
	for _, p := range points {
		sign := style.Dim("·")
		switch {
		case p.Said != nil && *p.Said:
			sign = style.Good("✓")
		case p.Said != nil:
			sign = style.Bad("✗")
		case p.Touched:
			sign = style.Warn("~")
		}
		fmt.Fprintf(out, "%s %s", sign, strings.TrimLeft(style.Paragraph(p.Text, 2), " "))
	}
	fmt.Fprintln(out, style.Dim("✓ said  ✗ not said  ~ your text seems to say it  · it does not"))
}

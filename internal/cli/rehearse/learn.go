package rehearse

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"endstate/internal/desk/rehearse"
	"endstate/internal/rehearsal"
	"endstate/internal/report"
)

// said is a recital as JSON.
type said struct {
	Hidden  int     `json:"hidden"`
	Seconds float64 `json:"seconds"`
	Percent int     `json:"percent"`
	*rehearsal.Comparison
	Rehearsal *rehearse.Rehearsal `json:"rehearsal"`
}

// learn takes the learner through the steps until they stop. Without a terminal, or with a given
// step, it is one step.
func (o *options) learn(ctx context.Context, r *rehearse.Rehearsal, atTerminal bool) error {
	for {
		hidden := r.Step
		if o.hidden >= 0 {
			hidden = o.hidden
		}
		if err := o.step(ctx, r, hidden, atTerminal); err != nil {
			return err
		}
		if !atTerminal || o.hidden >= 0 || o.asJSON {
			return nil
		}
		if ok, err := o.Confirm(ctx, "Go on?"); err != nil || !ok {
			return err
		}
	}
}

// step shows the script as far as the step shows it, and compares what the learner says.
func (o *options) step(ctx context.Context, r *rehearse.Rehearsal, hidden int, atTerminal bool) error {
	if atTerminal {
		o.show(r, hidden)
	}
	began := o.Clock()
	text, err := o.ReadText(ctx)
	if err != nil {
		return err
	}
	var took time.Duration
	if atTerminal {
		took = o.Clock().Sub(began)
	}
	found, err := o.room.Recite(ctx, o.Who(), r, hidden, took, text)
	if err != nil {
		return err
	}
	if o.asJSON {
		return report.JSON(o.Out, said{hidden, took.Seconds(), found.Percent(), found, r})
	}
	return o.showComparison(r, hidden, took, found)
}

// show shows what the learner may see before they say the script.
func (o *options) show(r *rehearse.Rehearsal, hidden int) {
	style, out := o.Style(o.Out), &strings.Builder{}
	fmt.Fprintf(out, "%s\n%s\n\n", style.Bold(r.Subject), style.Dim(stepName(hidden)))
	for paragraph := range strings.SplitSeq(o.room.Sheet(r, hidden), "\n") {
		fmt.Fprintln(out, strings.TrimRight(style.Paragraph(paragraph, 0), "\n"))
	}
	do := "Type what you would say; finish with Ctrl-D on a new line."
	if hidden == 0 {
		do = "Read it aloud, then press Ctrl-D. You can also type it."
	}
	fmt.Fprintln(out, style.Dim(do))
	_, _ = io.WriteString(o.Out, out.String())
}

func stepName(hidden int) string {
	switch hidden {
	case 0:
		return "Read it"
	case 100:
		return "All words are hidden"
	case rehearsal.Free:
		return "Say it freely"
	}
	return fmt.Sprintf("%d %% of the words are hidden", hidden)
}

// showComparison shows the script with what was left out, and when to say it again.
func (o *options) showComparison(r *rehearse.Rehearsal, hidden int, took time.Duration, found *rehearsal.Comparison) error {
	style, out := o.Style(o.Out), &strings.Builder{}
	var texts []string
	for _, span := range found.Spans {
		switch {
		case span.Said:
			texts = append(texts, span.Text)
		case style.Color:
			texts = append(texts, style.Bad(span.Text))
		default:
			texts = append(texts, "["+span.Text+"]")
		}
	}
	fmt.Fprintf(out, "\n%s\n", strings.TrimRight(style.Paragraph(strings.Join(texts, " "), 0), "\n"))
	fmt.Fprintf(out, "%s", style.Bold(fmt.Sprintf("%d of %d words", found.Said, found.Words)))
	if found.Said < found.Words {
		fmt.Fprint(out, "; what you left out is marked")
	}
	if took > 0 && hidden > 0 {
		fmt.Fprintf(out, " · %d s", int(took.Seconds()))
		if g := r.Guide; g != nil {
			fmt.Fprintf(out, " (%d to %d when spoken)", g.Seconds[0], g.Seconds[1])
		}
	}
	fmt.Fprintln(out)
	if due := r.Review.Due; hidden == rehearsal.Free && due != nil {
		fmt.Fprintf(out, "Say it again on %s.\n", due.In(o.Clock().Location()).Format("2 January"))
	}
	_, err := io.WriteString(o.Out, out.String())
	return err
}

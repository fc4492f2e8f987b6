// Package rehearse is the command line's room for learning answers by heart.
package rehearse

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk/rehearse"
	"endstate/internal/rehearsal"
	"endstate/internal/report"
	"endstate/internal/report/wrap"
	"endstate/internal/tty"
	"endstate/labs"
)

// Commands returns the commands of the room.
func Commands(d *door.Door) []*cobra.Command {
	return []*cobra.Command{questionsCommand(d), rehearseCommand(d)}
}

// options are the options of rehearse.
type options struct {
	*door.Door
	room          *rehearse.Desk
	which         rehearsal.Which
	hidden        int  // percent; -1: the step that is next
	free          bool // show nothing of the script
	write, remove bool
	yes, asJSON   bool
}

func rehearseCommand(d *door.Door) *cobra.Command {
	o := &options{Door: d}
	c := &cobra.Command{
		Use:   "rehearse [QUESTION | SCENARIO]",
		Short: "Write down what you would say, and learn it by heart",
		Long: "Write down what you would say to a question of the interview, or in the debriefing of a scenario, and learn it by heart. " +
			"The text is reviewed: what is still to be filled in, what a good answer holds, what it avoids, and how long it takes to say. " +
			"Then you learn it in steps: read it; say it with more and more words hidden; say it freely, against the clock. " +
			"What you type is compared with your text, word by word. Without a question, the one that is due is chosen.\n\n" +
			"With --write, --hide or --free, text is read from standard input if there is no terminal.",
		Example:           "  endstate rehearse 1\n  endstate rehearse company \"Kestrel Ltd\"\n  endstate rehearse 2 --company \"Kestrel Ltd\" --tone formal\n  endstate rehearse git-merge-conflict",
		Args:              door.AtMost(1, "one question or scenario at most"),
		ValidArgsFunction: d.CompleteScenarios,
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), strings.Join(args, "")) },
	}
	c.Flags().StringVar(&o.which.Company, "company", "", "the script for this `company`")
	c.Flags().StringVar(&o.which.Tone, "tone", "", "the script in this `tone`, such as formal or casual")
	c.Flags().BoolVar(&o.write, "write", false, "write or change the script")
	c.Flags().IntVar(&o.hidden, "hide", -1, "hide this `percentage` of the words")
	c.Flags().BoolVar(&o.free, "free", false, "show nothing of the script")
	c.Flags().BoolVar(&o.remove, "remove", false, "remove the script")
	c.Flags().BoolVarP(&o.yes, "yes", "y", false, "with --remove: don't ask")
	c.Flags().BoolVar(&o.asJSON, "json", false, "as JSON")
	c.AddCommand(companyCommand(d))
	return c
}

func (o *options) run(ctx context.Context, subject string) error {
	switch {
	case o.hidden < -1 || o.hidden > 100:
		return labs.Misuse("--hide takes a number from 0 to 100", "Show nothing: --free")
	case o.free:
		o.hidden = rehearsal.Free
	}
	at, err := o.Desk()
	if err != nil {
		return err
	}
	o.room = rehearse.New(at)
	if err := o.choose(ctx, subject); err != nil {
		return err
	}
	if o.remove {
		return o.removeScript(ctx)
	}
	r, err := o.room.Open(ctx, o.Who(), o.which)
	if err != nil {
		return err
	}
	_, atTerminal := tty.Open(o.In, o.Out)
	switch {
	case o.write || r.Script == nil && (atTerminal || o.hidden < 0):
		return o.writeScript(ctx, r)
	case r.Script == nil:
		return labs.Misuse("There is no script yet", "", labs.Act{Name: labs.ActRehearse, For: "Write it first", Question: o.which.Question, Scenario: o.which.Scenario})
	case o.asJSON && o.hidden < 0:
		return report.JSON(o.Out, r)
	}
	return o.learn(ctx, r, atTerminal)
}

// choose reads what the script is for. Without a subject, it is the question that is due.
func (o *options) choose(ctx context.Context, subject string) error {
	if n, err := strconv.Atoi(subject); err == nil {
		o.which.Question = n
		return nil
	}
	if o.which.Scenario = subject; subject != "" {
		return nil
	}
	rows, err := o.room.Questions(ctx, o.Who())
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Next.Name == labs.ActRehearse {
			o.which.Question = row.Number
			return nil
		}
	}
	return labs.Misuse("No script is due", "", labs.Act{Name: labs.ActQuestions, For: "See all questions"})
}

func (o *options) removeScript(ctx context.Context) error {
	if !o.yes {
		if ok, err := o.Confirm(ctx, "Remove the script and what was recorded about it?"); err != nil || !ok {
			return err
		}
	}
	return o.room.Remove(ctx, o.Who(), o.which)
}

// writeScript has the learner write or change the script.
func (o *options) writeScript(ctx context.Context, r *rehearse.Rehearsal) error {
	text := ""
	if r.Script != nil {
		text = r.Script.Text + "\n"
	}
	help := preface(r, o.Style(o.Err).Width)
	text, err := o.Compose(ctx, help+text, strings.TrimRight(help, "\n")+"\nWrite what you would say; finish with Ctrl-D on a new line.")
	if err != nil {
		return err
	}
	if r, err = o.room.Write(ctx, o.Who(), o.which, text); err != nil {
		return err
	}
	if o.asJSON {
		return report.JSON(o.Out, r)
	}
	return o.showRemarks(r)
}

// preface is what the learner should know while they write, as lines that are not part of the text,
// for a terminal of a given width; 0: it is not known.
func preface(r *rehearse.Rehearsal, width int) string {
	var out strings.Builder
	if width <= 0 {
		width = 80
	}
	line := func(format string, args ...any) {
		lines := wrap.Lines(fmt.Sprintf(format, args...), max(20, width-len("# ")))
		out.WriteString("# " + strings.Join(lines, "\n# ") + "\n")
	}
	line("%s", r.Subject)
	if g := r.Guide; g != nil {
		line("A good answer takes %d to %d seconds and holds:", g.Seconds[0], g.Seconds[1])
		for _, p := range g.Holds {
			line("  - %s", p.Point)
		}
		line("What to avoid:")
		for _, w := range g.Avoid {
			line("  - %s", w.Advice)
		}
	}
	if r.Notes != nil {
		line("Your notes on %s:", r.Notes.Name)
		for _, note := range r.Notes.Notes() {
			line("  - %s", strings.ReplaceAll(note, "\n", "\n    "))
		}
	}
	line("Lines like these are ignored. Leave the text empty to cancel.")
	return out.String() + "\n"
}

// showRemarks shows what the review found, and what to do next.
func (o *options) showRemarks(r *rehearse.Rehearsal) error {
	style, out := o.Style(o.Out), &strings.Builder{}
	for _, remark := range r.Remarks {
		fmt.Fprintf(out, "%s %s\n", style.Warn("!"), strings.TrimSpace(style.Paragraph(remark.Words(), 2)))
	}
	if len(r.Remarks) == 0 {
		fmt.Fprintf(out, "%s The script is ready: it takes about %d s to say.\n", style.Good("✓"), rehearsal.Seconds(r.Script.Text))
	}
	fmt.Fprintf(out, "Stored. Learn it: %s\n", o.command(""))
	_, err := io.WriteString(o.Out, out.String())
	return err
}

// command is the command for this script.
func (o *options) command(flags string) string { return Line(o.which) + flags }

// Line is the command line that rehearses a script.
func Line(which rehearsal.Which) string {
	line := "endstate rehearse "
	if which.Question != 0 {
		line += strconv.Itoa(which.Question)
	}
	line += which.Scenario
	if which.Company != "" {
		line += fmt.Sprintf(" --company %q", which.Company)
	}
	if which.Tone != "" {
		line += fmt.Sprintf(" --tone %q", which.Tone)
	}
	return line
}

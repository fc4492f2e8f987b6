package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/internal/tty"
	"endstate/labs"
)

func (a *app) debriefCommand() *cobra.Command {
	var yes, asJSON bool
	c := &cobra.Command{
		Use:   "debrief [SCENARIO]",
		Short: "Explain in your words what was broken, what you did and why; then see the model answer",
		Long: "Explain in a few sentences what was broken, what you did and why: in your editor (VISUAL, EDITOR), or on standard input. Then the model answer is shown, " +
			"and its key points; those are marked that share two in five of their telling words with your text, and you say which you really made. " +
			"It is kept beside your latest attempt and is no part of its score.",
		Args:              atMost(1, "one scenario at most"),
		ValidArgsFunction: a.completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			d, err := a.debriefing(c.Context(), strings.Join(args, ""))
			if err != nil {
				return err
			}
			if ok, err := d.mayShow(c.Context(), yes); err != nil || !ok {
				return err
			}
			return d.run(c.Context(), asJSON)
		},
	}
	c.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask before a lab that goes on counts as assisted")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON; asks nothing")
	return c
}

// debriefing is a learner who explains an attempt.
type debriefing struct {
	app     *app
	in      *bufio.Reader
	store   *attempts.Store
	story   *attempts.Story
	variant *labs.Variant
}

// debriefing finds the latest attempt, of a scenario or of all.
func (a *app) debriefing(ctx context.Context, name string) (*debriefing, error) {
	all, err := a.remembered(ctx, name)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		if name != "" {
			if _, err := a.scenarios().Variant(name, 1); err != nil {
				return nil, err
			}
		}
		return nil, labs.Misuse("There is no attempt to explain yet", "Begin one: endstate start SCENARIO · or let one be chosen: endstate next")
	}
	d := &debriefing{app: a, in: bufio.NewReader(a.In), store: a.store}
	if d.story, err = a.store.Story(ctx, all[len(all)-1]); err != nil {
		return nil, err
	}
	if len(d.story.Rounds) == 0 {
		return nil, labs.Misuse(fmt.Sprintf("Nothing of attempt %d at %s was checked yet", d.story.ID, d.story.Scenario), "First: endstate check "+d.story.Scenario)
	}
	d.variant, err = a.scenarios().Variant(d.story.Scenario, d.story.Seed)
	return d, err
}

// mayShow makes sure that the model answer may be shown: while the lab goes on and
// is not repaired, it is the solution.
func (d *debriefing) mayShow(ctx context.Context, yes bool) (bool, error) {
	_, over := d.story.Over(d.app.Clock())
	solved := false
	for _, check := range d.story.Rounds {
		solved = solved || check.Report.Passed()
	}
	if over || solved || d.story.Assisted {
		return true, nil
	}
	if !yes {
		ok, err := d.app.confirm(ctx, "The lab goes on and is not repaired: with the model answer, the attempt counts as assisted. Go on?", "--yes")
		if err != nil || !ok {
			return false, err
		}
	}
	return true, d.store.Assist(ctx, &d.story.Attempt, d.app.Clock())
}

func (d *debriefing) run(ctx context.Context, asJSON bool) error {
	text, err := d.explain(ctx)
	if err != nil {
		return err
	}
	said := attempts.Explanation{At: d.app.Clock(), Text: text, Points: practice.Compare(text, labs.KeyPoints(d.variant.Debrief))}
	// It is kept before the answer shows: what is said after that is no explanation.
	if err := d.store.Explain(ctx, &d.story.Attempt, said); err != nil {
		return err
	}
	if asJSON {
		return report.JSON(d.app.Out, struct {
			Attempt string `json:"attempt"`
			attempts.Explanation
			Answer string `json:"answer"`
		}{d.story.UID, said, d.variant.Debrief})
	}
	style := d.app.style(d.app.Out)
	if err := markdown(d.app.Out, style, "\n"+d.variant.Debrief); err != nil {
		return err
	}
	if _, ok := tty.Open(d.app.In, d.app.Err); ok && len(said.Points) > 0 {
		d.tick(said.Points, style)
		if err := d.store.Explain(ctx, &d.story.Attempt, said); err != nil {
			return err
		}
	}
	out := &strings.Builder{}
	writePoints(out, said.Points, style)
	_, err = fmt.Fprintf(d.app.Out, "%s\n%s\n", out, style.Dim(fmt.Sprintf("Kept beside attempt %d. It is no part of the score.", d.story.ID)))
	return err
}

// maxText is how long an explanation may be: it is to be said in an interview.
const maxText = 64 << 10

// explain has the learner explain, where they can.
func (d *debriefing) explain(ctx context.Context) (string, error) {
	text, err := "", error(nil)
	editor := d.app.setting("VISUAL", d.app.Env("EDITOR"))
	_, onTerminal := tty.Open(d.app.In, d.app.Out)
	if onTerminal && editor != "" {
		text, err = d.edit(ctx, editor)
	} else {
		if onTerminal {
			fmt.Fprintln(d.app.Err, "What was broken, what did you do, and why? In a few sentences; Ctrl-D on a line of its own ends them.")
		}
		var all []byte
		all, err = io.ReadAll(io.LimitReader(d.in, maxText+1))
		text = string(all)
	}
	switch text = strings.TrimSpace(text); {
	case err != nil:
		return "", err
	case len(text) > maxText:
		return "", labs.Misuse("That is longer than anybody listens", "Explain it in a few sentences.")
	case text == "":
		return "", labs.Misuse("Nothing was explained, and nothing is kept", "Say in a few sentences what was broken, what you did and why.")
	}
	return text, nil
}

// preface is what the learner's editor shows first.
const preface = `# In a few sentences: what was broken, what did you do, and why?
# These lines at the top are left out. An empty text ends it.

`

func (d *debriefing) edit(ctx context.Context, editor string) (string, error) {
	file, err := os.CreateTemp("", "endstate-*.md")
	if err != nil {
		return "", err
	}
	defer os.Remove(file.Name())
	if _, err := io.WriteString(file, preface); err != nil {
		return "", err
	}
	if err := file.Close(); err != nil {
		return "", err
	}
	// As git does: the setting may hold arguments.
	command := exec.CommandContext(ctx, "sh", "-c", editor+` "$1"`, "sh", file.Name())
	command.Stdin, command.Stdout, command.Stderr = d.app.In, d.app.Out, d.app.Err
	if err := command.Run(); err != nil {
		return "", labs.Misuse("The editor "+editor+" failed; nothing is kept", "Set EDITOR to another one, or to nothing: then you are asked here.")
	}
	text, err := os.ReadFile(file.Name())
	rest := string(text)
	for strings.HasPrefix(rest, "#") {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	return rest, err
}

// tick has the learner say which points they really made. No answer is what the text
// seems to say.
func (d *debriefing) tick(points []attempts.KeyPoint, style report.Style) {
	fmt.Fprintln(d.app.Err, style.Bold("Did you say so?"))
	for i := range points {
		usual, choice := points[i].Touched, "[y/N]"
		if usual {
			choice = "[Y/n]"
		}
		fmt.Fprintf(d.app.Err, "%s  %s ", strings.TrimRight(style.Paragraph(points[i].Text, 2), "\n"), choice)
		line, err := d.in.ReadString('\n')
		if err != nil {
			fmt.Fprintln(d.app.Err)
			return
		}
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			usual = true
		case "n", "no":
			usual = false
		}
		points[i].Said = &usual
	}
}

// writePoints shows key points: which the learner made, or seems to have made.
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

package cli

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/internal/tty"
	"endstate/labs"
)

// starting is what an exam is started with.
type starting struct {
	candidate, topic string
	seed             *uint64
	noShell, asJSON  bool
}

func (a *app) examStartCommand() *cobra.Command {
	var with starting
	c := &cobra.Command{
		Use:     "start BLUEPRINT|NAME",
		Short:   "Draw an exam and start its clock",
		Long:    "Draw the questions of an exam – a file, or one that comes along – and start. The clock starts when the first lab is ready.",
		Example: "  endstate exam start taste\n  endstate exam start topic --topic git\n  endstate exam start class.yaml --candidate Ada --no-shell",
		Args:    door.Exactly(1, "an exam; see: endstate exam list"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return exams.Names(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(c *cobra.Command, args []string) error {
			b, err := a.blueprint(args[0])
			if err != nil {
				return err
			}
			return a.startExam(c.Context(), b, with)
		},
	}
	c.Flags().StringVar(&with.candidate, "candidate", "", "who sits it (default: whose labs these are)")
	c.Flags().StringVar(&with.topic, "topic", "", "the topic, of an exam about one")
	door.SeedVar(c, &with.seed, "the seed: the same one draws the same questions (default: as the blueprint says)")
	c.Flags().BoolVar(&with.noShell, "no-shell", false, "don't open a shell")
	c.Flags().BoolVar(&with.asJSON, "json", false, "print the exam as JSON, and progress as JSON lines; opens no shell")
	door.RecordVar(c, &a.noRecord)
	return c
}

// longestName keeps tables of candidates readable.
const longestName = 100

func (a *app) startExam(ctx context.Context, b *exams.Blueprint, with starting) error {
	if with.topic != "" && !b.AsksTopic() {
		return labs.Misuse("The exam "+b.Name+" is not about one topic", "Leave out --topic.")
	}
	p, err := a.proctor(ctx)
	if err != nil {
		return err
	}
	at, err := a.Desk()
	if err != nil {
		return err
	}
	if err := at.Library().Broken(); err != nil {
		a.warn(err, "Such scenarios are not drawn.")
	}
	bank := exams.Bank{Scenarios: at.Offered(ctx), Topic: with.topic}
	seed := desk.DrawSeed()
	for _, chosen := range []*uint64{b.Seed, with.seed} {
		if chosen != nil {
			seed = *chosen
		}
	}
	candidate := with.candidate
	if candidate == "" {
		candidate = a.Owner()
	}
	if utf8.RuneCountInString(candidate) > longestName || strings.ContainsFunc(candidate, unicode.IsControl) {
		return labs.Misuse("That is no candidate's name", fmt.Sprintf("Give one of a single line, %d characters at most.", longestName))
	}
	s, err := p.Draw(ctx, b, seed, bank, a.Owner(), candidate)
	if err != nil {
		return err
	}
	if !with.asJSON {
		a.announce(s)
	}
	return a.goTo(ctx, p, s, going{question: 1, host: labs.Workspace, noShell: with.noShell, asJSON: with.asJSON})
}

// announce says what the exam's rules are, before its clock starts.
func (a *app) announce(s *exams.Sitting) {
	b := s.Blueprint
	style := a.Style(a.Out)
	fmt.Fprintf(a.Out, "%s\n%s\n", style.Bold(report.Visible(b.Title)), style.Paragraph(fmt.Sprintf(
		"Exam %d · %s · %d questions · %s minutes · %d %% pass · %s · %s",
		s.ID, s.Candidate, len(s.Questions), report.Decimal(b.Minutes), b.Pass, b.Feedback.Words(), b.Hints.Words()), 0))
}

// going is where a candidate goes, and how.
type going struct {
	question        int
	host            string
	noShell, asJSON bool
}

// goTo brings the candidate to a question: into its shell, or without a terminal to
// its task.
func (a *app) goTo(ctx context.Context, p *exams.Proctor, s *exams.Sitting, to going) error {
	a.sendKeeper(s.ID)
	t, onTerminal := tty.Open(a.In, a.Out)
	if onTerminal && !to.noShell && !to.asJSON {
		at := &candidate{app: a, proctor: p, id: s.ID, sitting: s, terminal: t, question: to.question, host: to.host}
		return at.sit(ctx)
	}
	var lab *labs.Lab
	err := a.progress(to.asJSON, func(emit labs.Emit) (err error) {
		s, lab, err = p.Goto(ctx, s.ID, to.question, emit)
		return err
	})
	if err != nil {
		return err
	}
	if to.asJSON {
		return report.JSON(a.Out, s.View(a.Clock()))
	}
	visit, err := a.visit(s, lab, to.host)
	if err != nil {
		return err
	}
	if err := showQuestion(a.Out, a.Style(a.Out), s.View(a.Clock()), to.question, visit.Task()); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, `
The exam runs, %s. What comes next:
  endstate exam resume --exam %[2]d    work on the question, at a terminal
  endstate exam goto N --exam %[2]d    go to another question
  endstate exam status --exam %[2]d    see where you stand
  endstate exam submit --exam %[2]d    end it and have it graded
`, timeLeft(s.View(a.Clock())), s.ID)
	return nil
}

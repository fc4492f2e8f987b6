package exam

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/labs"
)

// answer answers an in-lab command on the candidate's screen. It returns false if the shell
// must close.
func (at *candidate) answer(ctx context.Context, verb string, screen *seat.Screen, style report.Style) (stays bool, err error) {
	letter, isGoto := strings.CutPrefix(verb, "examgoto")
	switch {
	case verb == "task":
		return true, writeQuestion(screen, style, at.session.Question())
	case verb == "check":
		return true, at.check(ctx, screen, style)
	case verb == "hint":
		return true, at.hint(ctx, screen, style)
	case verb == "reset":
		replaced, err := at.shell.Reset(ctx, screen, style)
		return !replaced, err
	case verb == "examstatus":
		v, err := at.session.Read(ctx)
		if err != nil {
			return true, err
		}
		return true, report.ExamText(screen, v, style)
	case verb == "examflag":
		return true, at.flag(ctx, screen, style)
	case verb == "examnext":
		return at.move(at.session.MoveOn())
	case isGoto && len(letter) == 1:
		return at.move(at.session.Move(int(letter[0]-'a') + 1))
	case verb == "examsubmit":
		return at.askSubmit(ctx, screen)
	}
	return true, writeHelp(screen, style)
}

// move closes the shell to go to another question, unless that failed.
func (at *candidate) move(err error) (stays bool, _ error) { return err != nil, err }

func (at *candidate) askSubmit(ctx context.Context, screen *seat.Screen) (stays bool, err error) {
	_, err = at.session.Submit(ctx, false, nil)
	var asks *desk.Unconfirmed
	if errors.As(err, &asks) {
		at.submits, err = screen.Confirm(ctx, asks.Question)
	}
	return !at.submits, err
}

func (at *candidate) flag(ctx context.Context, screen *seat.Screen, style report.Style) error {
	v, err := at.session.Flag(ctx)
	if err != nil {
		return err
	}
	return report.ExamText(screen, v, style)
}

func (at *candidate) hint(ctx context.Context, screen *seat.Screen, style report.Style) error {
	var open []labs.Hint
	err := door.Agreed(ctx, screen, style, func(ctx context.Context, agreed bool, emit labs.Emit) (err error) {
		open, err = at.session.Hint(ctx, agreed, emit)
		return err
	})
	if err != nil {
		return err
	}
	for i, hint := range open {
		head := fmt.Sprintf("Hint %d (−%d)", i+1, hint.Costs)
		if _, err := fmt.Fprintf(screen, "%s\n%s", style.Bold(head), style.Paragraph(hint.Text, 2)); err != nil {
			return err
		}
	}
	return nil
}

// check grades the question and shows what the exam lets its candidate know.
func (at *candidate) check(ctx context.Context, screen *seat.Screen, style report.Style) error {
	var answer *examdesk.Answer
	err := door.Working(ctx, screen, style, func(ctx context.Context, emit labs.Emit) (err error) {
		answer, err = at.session.Check(ctx, emit)
		return err
	})
	if err != nil {
		return err
	}
	return writeAnswer(screen, style, answer)
}

func writeHelp(screen *seat.Screen, style report.Style) error {
	return door.ShowHelp(screen, [][2]string{
		{"task", "read the question again"},
		{"check", "grade it; the exam's rules say what you are shown"},
		{"hint", "open the next hint, if the exam allows it; it costs points"},
		{"reset", "put the question's lab back to how it was at the start"},
		{"exam", "see all questions and the time left"},
		{"exam goto N", "go to question N; exam next goes to the next one"},
		{"exam flag", "put a flag on the question, or take it away"},
		{"exam submit", "end the exam and grade it"},
		{"exit", "leave; the clock goes on until the exam is submitted or time is up"},
	}, style)
}

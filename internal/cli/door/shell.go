package door

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"endstate/internal/desk"
	"endstate/internal/desk/saves"
	"endstate/internal/desk/visit"
	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/internal/tty"
	"endstate/labs"
)

// Shell is a learner at a terminal in a lab.
type Shell struct {
	*Door
	Visit    *visit.Visit
	Terminal tty.Terminal
	NoRecord bool
	// Remote is who sits at a terminal that is not this process's, such as one in a browser. It is empty if
	// the terminal is Terminal.
	Remote  labs.Learner
	notices seat.Notices
}

// Records reports whether what the terminal shows is recorded.
func (s *Shell) Records() bool { return s.record() && !s.NoRecord }

// Who is the learner who sits at the terminal.
func (s *Shell) Who() labs.Learner {
	if s.Remote.Name != "" {
		return s.Remote
	}
	return s.Door.Who()
}

// Once opens one shell, and returns when it has ended.
func (s *Shell) Once(ctx context.Context, answer seat.Answer) error {
	columns, rows := s.Terminal.Size()
	stay, err := s.Visit.Open(ctx, visit.Window{
		Columns: columns, Rows: rows, Kind: s.Setting("TERM", "xterm-256color"), Colors: s.Env("COLORTERM"), NoColor: s.Env("NO_COLOR"), Unrecorded: s.NoRecord,
	}, s.warnMeanwhile)
	if err != nil {
		return err
	}
	s.tellBefore(stay.Before)
	err = s.attach(ctx, stay, answer)
	held := &warnings{}
	stay.Leave(ctx, held.sort(nil))
	held.show(s.Err)
	return err
}

// tellBefore tells a learner who comes back what the task was, and the last score.
func (s *Shell) tellBefore(before *visit.Before) {
	if before == nil {
		return
	}
	last := "not checked yet"
	if before.Last != nil {
		last = "last " + desk.ScoreOf(before.Last.Report) + ", " + before.Last.At.In(s.Clock().Location()).Format("15:04")
	}
	fmt.Fprintf(s.Out, "%s · %s\n\n", report.Visible(before.Title), last)
}

// attach joins the terminal to a shell until either ends.
func (s *Shell) attach(ctx context.Context, stay *visit.Stay, answer seat.Answer) error {
	defer stay.Shell.Close()
	raw, err := s.Terminal.MakeRaw()
	if err != nil {
		return err
	}
	defer raw.Restore()
	_, err = seat.Attach(ctx, raw, stay.Shell, answer, append(stay.Watchers(), &s.notices)...)
	return err
}

// Notify shows a notice at the top of the terminal while the shell is open.
func (s *Shell) Notify(text string) { _ = s.notices.Show(s.Terminal, text) }

// warnMeanwhile shows a warning on a terminal in raw mode: as a notice if it is about time, which a
// program on the whole screen may not hide.
func (s *Shell) warnMeanwhile(event labs.Event) {
	style := s.Style(s.Out)
	style.InLab = inLabCommands
	if s.Visit.Exam == nil {
		style.InLab = append(slices.Clone(inLabCommands), "save", "extend")
	}
	var problem *labs.Problem
	if errors.As(event.Warning, &problem) && problem.Code == desk.CodeLabEnds {
		s.Notify(strings.TrimSpace(problem.What + ". " + helpWith(style, problem)))
		return
	}
	var text strings.Builder
	showWarning(onScreen(&text, style), style, event)
	fmt.Fprint(s.Out, "\r\n"+strings.ReplaceAll(text.String(), "\n", "\r\n"))
}

// Lost says why a shell ended although nobody left it.
func (s *Shell) Lost(ctx context.Context, err error) error {
	if !errors.Is(err, seat.ErrLost) {
		return err
	}
	problem := s.Visit.Lost(ctx, err)
	if problem.Code == desk.CodeStopped || problem.Code == desk.CodeReset {
		ShowProblem(s.Err, problem)
		return nil
	}
	return problem
}

// Reset puts the lab back to how it was at the start, or to a saved state if one is named, after
// asking. It returns whether the shell has ended.
func (s *Shell) Reset(ctx context.Context, screen *seat.Screen, style report.Style, to string) (bool, error) {
	before, act := s.Visit.Lab, s.Visit.Reset
	if to != "" {
		act = func(ctx context.Context, agreed bool, emit labs.Emit) error { return s.goBack(ctx, to, agreed, emit) }
	}
	err := act(ctx, false, nil)
	var asks *desk.Unconfirmed
	if errors.As(err, &asks) {
		if ok, err := screen.Confirm(ctx, asks.Question); err != nil || !ok {
			return false, err
		}
		screen.OutliveCommand()
		err = Working(ctx, screen, style, func(ctx context.Context, emit labs.Emit) error { return act(ctx, true, emit) })
	}
	return s.Visit.Lab != before, err
}

// goBack puts the lab back to a saved state.
func (s *Shell) goBack(ctx context.Context, to string, agreed bool, emit labs.Emit) error {
	at, err := s.Desk()
	if err != nil {
		return err
	}
	lab, err := saves.New(at).Reset(ctx, s.Who(), s.Visit.Lab.Scenario, to, agreed, emit)
	if lab != nil {
		s.Visit.Lab = lab
	}
	return err
}

package exam

import (
	"context"
	"errors"
	"fmt"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/internal/tty"
	"endstate/labs"
)

// candidate is a candidate at a terminal, who goes from question to question.
type candidate struct {
	*gotoOptions
	session *examdesk.Session
	shell   *door.Shell
	submits bool // the candidate wants to end the exam
}

// sit returns when the candidate leaves or the exam ends.
func (o *gotoOptions) sit(ctx context.Context, t tty.Terminal, n int, host string) error {
	at := &candidate{gotoOptions: o, shell: &door.Shell{Door: o.Door, Terminal: t, NoRecord: o.noRecord}}
	err := o.act(func(d *examdesk.Desk, emit labs.Emit) (err error) {
		at.session, err = d.Sit(ctx, o.Who(), o.which, n, host, emit)
		return err
	})
	if err != nil {
		return err
	}
	defer at.session.Close()
	for {
		if err := at.goIn(ctx); err != nil {
			return err
		}
		if err := at.work(ctx); !errors.Is(err, seat.ErrShellClosed) || at.submits {
			return at.leave(ctx, err)
		}
	}
}

// goIn enters the session's question and shows its task.
func (at *candidate) goIn(ctx context.Context) error {
	var q *examdesk.Question
	err := at.act(func(_ *examdesk.Desk, emit labs.Emit) (err error) {
		q, at.shell.Visit, err = at.session.Enter(ctx, emit)
		return err
	})
	if err != nil {
		return err
	}
	if err := writeQuestion(at.Out, at.Style(at.Out), q); err != nil {
		return err
	}
	fmt.Fprint(at.Out, "\nIn the lab: task · check · hint · reset · exam · help\nexit leaves; the clock keeps running.\n")
	if at.shell.Records() {
		fmt.Fprintln(at.Out, "What this terminal shows is recorded, in a file that only you can read; not if you say --no-record.")
	}
	_, err = fmt.Fprintln(at.Out)
	return err
}

// work opens a shell and returns when it has closed: by the candidate, by the clock, or because
// another process ended the exam.
func (at *candidate) work(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		if err := at.session.Watch(ctx, at.notice); err != nil {
			cancel(err)
		}
	}()
	err := at.shell.Once(ctx, at.answer)
	cancel(nil)
	<-watched
	return err
}

// notice shows a warning at the top of the terminal.
func (at *candidate) notice(event labs.Event) { at.shell.Notify(noticeText(event.Warning)) }

// noticeText words a warning of the clock. The prompt has the time that was left when its shell began.
func noticeText(warning error) string {
	var problem *labs.Problem
	if errors.As(warning, &problem) && problem.Code == examdesk.CodeExtraTime {
		return warning.Error() + ". The prompt shows it in the next shell"
	}
	return warning.Error()
}

// leave says why the shell has closed. If the exam is over, it is graded.
func (at *candidate) leave(ctx context.Context, why error) error {
	v, err := at.session.Read(context.WithoutCancel(ctx))
	if err != nil {
		v = at.session.View()
	}
	switch {
	case at.submits:
		return at.finish(ctx)
	case errors.Is(why, examdesk.ErrTimeUp):
		fmt.Fprintln(at.Out, "Time is up. Your work is graded now.")
		return at.finish(ctx)
	case errors.Is(why, examdesk.ErrOver), errors.Is(why, examdesk.ErrStopped) && !v.Ended.IsZero():
		fmt.Fprintf(at.Out, "The exam is over. See the result: %s\n", line("status", v.ID))
		return nil
	case errors.Is(why, examdesk.ErrStopped):
		fmt.Fprintln(at.Out, stoppedText(v))
		if lastPauseIsExaminers(v) {
			return nil
		}
		return door.ErrUngraded
	case why != nil:
		return at.shell.Lost(ctx, why)
	}
	fmt.Fprintf(at.Out, "\nThe exam is still running, %s.\n  Go back: %s\n  End it: %s\n", report.TimeLeft(v), line("resume", v.ID), line("submit", v.ID))
	return nil
}

// finish submits the exam and shows the result.
func (at *candidate) finish(ctx context.Context) error {
	var v exams.View
	err := at.act(func(_ *examdesk.Desk, emit labs.Emit) (err error) {
		v, err = at.session.Submit(ctx, true, emit)
		return err
	})
	if err != nil {
		return err
	}
	return at.showResult(v)
}

package cli

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/internal/tty"
	"endstate/labs"
)

// examrc is what the shell of an exam reads at its start.
//
//go:embed examrc
var examrc string

// candidate sits an exam at a terminal, from question to question.
type candidate struct {
	app      *app
	proctor  *exams.Proctor
	id       int64
	sitting  *exams.Sitting // as it was last read
	terminal tty.Terminal
	host     string
	question int  // where the candidate is, or goes to next
	submit   bool // the candidate asked for the end
}

// What ends a shell of an exam from outside.
var (
	errTimeUp = errors.New("time is up")
	errStands = errors.New("the clock stands")
	errOver   = errors.New("the exam is over")
)

// sit stays until the candidate leaves or the exam's end. Meanwhile the labs of the
// other questions are made ready.
func (at *candidate) sit(ctx context.Context) error {
	defer at.app.takeSeat(at.id)()
	background, stop := context.WithCancel(ctx)
	prepared := make(chan struct{})
	begun := false
	ended := func() {
		stop()
		if begun {
			<-prepared
		}
	}
	defer ended()
	for {
		in, err := at.enter(ctx)
		if err != nil {
			return err
		}
		if !begun {
			begun = true
			go func() { defer close(prepared); at.quiet().Prepare(background, at.id) }()
		}
		err = at.work(ctx, in)
		switch {
		case at.submit || errors.Is(err, errTimeUp):
			ended()
			if !at.submit {
				fmt.Fprintln(at.app.Out, "Time is up. What is there is graded now.")
			}
			return at.app.submit(ctx, at.proctor, at.sitting, false)
		case errors.Is(err, seat.ErrShellClosed):
			continue
		case errors.Is(err, errOver):
			fmt.Fprintf(at.app.Out, "The exam is over. See what came of it: %s\n", examLine("status", at.id))
			return nil
		case errors.Is(err, errStands):
			fmt.Fprintln(at.app.Out, standsText(at.id))
			return door.ErrUngraded
		case err != nil:
			return in.Lost(ctx, err)
		}
		fmt.Fprintf(at.app.Out, "\nThe exam goes on, %s. Back: %s · end it: %s\n",
			timeLeft(at.sitting.View(at.app.Clock())), examLine("resume", at.id), examLine("submit", at.id))
		return nil
	}
}

// quiet is the proctor of what is done in the background: nothing of it is to show on
// the candidate's screen.
func (at *candidate) quiet() *exams.Proctor {
	d, proctor := *at.app.Door, *at.proctor
	d.Err = io.Discard
	if rooms, ok := proctor.Labs.(*examRooms); ok {
		proctor.Labs = &examRooms{app: &app{Door: &d}, desk: rooms.desk, Rooms: rooms.Rooms}
	}
	return &proctor
}

// enter goes to the next question and shows its task.
func (at *candidate) enter(ctx context.Context) (*door.Shell, error) {
	var lab *labs.Lab
	err := at.app.progress(false, func(emit labs.Emit) (err error) {
		at.sitting, lab, err = at.proctor.Goto(ctx, at.id, at.question, emit)
		return err
	})
	if err != nil {
		return nil, err
	}
	visit, err := at.app.visit(at.sitting, lab, at.host)
	if err != nil {
		return nil, err
	}
	visit.Exam.Environment = at.environment()
	if err := showQuestion(at.app.Out, at.app.Style(at.app.Out), at.sitting.View(at.app.Clock()), at.question, visit.Task()); err != nil {
		return nil, err
	}
	in := &door.Shell{Door: at.app.Door, Visit: visit, Terminal: at.terminal, NoRecord: at.app.noRecord}
	fmt.Fprintf(at.app.Out, "\nIn the lab: task · check · hint · reset · exam · help; exit leaves, the clock goes on.\n")
	if in.Records() {
		fmt.Fprintln(at.app.Out, "What this terminal shows is recorded, in a file that only you can read; not if you say --no-record.")
	}
	fmt.Fprintln(at.app.Out)
	return in, nil
}

// work opens a shell and stays in it until it ends or something ends it.
func (at *candidate) work(ctx context.Context, in *door.Shell) error {
	ctx, cancel := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	left := at.sitting.Left(at.app.Clock())
	go func() { defer close(watched); at.watch(ctx, left, cancel) }()
	err := in.Once(ctx, func(ctx context.Context, verb string, screen *seat.Screen) bool {
		style, elsewhere := at.app.Style(at.app.Out), at.app.Err
		at.app.Err = screen // warnings are for the candidate's screen, too
		defer func() { at.app.Err = elsewhere }()
		goOn, err := at.answer(ctx, in, verb, screen, style)
		door.Show(screen, err)
		return goOn
	})
	cancel(nil)
	<-watched
	if s, readErr := at.proctor.Store.Exam(context.WithoutCancel(ctx), at.id); readErr == nil {
		at.sitting = s
	}
	return err
}

// The candidate is warned when so much time is left.
var timeWarnings = []time.Duration{10 * time.Minute, 2 * time.Minute}

// watch warns when time runs out, and ends the shell when it is up, when the clock
// stands or when the exam was ended elsewhere.
func (at *candidate) watch(ctx context.Context, left time.Duration, end context.CancelCauseFunc) {
	const often = 2 * time.Second
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(min(often, max(left, 50*time.Millisecond))):
		}
		s, err := at.proctor.Store.Exam(ctx, at.id)
		if err != nil {
			continue
		}
		now := at.app.Clock()
		switch {
		case !s.Ended.IsZero():
			end(errOver)
			return
		case s.Due(now):
			end(errTimeUp)
			return
		case s.Phase(now) == exams.Paused:
			end(errStands)
			return
		}
		before := left
		left = s.Left(now)
		for _, warning := range timeWarnings {
			if before > warning && left <= warning {
				_ = seat.Notice(at.terminal, fmt.Sprintf("%d minutes left", int(warning.Minutes())))
			}
		}
	}
}

// visit lets the candidate into the lab of a question.
func (a *app) visit(s *exams.Sitting, lab *labs.Lab, host string) (*desk.Visit, error) {
	at, err := a.Desk()
	if err != nil {
		return nil, err
	}
	return at.VisitOf(lab, host, &desk.ExamVisit{ID: s.ID, Shell: []string{"bash", "-c", `exec bash --rcfile <(printf %s "$ENDSTATE_RC")`}})
}

// environment is what the shell of an exam knows of it.
func (at *candidate) environment() map[string]string {
	return map[string]string{
		"ENDSTATE_RC":       examrc,
		"ENDSTATE_LEFT":     strconv.Itoa(int(at.sitting.Left(at.app.Clock()).Seconds())),
		"ENDSTATE_QUESTION": fmt.Sprintf("%d/%d", at.question, len(at.sitting.Questions)),
	}
}

// answer answers a request of the shell. It returns false when the shell is no more.
func (at *candidate) answer(ctx context.Context, in *door.Shell, verb string, screen *seat.Screen, style report.Style) (bool, error) {
	letter, isGoto := strings.CutPrefix(verb, "examgoto")
	switch {
	case verb == "task":
		return true, showQuestion(screen, style, at.sitting.View(at.app.Clock()), at.question, in.Visit.Task())
	case verb == "check":
		return at.check(ctx, in, screen, style)
	case verb == "hint":
		return true, at.hint(ctx, in, screen, style)
	case verb == "reset":
		replaced, err := in.Reset(ctx, screen, style)
		return !replaced, err
	case verb == "examstatus":
		s, err := at.proctor.Store.Exam(ctx, at.id)
		if err != nil {
			return true, err
		}
		return true, writeExam(screen, style, s.View(at.app.Clock()))
	case verb == "examflag":
		return true, at.flag(ctx, screen, style)
	case verb == "examnext":
		return at.leave(at.question%len(at.sitting.Questions) + 1)
	case isGoto && len(letter) == 1:
		return at.leave(int(letter[0]-'a') + 1)
	case verb == "examsubmit":
		return at.ask(ctx, screen)
	}
	return true, showExamHelp(screen, style)
}

// leave goes to another question, if there is one of that number.
func (at *candidate) leave(n int) (bool, error) {
	if _, err := at.sitting.Question(n); err != nil {
		return true, err
	}
	if n == at.question {
		return true, labs.Misuse(fmt.Sprintf("You are at question %d", n), "Go to another one: exam goto N, exam next")
	}
	at.question, at.host = n, labs.Workspace
	return false, nil
}

func (at *candidate) ask(ctx context.Context, screen *seat.Screen) (bool, error) {
	s, err := at.proctor.Store.Exam(ctx, at.id)
	if err != nil {
		return true, err
	}
	at.submit, err = screen.Confirm(ctx, submitQuestion(s.View(at.app.Clock())))
	return !at.submit, err
}

func (at *candidate) flag(ctx context.Context, screen *seat.Screen, style report.Style) error {
	s, err := at.proctor.Flag(ctx, at.id, at.question)
	if err != nil {
		return err
	}
	return writeExam(screen, style, s.View(at.app.Clock()))
}

func (at *candidate) hint(ctx context.Context, in *door.Shell, screen *seat.Screen, style report.Style) error {
	open, fresh, err := at.proctor.Hint(ctx, at.id, at.question)
	if err != nil {
		return err
	}
	if fresh {
		desk, err := at.app.Desk()
		if err != nil {
			return err
		}
		desk.Note(ctx, in.Visit.Lab, in.Visit.Variant, "The exam remembers the hint all the same.", at.app.emit, func(store *attempts.View, attempt *attempts.Attempt) error {
			_, _, err := store.OpenHint(ctx, attempt, at.app.Clock(), len(open))
			return err
		})
	}
	for i, hint := range open {
		head := fmt.Sprintf("Hint %d (−%d)", i+1, hint.Costs)
		if _, err := fmt.Fprintf(screen, "%s\n%s", style.Bold(head), style.Paragraph(hint.Text, 2)); err != nil {
			return err
		}
	}
	return nil
}

// check grades the question and shows what the exam lets be known. If it can't be
// graded the shell is left, as the clock stands.
func (at *candidate) check(ctx context.Context, in *door.Shell, screen *seat.Screen, style report.Style) (bool, error) {
	var found *labs.Report
	n := at.question
	err := door.Working(ctx, screen, style, func(ctx context.Context, emit labs.Emit) (err error) {
		var s *exams.Sitting
		if s, found, err = at.proctor.Check(ctx, at.id, n, emit); s != nil {
			at.sitting = s
		}
		return err
	})
	if err != nil {
		return true, err
	}
	in.Visit.Mark(found)
	return true, writeAnswer(screen, style, at.sitting.Blueprint.Feedback.Answer(n, found), found)
}

// writeAnswer shows what a candidate is told of a check.
func writeAnswer(w io.Writer, style report.Style, answer exams.Answer, found *labs.Report) error {
	switch {
	case answer.Report != nil:
		return report.Text(w, answer.Report, style)
	case !answer.Graded:
		_, err := io.WriteString(w, style.Paragraph("Could not be graded: "+exams.Obstacles(found), 0))
		return err
	case answer.Score != nil:
		_, err := fmt.Fprintf(w, "%s\n", style.Bold(fmt.Sprintf("Score %d of %d", *answer.Score, found.Total)))
		return err
	}
	_, err := fmt.Fprintln(w, "It can be graded. What came of it is told after the end.")
	return err
}

// showQuestion writes a question's place in the exam and its task.
func showQuestion(w io.Writer, style report.Style, v exams.View, n int, task *desk.Task) error {
	if err := door.Markdown(w, style, fmt.Sprintf("# %s\n\n%s\n", task.Title, task.Text)); err != nil {
		return err
	}
	q := v.Questions[n-1]
	facts := fmt.Sprintf("Question %d of %d · %d points · par %d minutes", q.Number, len(v.Questions), q.Points, q.Minutes)
	for _, server := range task.Lab.Servers() {
		facts += " · " + server
	}
	_, err := fmt.Fprintf(w, "%s\n%s\n", style.Dim(facts), style.Bold(timeLeft(v)))
	return err
}

func showExamHelp(screen *seat.Screen, style report.Style) error {
	return door.ShowHelp(screen, [][2]string{
		{"task", "read the question again"},
		{"check", "have it graded; what is told is as the exam's rules have it"},
		{"hint", "open the next hint, if the exam allows it; it costs points"},
		{"reset", "put the question back to how it was handed over"},
		{"exam", "see all questions and the time left"},
		{"exam goto N", "go to question N; exam next goes to the next one"},
		{"exam flag", "put a flag on the question, or take it away"},
		{"exam submit", "end the exam and have it graded"},
		{"exit", "leave; the clock goes on until the exam is submitted or time is up"},
	}, style)
}

// submit ends an exam, has it graded and shows what came of it.
func (a *app) submit(ctx context.Context, p *exams.Proctor, s *exams.Sitting, asJSON bool) error {
	err := a.progress(asJSON, func(emit labs.Emit) (err error) {
		s, err = p.Submit(ctx, s.ID, emit)
		return err
	})
	if err != nil {
		return err
	}
	if err := a.showExam(s, asJSON); err != nil {
		return err
	}
	switch result := s.Result(); {
	case result.Passed == nil:
		return door.ErrUngraded
	case !*result.Passed:
		return door.ErrFailed
	}
	return nil
}

package exam

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	examdesk "endstate/internal/desk/exam"
	"endstate/internal/seat"
	"endstate/internal/web/terminal"
	"endstate/labs"
)

// terminal joins a terminal of a page to a shell in the lab of the question that the candidate is at.
func (m *Room) terminal(w http.ResponseWriter, r *http.Request, who visitor) {
	host := r.PathValue("host")
	place := "exam\x00" + strconv.FormatInt(who.exam.ID, 10) + "\x00" + strconv.Itoa(who.number)
	m.Join(w, r, who.Learner, place, func(client *terminal.Client) error { return m.sit(client, who, host) })
}

// sit stays in a shell until it ends, the clock closes it, or the browser is gone.
func (m *Room) sit(client *terminal.Client, who visitor, host string) error {
	emit := m.Tell(client)
	at, err := m.desk.Join(m.Context, who.Learner, who.exam, who.number, host, emit)
	if err != nil {
		return err
	}
	defer at.Close()
	answer, submits := m.Answer(who.Learner, at)
	for {
		err := m.work(client, at, answer, emit)
		switch {
		case errors.Is(err, seat.ErrShellClosed) && !submits() && at.Number() == who.number:
			continue // a command in the shell has put the lab back
		case errors.Is(err, seat.ErrLost):
			return m.Lost(client, at.Visit(), err)
		case err == nil:
			return client.Tell(terminal.Told{Kind: "ended"})
		}
		return m.leave(client, who, at, submits(), err)
	}
}

// work opens one shell, and returns when it has ended: by the candidate, by the clock, or because
// another process ended the exam.
func (m *Room) work(client *terminal.Client, at *examdesk.Session, answer seat.Answer, emit labs.Emit) error {
	ctx, cancel := context.WithCancelCause(m.Context)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		if err := at.Watch(ctx, nil); err != nil { // the page itself is told how much time is left
			at.Close() // whoever grades need not wait for this shell
			cancel(err)
		}
	}()
	err := m.Once(ctx, client, at.Visit(), answer, emit)
	cancel(nil)
	<-watched
	return err
}

// leave says where the page should go now that its shell has been closed.
func (m *Room) leave(client *terminal.Client, who visitor, at *examdesk.Session, submits bool, why error) error {
	to := questionPath(who.exam.ID, who.number) // which leads on if the exam is over
	switch {
	case submits:
		to = who.path()
		if !m.end(who) { // something else is being done, which must not keep the candidate from it
			if _, err := m.desk.Submit(m.Context, who.Learner, who.exam, true, nil); err != nil {
				return err
			}
		}
	case errors.Is(why, seat.ErrShellClosed): // by a command that goes to another question
		m.enter(who, at.Number())
		to = questionPath(who.exam.ID, at.Number())
	case !errors.Is(why, seat.ErrHangUp): // not by the clock
		return why
	}
	return client.Tell(terminal.Told{Kind: "go", To: to})
}

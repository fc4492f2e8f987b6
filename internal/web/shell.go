package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/coder/websocket"

	"endstate/internal/desk"
	"endstate/internal/desk/visit"
	"endstate/internal/seat"
	"endstate/internal/web/terminal"
	"endstate/labs"
)

// terminal joins a terminal of a page to a shell in a host of a lab.
func (s *Server) terminal(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name, host := r.PathValue("lab"), r.PathValue("host")
	s.join(w, r, who, name, func(client *terminal.Client) error { return s.sit(client, who, name, host) })
}

// join joins a terminal of a page, whose place is named, to what sit opens.
func (s *Server) join(w http.ResponseWriter, r *http.Request, who labs.Learner, place string, sit func(*terminal.Client) error) {
	if r.Header.Get("Origin") != s.Reach.Origin(r) {
		http.Error(w, "Terminals open only from the server's own pages.", http.StatusForbidden)
		return
	}
	s.working.Add(1)
	defer s.working.Done()
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // Accept has answered
	}
	defer s.meter.Terminal()()
	query := r.URL.Query()
	number := func(name string) int { n, _ := strconv.Atoi(query.Get(name)); return terminal.Clamp(n) }
	client := terminal.New(s.ctx, conn, number("columns"), number("rows"))
	defer client.Close("the shell has ended")
	defer context.AfterFunc(r.Context(), func() {
		if errors.Is(context.Cause(r.Context()), errSignedOut) {
			client.Close("signed out")
		}
	})()
	free := s.places.Take(who.Name+"\x00"+place+"\x00"+query.Get("id"), func() { client.Close("opened elsewhere") })
	defer free()
	if isGone(client) {
		return // it has waited for its place in vain
	}
	if err := sit(client); err != nil && !isGone(client) {
		_ = client.Tell(terminal.Told{Kind: "lost", HTML: s.problem(err)})
	}
}

func isGone(client *terminal.Client) bool {
	select {
	case <-client.Gone():
		return true
	default:
		return false
	}
}

// sit stays in a shell until it ends or the browser is gone. A shell that a command in it has closed,
// such as reset, is followed by another one.
func (s *Server) sit(client *terminal.Client, who labs.Learner, name, host string) error {
	emit := s.tell(client)
	v, err := visit.Enter(s.ctx, s.Desk, who, name, host, emit)
	for err == nil {
		err = s.once(s.ctx, client, v, s.Answer(who, v), emit)
		switch {
		case errors.Is(err, seat.ErrShellClosed):
			err = nil
			continue
		case errors.Is(err, seat.ErrLost):
			return s.lost(client, v, err)
		case err == nil:
			return client.Tell(terminal.Told{Kind: "ended"})
		}
	}
	return err
}

// tell returns an Emit that shows warnings on the page of a terminal.
func (s *Server) tell(client *terminal.Client) labs.Emit {
	return func(event labs.Event) {
		if event.State == labs.Warned {
			_ = client.Tell(terminal.Told{Kind: "notice", HTML: s.warning(event)})
		}
	}
}

// once opens one shell, and returns when it has ended.
func (s *Server) once(ctx context.Context, client *terminal.Client, v *visit.Visit, answer seat.Answer, emit labs.Emit) error {
	columns, rows := client.Size()
	stay, err := v.Open(ctx, visit.Window{Columns: columns, Rows: rows, Kind: "xterm-256color", Colors: "truecolor"}, emit)
	if err != nil {
		return err
	}
	leave := s.typed.Open(client, stay.Shell.ID)
	_, err = seat.Attach(ctx, client, stay.Shell, answer, stay.Watchers()...)
	leave()
	stay.Leave(context.WithoutCancel(ctx), emit)
	return err
}

// lost says why a shell ended although nobody left it, and whether there is one to come back to.
func (s *Server) lost(client *terminal.Client, v *visit.Visit, cause error) error {
	problem := v.Lost(s.ctx, cause)
	return client.Tell(terminal.Told{Kind: "lost", HTML: s.problem(problem), Again: problem.Code == desk.CodeReset})
}

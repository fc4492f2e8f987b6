// Package people has the pages of accounts: signing in, accepting an invitation, one's own account, and for
// admins everybody's.
package people

import (
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"endstate/internal/desk/people"
	"endstate/internal/web/pages"
	"endstate/internal/web/room"
	"endstate/internal/web/session"
	"endstate/labs"
)

// Room is the pages.
type Room struct {
	room.House
	People   *people.Desk
	Sessions *session.Sessions
	Log      *slog.Logger
}

// Outside returns the pages for those who are not let in yet, by the pattern of their address.
func (m *Room) Outside() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /sign-in": m.signIn, "POST /sign-in": m.checkPassword,
		"GET /join/{key}": m.invitation, "POST /join/{key}": m.accept,
		"POST /sign-out": m.signOut,
	}
}

// Inside returns the pages for those who are let in, by the pattern of their address.
func (m *Room) Inside() map[string]room.Handler {
	return map[string]room.Handler{
		"GET /you":                      m.you,
		"GET /people":                   m.people,
		"POST /people/invitations":      m.invite,
		"POST /invitations/{id}/revoke": m.revoke,
	}
}

// signInPage asks for a name and a password.
type signInPage struct {
	Notice template.HTML
	Name   string
	To     string // the page that was asked for
}

// here returns a path of the server's own pages, or the first page for anything else.
func here(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}

func (m *Room) signIn(w http.ResponseWriter, r *http.Request) {
	m.AskName(w, http.StatusOK, here(r.URL.Query().Get("to")))
}

// AskName answers with the page to sign in on. to is the page that was asked for.
func (m *Room) AskName(w http.ResponseWriter, status int, to string) {
	m.Write(w, status, pages.Page{Title: "Sign in", Main: "signin", Data: signInPage{To: here(to)}})
}

func (m *Room) checkPassword(w http.ResponseWriter, r *http.Request) {
	name, to := r.PostFormValue("name"), here(r.PostFormValue("to"))
	_, badge, err := m.People.SignIn(r.Context(), name, r.PostFormValue("password"))
	if err == nil {
		err = m.Sessions.SignIn(r.Context(), badge)
	}
	if err != nil {
		notice, status := m.Problem(err)
		m.Write(w, status, pages.Page{Title: "Sign in", Main: "signin", Data: signInPage{notice, name, to}})
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (m *Room) signOut(w http.ResponseWriter, r *http.Request) {
	if err := m.Sessions.End(r.Context()); err != nil {
		m.Fail(w, r, labs.Learner{}, "/", err)
		return
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// joinPage asks for the name and the password of a new account.
type joinPage struct {
	Notice     template.HTML
	Invitation *people.Invitation
	Name       string
}

func (m *Room) invitation(w http.ResponseWriter, r *http.Request) {
	found, err := m.People.Invited(r.Context(), r.PathValue("key"))
	if err != nil {
		m.Fail(w, r, labs.Learner{}, "/", err)
		return
	}
	m.Write(w, http.StatusOK, pages.Page{Title: "You are invited", Main: "join", Data: joinPage{Invitation: found}})
}

func (m *Room) accept(w http.ResponseWriter, r *http.Request) {
	key, name := r.PathValue("key"), r.PostFormValue("name")
	_, badge, err := m.People.Accept(r.Context(), key, name, r.PostFormValue("password"))
	if err == nil {
		err = m.Sessions.SignIn(r.Context(), badge)
	}
	if err == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	found, gone := m.People.Invited(r.Context(), key)
	if gone != nil {
		m.Fail(w, r, labs.Learner{}, "/", err)
		return
	}
	notice, status := m.Problem(err)
	m.Write(w, status, pages.Page{Title: "You are invited", Main: "join", Data: joinPage{notice, found, name}})
}

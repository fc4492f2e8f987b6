// Package people has the pages of accounts: signing in, accepting an invitation, one's own account, and for
// admins everybody's.
package people

import (
	"errors"
	"html/template"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"endstate/internal/desk/people"
	"endstate/internal/web/openid"
	"endstate/internal/web/pages"
	"endstate/internal/web/room"
	"endstate/internal/web/session"
	"endstate/labs"
)

// Door is what the room uses of the door that it belongs to.
type Door struct {
	room.House
	People   *people.Desk
	Sessions *session.Sessions
	Provider *openid.Provider // nil: people sign in with passwords alone
	Flows    *session.Flows   // sign-ins that have begun at the provider
	Log      *slog.Logger
	Address  string // under which browsers reach the server, without a path
	Alone    bool   // only browsers on this machine reach it
	// Status returns the HTTP status of an error.
	Status func(err error) int
	// From returns the address that a request comes from.
	From func(r *http.Request) string
}

// Room is the room with its pages.
type Room struct{ Door }

// New returns the room of a door.
func New(d Door) *Room { return &Room{d} }

// Outside returns the pages for those who are not let in yet, by the pattern of their address.
func (m *Room) Outside() map[string]http.HandlerFunc {
	all := map[string]http.HandlerFunc{
		"GET /sign-in": m.signIn, "POST /sign-in": m.checkPassword,
		"GET /join/{key}": m.invitation, "POST /join/{key}": m.accept,
		"POST /sign-out": m.signOut,
	}
	maps.Copy(all, m.provided())
	return all
}

// Inside returns the pages for those who are let in, by the pattern of their address.
func (m *Room) Inside() map[string]room.Handler {
	return map[string]room.Handler{
		"GET /you": m.you, "POST /you/password": m.changePassword,
		"GET /people": m.people, "POST /people/invitations": m.invite,
		"POST /people/{id}/role": m.setRole, "POST /people/{id}/disable": m.disable, "POST /people/{id}/enable": m.enable,
		"POST /people/{id}/sign-out": m.endSessions, "POST /people/{id}/reset": m.reset,
		"POST /invitations/{id}/revoke": m.revoke,
	}
}

// signInPage asks for a name and a password.
type signInPage struct {
	Notice template.HTML
	Name   string
	To     string // the page that was asked for
	// Provider is what people call the provider of OpenID Connect; empty: there is none.
	Provider string
	Domains  []string // whose e-mail addresses need no invitation there
}

func (m *Room) signInWith(page signInPage) pages.Page {
	page.Provider, page.Domains = m.providerName(), m.openTo()
	return pages.Page{Title: "Sign in", Main: "signin", Data: page}
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
	m.Write(w, status, m.signInWith(signInPage{To: here(to)}))
}

func (m *Room) checkPassword(w http.ResponseWriter, r *http.Request) {
	name, to, from := r.PostFormValue("name"), here(r.PostFormValue("to")), m.From(r)
	account, badge, err := m.People.SignIn(r.Context(), from, name, r.PostFormValue("password"))
	if err == nil {
		err = m.Sessions.SignIn(r.Context(), badge)
	}
	if err != nil {
		m.Log.Warn("sign-in refused", "name", name[:min(len(name), 80)], "from", from, "error", err)
		notice, status := m.refusal(w, err)
		m.Write(w, status, m.signInWith(signInPage{Notice: notice, Name: name, To: to}))
		return
	}
	m.Log.Info("signed in", "name", account.Name, "from", from)
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// refusal renders a problem for the form that it belongs to, and tells programs when to try again.
func (m *Room) refusal(w http.ResponseWriter, err error) (template.HTML, int) {
	notice, status := m.Problem(err), m.Status(err)
	var slow *people.Slow
	if errors.As(err, &slow) {
		w.Header().Set("Retry-After", strconv.Itoa(int(slow.Wait.Seconds())+1))
		status = http.StatusTooManyRequests
	}
	return notice, status
}

func (m *Room) signOut(w http.ResponseWriter, r *http.Request) {
	if err := m.Sessions.End(r.Context()); err != nil {
		m.Fail(w, r, labs.Learner{}, "/", err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther) // which asks who it is
}

// joinPage asks for the name and the password of a new account.
type joinPage struct {
	Notice     template.HTML
	Invitation *people.Invitation
	Key, Name  string
	Provider   string // as in signInPage
}

func (m *Room) joinWith(page joinPage) pages.Page {
	page.Provider = m.providerName()
	return pages.Page{Title: "You are invited", Main: "join", Data: page}
}

func (m *Room) invitation(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	found, err := m.People.Invited(r.Context(), key)
	if err != nil {
		m.Fail(w, r, labs.Learner{}, "/", err)
		return
	}
	m.Write(w, http.StatusOK, m.joinWith(joinPage{Invitation: found, Key: key}))
}

func (m *Room) accept(w http.ResponseWriter, r *http.Request) {
	key, name := r.PathValue("key"), r.PostFormValue("name")
	account, badge, err := m.People.Accept(r.Context(), key, name, r.PostFormValue("password"))
	if err == nil {
		err = m.Sessions.SignIn(r.Context(), badge)
	}
	if err == nil {
		m.Log.Info("accepted an invitation", "name", account.Name, "role", account.Role, "from", m.From(r))
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	m.showJoin(w, r, key, name, err)
}

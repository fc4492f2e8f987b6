package people

import (
	"html/template"
	"net/http"
	"strconv"
	"time"

	"endstate/internal/desk/people"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// youPage is the page of whoever is let in.
type youPage struct {
	Who     labs.Learner
	Account bool // they sign in; otherwise they came in with a key
	Notice  template.HTML
}

func (m *Room) you(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	_, signs := m.Sessions.Badge(r.Context())
	m.Write(w, http.StatusOK, pages.Page{Title: "You", Owner: who.Name, Main: "you", Data: youPage{Who: who, Account: signs}})
}

// peoplePage is all accounts and invitations.
type peoplePage struct {
	Accounts    []*people.Account
	Invitations []*people.Invitation
	Roles       []labs.UserRole
	Link        string // of a new invitation
	Invited     *people.Invitation
}

func (m *Room) people(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	m.showPeople(w, r, who, peoplePage{})
}

func (m *Room) showPeople(w http.ResponseWriter, r *http.Request, who labs.Learner, page peoplePage) {
	var err error
	page.Roles = people.Roles
	if page.Invitations, err = m.People.Invitations(r.Context(), who); err == nil {
		page.Accounts, err = m.People.List(r.Context(), who)
	}
	if err != nil {
		m.Fail(w, r, who, "/", err)
		return
	}
	m.Write(w, http.StatusOK, pages.Page{Title: "People", Owner: who.Name, Main: "people", Data: page})
}

func (m *Room) invite(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	days, err := strconv.Atoi(r.PostFormValue("days"))
	if err != nil {
		m.Fail(w, r, who, "/people", labs.Misuse("An invitation needs a number of days", "Choose one of those on the page."))
		return
	}
	key, invited, err := m.People.Invite(r.Context(), who, labs.UserRole(r.PostFormValue("role")), time.Duration(days)*24*time.Hour)
	if err != nil {
		m.Fail(w, r, who, "/people", err)
		return
	}
	m.showPeople(w, r, who, peoplePage{Link: m.Address() + "/join/" + key, Invited: invited})
}

func (m *Room) revoke(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	m.then(w, r, who, m.People.Revoke(r.Context(), who, idOf(r)))
}

// idOf returns the number in a request's address; 0 is that of nothing.
func idOf(r *http.Request) int64 {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// then answers a form of the page of all people.
func (m *Room) then(w http.ResponseWriter, r *http.Request, who labs.Learner, err error) {
	if err != nil {
		m.Fail(w, r, who, "/people", err)
		return
	}
	http.Redirect(w, r, "/people", http.StatusSeeOther)
}

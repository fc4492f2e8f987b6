package people

import (
	"net/http"
	"strconv"
	"time"

	"endstate/internal/desk/people"
	"endstate/internal/web/pages"
	"endstate/internal/web/room"
	"endstate/labs"
)

// peoplePage is all accounts and invitations.
type peoplePage struct {
	Me          string
	Alone       bool // only browsers on this machine reach the server
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
	page.Me, page.Alone, page.Roles = who.Name, m.Alone, people.Roles
	if page.Invitations, err = m.People.Invitations(r.Context(), who); err == nil {
		page.Accounts, err = m.People.List(r.Context(), who)
	}
	if err != nil {
		m.Fail(w, r, who, "/", err)
		return
	}
	m.Write(w, http.StatusOK, pages.Page{Title: "People", Owner: who, Main: "people", Data: page})
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
	m.Log.Info("invited somebody", "by", who.Name, "role", invited.Role)
	m.showPeople(w, r, who, peoplePage{Link: m.Address + "/join/" + key, Invited: invited})
}

func (m *Room) reset(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	key, invited, err := m.People.Reset(r.Context(), who, room.Number(r, "id"))
	if err != nil {
		m.Fail(w, r, who, "/people", err)
		return
	}
	m.Log.Info("let somebody choose a new password", "by", who.Name, "name", invited.Name)
	m.showPeople(w, r, who, peoplePage{Link: m.Address + "/join/" + key, Invited: invited})
}

func (m *Room) revoke(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	m.then(w, r, who, "revoked an invitation", m.People.Revoke(r.Context(), who, room.Number(r, "id")))
}

func (m *Room) setRole(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	role := labs.UserRole(r.PostFormValue("role"))
	m.then(w, r, who, "gave an account the role "+string(role), m.People.SetRole(r.Context(), who, room.Number(r, "id"), role))
}

func (m *Room) disable(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	m.then(w, r, who, "disabled an account", m.People.Disable(r.Context(), who, room.Number(r, "id")))
}

func (m *Room) enable(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	m.then(w, r, who, "enabled an account", m.People.Enable(r.Context(), who, room.Number(r, "id")))
}

func (m *Room) endSessions(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	m.then(w, r, who, "signed an account out", m.People.EndSessions(r.Context(), who, room.Number(r, "id")))
}

// then answers a form of the page of all people, and logs what was done.
func (m *Room) then(w http.ResponseWriter, r *http.Request, who labs.Learner, did string, err error) {
	if err != nil {
		m.Fail(w, r, who, "/people", err)
		return
	}
	m.Log.Info(did, "by", who.Name, "id", room.Number(r, "id"))
	http.Redirect(w, r, "/people", http.StatusSeeOther)
}

package people

import (
	"html/template"
	"net/http"

	"endstate/internal/desk/people"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// youPage is the page of whoever is let in.
type youPage struct {
	Who     labs.Learner
	Account *people.Account // as whom they are signed in; nil: they came in with a key
	// Provider is what people call the provider of OpenID Connect; empty: there is none.
	Provider string
	Changed  bool // the password, just now
	Notice   template.HTML
}

func (m *Room) you(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	m.showYou(w, r, http.StatusOK, youPage{Who: who, Changed: r.URL.Query().Get("changed") != ""})
}

func (m *Room) showYou(w http.ResponseWriter, r *http.Request, status int, page youPage) {
	if badge, signs := m.Sessions.Badge(r.Context()); signs {
		var err error
		if page.Account, err = m.People.Who(r.Context(), badge); err != nil {
			m.Fail(w, r, page.Who, "/", err)
			return
		}
	}
	page.Provider = m.providerName()
	m.Write(w, status, pages.Page{Title: "You", Owner: page.Who, Main: "you", Data: page})
}

// changePassword replaces one's own password. Other browsers are signed out; this one goes on.
func (m *Room) changePassword(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	badge, signs := m.Sessions.Badge(r.Context())
	if !signs {
		m.Fail(w, r, who, "/you", labs.Misuse("You have no account, and so no password", ""))
		return
	}
	badge, err := m.People.ChangePassword(r.Context(), badge, m.From(r), r.PostFormValue("password"), r.PostFormValue("new"))
	if err == nil {
		err = m.Sessions.SignIn(r.Context(), badge)
	}
	if err != nil {
		notice, status := m.refusal(w, err)
		m.showYou(w, r, status, youPage{Who: who, Notice: notice})
		return
	}
	m.Log.Info("changed their password", "name", who.Name, "from", m.From(r))
	http.Redirect(w, r, "/you?changed=yes", http.StatusSeeOther)
}

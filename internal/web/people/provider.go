package people

import (
	"net/http"
	"net/url"
	"strings"

	"endstate/internal/desk/people"
	"endstate/internal/web/pages"
	"endstate/internal/web/session"
	"endstate/labs"
)

// callback is the path to which the provider sends people back.
const callback = "/sign-in/provider/back"

// provided returns the pages of the provider, if there is one.
func (m *Room) provided() map[string]http.HandlerFunc {
	if m.Provider == nil {
		return nil
	}
	all := map[string]http.HandlerFunc{}
	for pattern, handle := range map[string]http.HandlerFunc{
		"POST /sign-in/provider": m.toProvider, "POST /join/{key}/provider": m.joinByProvider, "GET " + callback: m.fromProvider,
	} {
		all[pattern] = m.Flows.Handler(handle).ServeHTTP
	}
	return all
}

// openTo returns the domains whose e-mail addresses need no invitation.
func (m *Room) openTo() []string {
	if m.Provider == nil {
		return nil
	}
	return m.Provider.Domains
}

// providerName returns what people call the provider, or "" if there is none.
func (m *Room) providerName() string {
	if m.Provider == nil {
		return ""
	}
	return m.Provider.Name
}

func (m *Room) toProvider(w http.ResponseWriter, r *http.Request) {
	to := here(r.PostFormValue("to"))
	if m.elsewhere(w, r, "/sign-in?to="+url.QueryEscape(to)) {
		return
	}
	if err := m.leave(w, r, session.Flow{To: to}); err != nil {
		m.refuse(w, r, session.Flow{To: to}, err)
	}
}

// joinByProvider accepts an invitation, once its owner has signed in at the provider.
func (m *Room) joinByProvider(w http.ResponseWriter, r *http.Request) {
	key, name := r.PathValue("key"), r.PostFormValue("name")
	if m.elsewhere(w, r, "/join/"+key) {
		return
	}
	err := m.People.MayAccept(r.Context(), key, name)
	if err == nil {
		err = m.leave(w, r, session.Flow{To: "/", Key: key, Name: name})
	}
	if err != nil {
		m.refuse(w, r, session.Flow{Key: key, Name: name}, err)
	}
}

// leave leads to the provider. It does so by a page, because browsers would not let the answer to a form lead to another
// site (form-action in the content security policy).
func (m *Room) leave(w http.ResponseWriter, r *http.Request, flow session.Flow) error {
	err := m.People.BeginAs(m.From(r))
	if err != nil {
		return err
	}
	at := ""
	if at, flow.Flow, err = m.Provider.Begin(r.Context(), m.Address+callback); err == nil {
		err = m.Flows.Begin(r.Context(), flow)
	}
	if err == nil {
		m.lead(w, at, "Signing in with "+m.Provider.Name)
	}
	return err
}

// elsewhere leads to a page under the address to which the provider sends people back, and returns true, if a request
// came under another name of the server: there, the browser would not send the cookie of what it has begun.
func (m *Room) elsewhere(w http.ResponseWriter, r *http.Request, path string) bool {
	if strings.EqualFold("https://"+r.Host, m.Address) {
		return false
	}
	m.lead(w, m.Address+path, "Go on at "+m.Address)
	return true
}

// leadPage leads to another page at once.
type leadPage struct{ Title, To string }

func (m *Room) lead(w http.ResponseWriter, to, title string) {
	w.Header().Set("Refresh", "0; url="+to)
	m.Write(w, http.StatusOK, pages.Page{Title: title, Main: "lead", Data: leadPage{title, to}})
}

// fromProvider begins a session for whoever comes back from the provider. What their browser has begun is used up, so
// nothing counts twice.
func (m *Room) fromProvider(w http.ResponseWriter, r *http.Request) {
	flow, err := m.Flows.Take(r.Context())
	var who people.Identity
	if err == nil {
		who, err = m.Provider.Finish(r.Context(), m.Address+callback, flow.Flow, r.URL.Query())
	}
	var account *people.Account
	var badge people.Badge
	switch {
	case err != nil:
	case flow.Key != "":
		account, badge, err = m.People.AcceptAs(r.Context(), flow.Key, flow.Name, who)
	default:
		account, badge, err = m.People.SignInAs(r.Context(), who)
	}
	if err == nil {
		err = m.Sessions.SignIn(r.Context(), badge)
	}
	if err != nil {
		m.refuse(w, r, flow, err)
		return
	}
	m.Log.Info("signed in", "name", account.Name, "from", m.From(r), "at", who.Issuer, "subject", who.Subject, "invited", flow.Key != "")
	// The browser does not send the session's cookie with a redirect that began at another site, but from a page of ours.
	m.lead(w, here(flow.To), "You are signed in")
}

// refuse says why somebody is not signed in, on the page where they can begin again.
func (m *Room) refuse(w http.ResponseWriter, r *http.Request, flow session.Flow, err error) {
	m.Log.Warn("sign-in refused", "from", m.From(r), "error", err)
	if flow.Key != "" {
		m.showJoin(w, r, flow.Key, flow.Name, err)
		return
	}
	notice, status := m.refusal(w, err)
	m.Write(w, status, m.signInWith(signInPage{Notice: notice, To: here(flow.To)}))
}

// showJoin answers with the page of an invitation and what was wrong, or with that alone if the invitation is gone.
func (m *Room) showJoin(w http.ResponseWriter, r *http.Request, key, name string, err error) {
	found, gone := m.People.Invited(r.Context(), key)
	if gone != nil {
		m.Fail(w, r, labs.Learner{}, "/", err)
		return
	}
	notice, status := m.refusal(w, err)
	m.Write(w, status, m.joinWith(joinPage{Notice: notice, Invitation: found, Key: key, Name: name}))
}

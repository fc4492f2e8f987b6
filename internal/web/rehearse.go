package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"endstate/internal/desk"
	"endstate/internal/desk/rehearse"
	"endstate/internal/rehearsal"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// rehearsalPage is where a learner writes an answer and learns it by heart.
type rehearsalPage struct {
	*rehearse.Rehearsal
	Hidden   int    // the share of the script's words that are hidden, in percent
	Sheet    string // the script with these words hidden; empty: it is said freely
	Edit     bool   // the script is being written
	Compared *rehearsal.Comparison
	// Companies are those that the learner has notes on, and Others their other scripts for the same.
	Companies []*rehearsal.Company
	Others    []rehearsal.Which
}

// whichOf returns the script that a request is about: the learner's for a question or a scenario, and
// perhaps for a company, in a tone.
func whichOf(r *http.Request) rehearsal.Which {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		number = 0 // there is no such question
	}
	return rehearsal.Which{
		Question: number, Scenario: r.PathValue("scenario"), Company: strings.TrimSpace(r.FormValue("company")), Tone: strings.TrimSpace(r.FormValue("tone")),
	}
}

// subjectPath returns the address of the page that leads to a script.
func subjectPath(which rehearsal.Which) string {
	if which.Scenario != "" {
		return "/scenarios"
	}
	return pages.SubjectPath(which)
}

// rehearsalPath returns the address of the page of a script.
func rehearsalPath(which rehearsal.Which) string { return pages.RehearsalPath(which, "", "") }

// rehearse shows a script, with the words hidden that the learner should know by now.
func (s *Server) rehearse(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	room, which := rehearse.New(s.Desk), whichOf(r)
	found, err := room.Open(r.Context(), who, which)
	if err != nil {
		s.fail(w, r, who, subjectPath(which), err)
		return
	}
	page := rehearsalPage{Rehearsal: found, Edit: found.Script == nil || r.URL.Query().Get("edit") != "", Hidden: found.Step}
	if hidden, err := strconv.Atoi(r.URL.Query().Get("hidden")); err == nil && slices.Contains(rehearsal.Steps, hidden) {
		page.Hidden = hidden
	}
	s.showRehearsal(w, r, who, room, page)
}

func (s *Server) showRehearsal(w http.ResponseWriter, r *http.Request, who labs.Learner, room *rehearse.Desk, page rehearsalPage) {
	if page.Script != nil {
		page.Sheet = room.Sheet(page.Rehearsal, page.Hidden)
	}
	if err := page.choices(r, who, room); err != nil {
		s.fail(w, r, who, subjectPath(page.Which), err)
		return
	}
	s.write(w, http.StatusOK, pages.Page{Title: "Rehearse", Owner: who, Main: "rehearse", Data: page, Follower: "speech.js"})
}

// choices adds what else there is to rehearse for the same question or scenario.
func (p *rehearsalPage) choices(r *http.Request, who labs.Learner, room *rehearse.Desk) (err error) {
	if p.Companies, err = room.Companies(r.Context(), who); err != nil {
		return err
	}
	p.Others, err = room.Others(r.Context(), who, p.Which)
	return err
}

// removeScript removes a script, once the learner has agreed.
func (s *Server) removeScript(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	which := whichOf(r)
	err := error(&desk.Unconfirmed{Question: "Remove the script and what was recorded about it?"})
	if r.PostFormValue(agreedField) != "" {
		err = rehearse.New(s.Desk).Remove(r.Context(), who, which)
	}
	if err != nil {
		s.askFor(w, r, who, rehearsalPath(which), err)
		return
	}
	http.Redirect(w, r, subjectPath(which), http.StatusSeeOther)
}

// companiesPage is a learner's notes on companies.
type companiesPage struct{ All []*rehearsal.Company }

func (s *Server) companies(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	found, err := rehearse.New(s.Desk).Companies(r.Context(), who)
	if err != nil {
		s.fail(w, r, who, "/", err)
		return
	}
	s.write(w, http.StatusOK, pages.Page{Title: "Companies", Owner: who, Main: "companies", Data: companiesPage{found}})
}

// noteCompany stores notes on a company.
func (s *Server) noteCompany(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	notes := &rehearsal.Company{
		Name: r.PostFormValue("name"), Does: r.PostFormValue("does"), Projects: r.PostFormValue("projects"),
		Values: r.PostFormValue("values"), Sources: r.PostFormValue("sources"),
	}
	s.afterwards(w, r, who, "/companies", rehearse.New(s.Desk).WriteCompany(r.Context(), who, notes))
}

// script stores what a learner wants to say.
func (s *Server) script(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	which := whichOf(r)
	_, err := rehearse.New(s.Desk).Write(r.Context(), who, which, r.PostFormValue("text"))
	s.afterwards(w, r, who, rehearsalPath(which), err)
}

// say compares what a learner said with the script.
func (s *Server) say(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	room, which := rehearse.New(s.Desk), whichOf(r)
	back := rehearsalPath(which)
	found, err := room.Open(r.Context(), who, which)
	hidden, invalid := strconv.Atoi(r.PostFormValue("hidden"))
	switch {
	case err != nil:
	case found.Script == nil:
		err = labs.Misuse("There is no script yet", "Write what you would say first.")
	case invalid != nil || !slices.Contains(rehearsal.Steps, hidden):
		err = labs.Misuse("That share of words can't be hidden", "Choose one of those on the page.")
	}
	page := rehearsalPage{Rehearsal: found, Hidden: hidden}
	if err == nil {
		page.Compared, err = room.Recite(r.Context(), who, found, hidden, 0, r.PostFormValue("said"))
	}
	if err != nil {
		s.fail(w, r, who, back, err)
		return
	}
	page.Hidden = found.Step
	s.showRehearsal(w, r, who, room, page)
}

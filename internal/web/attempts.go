package web

import (
	"html/template"
	"io"
	"net/http"

	"endstate/internal/desk"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// latest is how many attempts the list shows at first.
const latest = 50

// attemptsPage is a learner's attempts, the latest first.
type attemptsPage struct {
	Notices []template.HTML
	Entries []practice.Entry
	More    bool
}

func (s *Server) attempts(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	wanted := desk.Past{Last: latest}
	if r.URL.Query().Get("all") != "" {
		wanted.Last = 0
	}
	history, err := s.Desk.History(r.Context(), who, wanted)
	if err != nil {
		s.fail(w, r, who, "/", err)
		return
	}
	page := attemptsPage{More: history.More}
	for i := range history.Entries {
		page.Entries = append(page.Entries, history.Entries[len(history.Entries)-1-i])
	}
	s.write(w, http.StatusOK, pages.Page{Title: "Attempts", Owner: who, Main: "attempts", Data: page})
}

// attemptPage is one attempt.
type attemptPage struct {
	Story   *desk.Story
	Outcome *outcome // of the last check; nil if there was none
}

func (s *Server) attempt(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	story, err := s.Desk.Show(r.Context(), who, r.PathValue("attempt"))
	if err != nil {
		s.fail(w, r, who, "/attempts", err)
		return
	}
	page := attemptPage{Story: story}
	if n := len(story.Rounds); n > 0 {
		page.Outcome = outcomeOf(&practice.Outcome{Report: story.Rounds[n-1].Report})
	}
	s.write(w, http.StatusOK, pages.Page{Title: story.Title, Owner: who, Main: "attempt", Data: page})
}

// report answers with the report of an attempt, or of an exam: a page of its own without scripts.
func (s *Server) report(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	found, exam, err := s.Desk.Report(r.Context(), who, r.PathValue("attempt"))
	if err == nil && found == nil && exam == nil {
		err = &labs.Problem{Code: labs.CodeNotFound, What: "There is no such attempt", Usage: true, Acts: []labs.Act{{Name: labs.ActHistory, For: "See your attempts"}}}
	}
	if err != nil {
		s.fail(w, r, who, "/attempts", err)
		return
	}
	s.writeReport(w, func(to io.Writer) error {
		if exam != nil {
			return report.ExamPage(to, exam)
		}
		return report.AttemptPage(to, found)
	})
}

// writeReport answers with a report.
func (s *Server) writeReport(w http.ResponseWriter, write func(io.Writer) error) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", reportPolicy)
	if err := write(w); err != nil {
		s.Log.Error("write a report", "error", err)
	}
}

package web

import (
	"html/template"
	"net/http"

	"endstate/internal/desk"
	"endstate/internal/desk/overview"
	"endstate/internal/desk/saves"
	"endstate/internal/practice"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// labPage is a lab: its task, its terminals, and everything that can be done with it.
type labPage struct {
	Name     string // by which the lab is addressed
	Task     *desk.Task
	Lab      *overview.Lab // nil while it is being started
	Notices  []template.HTML
	Verdicts []template.HTML // of a check that is going on
	Outcome  *outcome        // of the last check
	Saves    *saves.States   // nil: it can't be saved
	Step     string          // what is being done
	After    int             // the last message that the page has
	// Terminals are those of the lab.
	Terminals pages.Terminals
}

// outcome is the outcome of a check.
type outcome struct {
	*practice.Outcome
	Checks, Guards []pages.Line
}

func outcomeOf(found *practice.Outcome) *outcome {
	o := &outcome{Outcome: found}
	o.Checks, o.Guards = pages.Lines(found.Report, found.Change)
	return o
}

func (s *Server) lab(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("lab")
	bench := s.benches.of(who, name)
	state, held := bench.Now(), &warnings{server: s}
	page := labPage{Name: name, Task: bench.starting(), After: state.Last, Step: stepOf(state), Verdicts: verdictsOf(state)}
	bench.follow(s.Clock)() // a page without scripts loads itself again, and so keeps its place
	if page.Task == nil {
		seen, err := overview.Of(r.Context(), s.Desk, who, name, held.emit)
		if err != nil {
			s.noLab(w, who, append(noticesOf(state), s.problem(err)), err)
			return
		}
		page.Lab, page.Task = seen, seen.Task
		if !state.Running {
			page.Saves = s.saved(r.Context(), who, name, held.emit)
		}
		page.Terminals = pages.Terminals{Base: labPath(name) + "/terminals", Hosts: seen.OpenHosts, Recorded: s.Desk.Record, Built: s.assets.Built(), Instead: "endstate shell " + name, Watchers: s.watchers(r.Context(), who)}
		if seen.Last != nil {
			page.Outcome = outcomeOf(&practice.Outcome{Report: seen.Last.Report})
		}
	}
	page.Notices = append(held.all, noticesOf(state)...)
	s.write(w, http.StatusOK, pages.Page{Title: page.Task.Title, Owner: who, Main: "lab", Busy: state.Running, Data: page, Script: "lab.js", Wide: true})
}

// noLab answers that a lab can't be shown, and what was said about it last: that it could not be started.
func (s *Server) noLab(w http.ResponseWriter, who labs.Learner, notices []template.HTML, err error) {
	s.write(w, statusOf(err), pages.Page{Title: "No lab", Owner: who, Main: "message", Data: message{"No lab here", notices, "/"}})
}

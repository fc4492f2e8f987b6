package web

import (
	"html/template"
	"net/http"
	"strconv"

	"endstate/internal/desk"
	"endstate/internal/desk/class"
	"endstate/internal/desk/rehearse"
	"endstate/internal/exams"
	"endstate/internal/interview"
	"endstate/internal/practice"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// homePage is what to do next, where the learner stands, and what runs.
type homePage struct {
	Notices   []template.HTML
	Exams     []exams.View // that run
	Running   []running
	Next      *practice.Pick
	Questions []*rehearse.Row
	Assigned  []*class.Assigned
}

// running is a lab that runs.
type running struct {
	Name, Title string
	Lab         *labs.Lab
}

func (s *Server) home(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	ctx, held := r.Context(), &warnings{server: s}
	page := homePage{Exams: s.Exams.Running(ctx, who, held.emit)}
	var err error
	if page.Running, err = s.running(r, who, held.emit); err != nil {
		held.all = append(held.all, s.problem(err))
	}
	if page.Next, err = s.Desk.Next(ctx, who); err != nil {
		held.all = append(held.all, s.problem(err))
	}
	if page.Questions, err = rehearse.New(s.Desk).Questions(ctx, who); err != nil {
		held.all = append(held.all, s.problem(err))
	}
	if page.Assigned, err = class.New(s.Desk).Assigned(ctx, who); err != nil {
		held.all = append(held.all, s.problem(err))
	}
	page.Notices = held.all
	s.write(w, http.StatusOK, pages.Page{Title: "Practise", Owner: who, Main: "home", Data: page})
}

// running returns the learner's labs with their titles.
func (s *Server) running(r *http.Request, who labs.Learner, emit labs.Emit) ([]running, error) {
	found, err := s.Desk.Running(r.Context(), who)
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	for _, one := range s.Desk.List(who, desk.Wanted{}, emit) {
		titles[one.Name] = one.Title
	}
	var all []running
	for _, lab := range found {
		one := running{lab.Scenario, titles[lab.Scenario], lab}
		if one.Title == "" {
			one.Title = lab.Scenario
		}
		all = append(all, one)
	}
	return all, nil
}

// questionPage is a question of the interview with its labs.
type questionPage struct {
	Notices []template.HTML
	Row     *rehearse.Row
}

func (s *Server) question(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		number = 0
	}
	asked, err := interview.Find(number)
	if err != nil {
		s.fail(w, r, who, "/", err)
		return
	}
	rows, err := rehearse.New(s.Desk).Questions(r.Context(), who)
	if err != nil {
		s.fail(w, r, who, "/", err)
		return
	}
	s.write(w, http.StatusOK, pages.Page{Title: asked.Text, Owner: who, Main: "question", Data: questionPage{Row: rows[number-1]}})
}

// scenariosPage is a list of labs that can be started.
type scenariosPage struct {
	Notices []template.HTML
	Word    string
	All     []*practice.Standing
	Authors bool // the learner may write scenarios
}

func (s *Server) scenarios(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	held := &warnings{server: s}
	page := scenariosPage{Word: r.URL.Query().Get("word"), Authors: who.Authors()}
	var err error
	if page.All, err = s.Desk.Standings(r.Context(), who, desk.Wanted{Word: page.Word}, held.emit); err != nil {
		s.fail(w, r, who, "/", err)
		return
	}
	page.Notices = held.all
	s.write(w, http.StatusOK, pages.Page{Title: "Labs", Owner: who, Main: "scenarios", Data: page})
}

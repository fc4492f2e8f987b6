package web

import (
	"context"
	"errors"
	"net/http"

	"endstate/internal/desk"
	"endstate/internal/desk/saves"
	"endstate/labs"
)

// The acts with saved states, as the pages' scripts know them.
const (
	actSave   = "save"
	actReturn = "return"
)

// save saves a lab as it is now, under a name or a number. Whoever has such a state is asked first.
func (s *Server) save(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	lab, name, agreed := r.PathValue("lab"), r.PostFormValue("name"), r.PostFormValue(agreedField) != ""
	s.whileWaiting(w, r, who, actSave, func(ctx context.Context, emit labs.Emit) error {
		_, err := saves.New(s.Desk).Save(ctx, who, lab, name, agreed, emit)
		return err
	})
}

// goBack puts a lab back to a saved state, once the learner has agreed.
func (s *Server) goBack(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	lab, state := r.PathValue("lab"), r.PathValue("state")
	if r.PostFormValue(agreedField) == "" {
		_, err := saves.New(s.Desk).Reset(r.Context(), who, lab, state, false, nil)
		s.ask(w, r, who, err)
		return
	}
	bench := s.benches.of(who, lab)
	s.inBackground(w, r, who, actReturn, func(ctx context.Context, emit labs.Emit) error {
		_, err := saves.New(s.Desk).Reset(ctx, who, lab, state, true, emit)
		if err == nil {
			bench.Send(messageReady, "", "")
		}
		return err
	})
}

// forget removes a saved state.
func (s *Server) forget(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	lab := r.PathValue("lab")
	if err := saves.New(s.Desk).Remove(r.Context(), who, lab, r.PathValue("state"), nil); err != nil {
		s.fail(w, r, who, labPath(lab), err)
		return
	}
	s.done(w, r)
}

// whileWaiting does an act at a lab and answers when it is done. Every page of the lab shows its steps.
// It goes on if the page is closed.
func (s *Server) whileWaiting(w http.ResponseWriter, r *http.Request, who labs.Learner, act string, do func(context.Context, labs.Emit) error) {
	bench := s.benches.of(who, r.PathValue("lab"))
	if !bench.Begin(act) {
		s.begun(w, r, labPath(r.PathValue("lab")), false)
		return
	}
	err := do(context.WithoutCancel(r.Context()), s.show(&bench.Feed))
	bench.End()
	if err != nil {
		s.ask(w, r, who, err)
		return
	}
	s.done(w, r)
}

// saved returns the saved states of a lab for its page; nil if it can't have any.
func (s *Server) saved(ctx context.Context, who labs.Learner, lab string, emit labs.Emit) *saves.States {
	found, err := saves.New(s.Desk).List(ctx, who, lab, nil)
	var problem *labs.Problem
	if err != nil && (!errors.As(err, &problem) || problem.Code != desk.CodeExamLab) {
		emit.Warn(err, "Saved states are not shown.")
	}
	return found
}

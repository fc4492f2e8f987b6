package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"endstate/internal/desk"
	"endstate/labs"
)

func labPath(name string) string { return "/labs/" + url.PathEscape(name) }

// start starts a lab, and shows its task meanwhile.
func (s *Server) start(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PostFormValue("scenario")
	seed, err := seedOf(r.PostFormValue("seed"))
	if err == nil {
		err = s.begin(r.Context(), who, name, seed)
	}
	if err != nil {
		s.fail(w, r, who, "/", err)
		return
	}
	http.Redirect(w, r, labPath(name), http.StatusSeeOther)
}

func seedOf(text string) (*uint64, error) {
	if text == "" {
		return nil, nil
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return nil, labs.Misuse(fmt.Sprintf("%q is not a seed", text), "A seed is a whole number.")
	}
	return &seed, nil
}

func (s *Server) begin(ctx context.Context, who labs.Learner, name string, seed *uint64) error {
	task, err := s.Desk.Draw(ctx, who, name, seed)
	if err != nil {
		return err
	}
	bench := s.benches.of(who, name)
	if task.Lab != nil || !bench.claim(task) {
		return nil // it is there, or on its way
	}
	bench.follow(s.Clock)() // the page is on its way
	seen := func() time.Time { return bench.lastSeen(s.Clock) }
	began := s.work(&bench.Feed, labs.ActStart, func(ctx context.Context, emit labs.Emit) error {
		_, err := s.Desk.StartWhile(ctx, who, name, &task.Seed, seen, emit)
		bench.release()
		if err == nil {
			bench.Send(messageReady, "", "")
		}
		return err
	})
	if !began {
		bench.release()
	}
	return nil
}

// check begins a check. The page is told each verdict as it is reached.
func (s *Server) check(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("lab")
	bench := s.benches.of(who, name)
	s.inBackground(w, r, who, labs.ActCheck, func(ctx context.Context, emit labs.Emit) error {
		found, err := s.Desk.Check(ctx, who, name, emit)
		if err == nil {
			bench.Send(messageOutcome, "", string(s.piece("outcome", outcomeOf(found))))
		}
		return err
	})
}

// reset puts a lab back, once the learner has agreed.
func (s *Server) reset(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("lab")
	if r.PostFormValue(agreedField) == "" {
		_, err := s.Desk.Reset(r.Context(), who, name, false, nil)
		s.ask(w, r, who, err)
		return
	}
	bench := s.benches.of(who, name)
	s.inBackground(w, r, who, labs.ActReset, func(ctx context.Context, emit labs.Emit) error {
		_, err := s.Desk.Reset(ctx, who, name, true, emit)
		if err == nil {
			bench.Send(messageReady, "", "")
		}
		return err
	})
}

// hint opens a hint, once the learner has agreed to its price.
func (s *Server) hint(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("lab")
	if _, err := s.Desk.Hint(r.Context(), who, name, r.PostFormValue(agreedField) != "", nil); err != nil {
		s.ask(w, r, who, err)
		return
	}
	s.done(w, r)
}

// solution shows a solution, once the learner has agreed that the attempt counts as assisted.
func (s *Server) solution(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("lab")
	found, err := s.Desk.Solution(r.Context(), who, name, r.PostFormValue(agreedField) != "", nil)
	if err != nil {
		s.ask(w, r, who, err)
		return
	}
	s.answer(w, r, who, http.StatusOK, "solution", "A solution", labPath(name), s.piece("solution", found))
}

// extend lets a lab live longer.
func (s *Server) extend(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("lab")
	if _, err := s.Desk.Extend(r.Context(), who, name, nil); err != nil {
		s.fail(w, r, who, labPath(name), err)
		return
	}
	s.done(w, r)
}

// done answers an act on a lab that is done. The page shows what it changed.
func (s *Server) done(w http.ResponseWriter, r *http.Request) {
	s.doneAt(w, r, labPath(r.PathValue("lab")))
}

// doneAt answers as done does, and leads to another page.
func (s *Server) doneAt(w http.ResponseWriter, r *http.Request, to string) {
	if fromScript(r) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// stop removes a lab.
func (s *Server) stop(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("lab")
	if _, err := s.Desk.Stop(context.WithoutCancel(r.Context()), who, name, nil); err != nil {
		s.fail(w, r, who, labPath(name), err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// inBackground begins an act at a lab, and answers at once.
func (s *Server) inBackground(w http.ResponseWriter, r *http.Request, who labs.Learner, act string, do func(context.Context, labs.Emit) error) {
	name := r.PathValue("lab")
	s.begun(w, r, labPath(name), s.work(&s.benches.of(who, name).Feed, act, do))
}

// begun answers that an act has begun, or that another one is going on.
func (s *Server) begun(w http.ResponseWriter, r *http.Request, back string, began bool) {
	switch {
	case !fromScript(r):
		http.Redirect(w, r, back, http.StatusSeeOther)
	case began:
		w.WriteHeader(http.StatusAccepted)
	default:
		w.WriteHeader(http.StatusConflict)
	}
}

// agreedField is the field of a form that says that the learner has agreed.
const agreedField = "agreed"

// confirmation is a question before an act.
type confirmation struct {
	Question, Action, Back string
	Fields                 map[string]string // of the act
}

// ask asks for the consent that an act on a lab needs, or answers with its other error.
func (s *Server) ask(w http.ResponseWriter, r *http.Request, who labs.Learner, err error) {
	s.askFor(w, r, who, labPath(r.PathValue("lab")), err)
}

// askFor asks as ask does, on the way from another page than a lab's.
func (s *Server) askFor(w http.ResponseWriter, r *http.Request, who labs.Learner, back string, err error) {
	var asks *desk.Unconfirmed
	if !errors.As(err, &asks) {
		s.fail(w, r, who, back, err)
		return
	}
	s.answer(w, r, who, http.StatusOK, "ask", "Are you sure?", back, s.piece("confirm", confirmation{Question: asks.Question, Action: r.URL.Path, Back: back, Fields: fieldsOf(r)}))
}

// fieldsOf returns the fields of a form, to be sent once more with the learner's consent.
func fieldsOf(r *http.Request) map[string]string {
	fields := map[string]string{}
	for name := range r.PostForm {
		fields[name] = r.PostForm.Get(name)
	}
	delete(fields, agreedField)
	return fields
}

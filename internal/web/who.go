package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"endstate/internal/desk/people"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// who returns the learner whose session it is, and whether there is one.
func (s *Server) who(ctx context.Context) (labs.Learner, bool, error) {
	who, ok, err := s.lookUp(ctx)
	_, signs := s.sessions.Badge(ctx)
	switch {
	case err != nil || !signs:
		return who, ok, err
	case !ok:
		return who, false, s.sessions.End(ctx)
	}
	return who, true, s.sessions.Acts(ctx, who.Role)
}

// lookUp returns the learner whose session it is, as they are now: a role that was changed and an account that
// was disabled count at once.
func (s *Server) lookUp(ctx context.Context) (labs.Learner, bool, error) {
	badge, signs := s.sessions.Badge(ctx)
	if !signs {
		who, ok := s.sessions.Who(ctx)
		return who, ok && !s.Reach.Shared(), nil
	}
	account, err := s.people.Who(ctx, badge)
	var problem *labs.Problem
	switch {
	case errors.As(err, &problem) && problem.Code == people.CodeSignedOut:
		return labs.Learner{}, false, nil
	case err != nil:
		return labs.Learner{}, false, err
	}
	return account.Learner(), true, nil
}

// sessionPause is how often it is asked whether a session goes on, as another process may end it.
const sessionPause = 5 * time.Second

// errSignedOut is why the context of a request has ended: the session has, or acts in another role.
var errSignedOut = errors.New("signed out")

// whileIn returns a request that ends with its session, so that streams and terminals do. What changes something is
// not stopped halfway. changed is closed when an account has changed since the session was looked up.
func (s *Server) whileIn(r *http.Request, who labs.Learner, changed <-chan struct{}) (in *http.Request, stop func()) {
	if r.Method != http.MethodGet {
		return r, func() {}
	}
	ctx, end := context.WithCancelCause(r.Context())
	s.working.Go(func() {
		tick := time.NewTicker(sessionPause)
		defer tick.Stop()
		for {
			select {
			case <-changed:
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			changed = s.people.Changed()
			if now, err := s.sessions.Again(s.ctx, r); err == nil {
				if is, ok, err := s.lookUp(now); err == nil && (!ok || is != who) {
					end(errSignedOut)
					return
				}
			}
		}
	})
	return r.WithContext(ctx), func() { end(nil) }
}

// askIn answers somebody who is not let in: they sign in if there are accounts, and otherwise need a key.
func (s *Server) askIn(w http.ResponseWriter, r *http.Request) {
	accounts, err := s.people.Any(r.Context())
	if err == nil && accounts || s.Reach.Shared() {
		to := "/"
		if r.Method == http.MethodGet {
			to = r.URL.RequestURI()
		}
		s.accounts.AskName(w, http.StatusUnauthorized, to)
		return
	}
	s.write(w, http.StatusUnauthorized, pages.Page{Title: "Not let in", Main: "enter", Data: struct{ Used bool }{}})
}

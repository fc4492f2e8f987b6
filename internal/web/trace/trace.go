// Package trace gives every request an ID, and logs what was asked and how it was answered. It never
// logs what follows the path in an address: there may be a key in it.
package trace

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"
)

// Header is the header of an answer that has the request's ID.
const Header = "X-Request-Id"

// Request is a request that has been answered.
type Request struct {
	ID      string
	Method  string
	Route   string // the pattern of the address; empty: none matched
	Learner string // empty: nobody has signed in
	Status  int
	Took    time.Duration
}

// Handler gives each request an ID and calls done when it has been answered. It logs every request if
// all is true, and otherwise only those that the server failed to answer.
func Handler(next http.Handler, log *slog.Logger, all bool, now func() time.Time, done func(*Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen, began := &Request{ID: rand.Text()[:16], Method: r.Method}, now()
		w.Header().Set(Header, seen.ID)
		r = r.WithContext(context.WithValue(r.Context(), key{}, seen))
		answer := &answer{ResponseWriter: w}
		defer func() {
			if seen.Route == "" {
				seen.Route = r.Pattern
			}
			panicked := recover()
			seen.Status, seen.Took = answer.status, now().Sub(began)
			switch {
			case panicked != nil:
				seen.Status = http.StatusInternalServerError
			case seen.Status == 0:
				seen.Status = http.StatusOK
			}
			seen.log(log, all)
			done(seen)
			if panicked != nil {
				panic(panicked) // net/http logs it and closes the connection
			}
		}()
		next.ServeHTTP(answer, r)
	})
}

type key struct{}

// Note notes who sent a request, and the pattern of its address.
func Note(r *http.Request, learner string) {
	if seen, ok := r.Context().Value(key{}).(*Request); ok {
		seen.Learner, seen.Route = learner, r.Pattern
	}
}

func (r *Request) log(log *slog.Logger, all bool) {
	level := slog.LevelInfo
	if r.Status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	if !all && level == slog.LevelInfo {
		return
	}
	log.Log(context.Background(), level, "request", "id", r.ID, "method", r.Method, "route", r.Route, "status", r.Status,
		"took", r.Took.Round(time.Microsecond), "learner", r.Learner)
}

// answer notes the status of an answer.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status, and writes it.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && (status >= http.StatusOK || status == http.StatusSwitchingProtocols) {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap lets [http.ResponseController] and WebSockets reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

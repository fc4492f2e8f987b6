package web

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"endstate/internal/web/pages"
	"endstate/internal/web/room"
	"endstate/internal/web/trace"
	"endstate/labs"
)

// policy says what pages may load: their own files and nothing else. The terminal draws with styles
// that its script sets, so its page allows those.
const (
	policy         = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	terminalPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	reportPolicy   = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)

// guard refuses requests under names that are not the server's: with such a name, a web page of others
// could reach the server through its visitor's browser. It sets what browsers must not do with any answer.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refusal := s.refusal(r); refusal != "" {
			http.Error(w, refusal, http.StatusMisdirectedRequest)
			return
		}
		if s.Reach.OwnTLS() != nil {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		for name, value := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			w.Header().Set(name, value)
		}
		if r.ContentLength != 0 {
			r.Body = newPromptBody(w, r.Body)
		}
		next.ServeHTTP(w, r)
	})
}

// promptBody is a request's body that must come within [bodyTimeout], so that clients who send it byte by
// byte don't keep their connections for ever.
type promptBody struct {
	io.ReadCloser
	connection *http.ResponseController
}

func newPromptBody(w http.ResponseWriter, body io.ReadCloser) *promptBody {
	b := &promptBody{body, http.NewResponseController(w)}
	_ = b.connection.SetReadDeadline(time.Now().Add(bodyTimeout))
	return b
}

// Read ends the deadline with the body: the request may take longer.
func (b *promptBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		_ = b.connection.SetReadDeadline(time.Time{})
	}
	return n, err
}

// refusal says why a request is not answered; empty: it is.
func (s *Server) refusal(r *http.Request) string {
	switch {
	case slices.Contains([]string{"/healthz", "/readyz", "/metrics"}, r.URL.Path): // asked by programs, under any name
		return ""
	case !slices.Contains(s.hosts, strings.ToLower(r.Host)):
		return "This server does not answer to that name."
	}
	return s.Reach.Refusal(r)
}

// as lets in whoever has a session, and hands on who it is.
func (s *Server) as(handle room.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		changed := s.people.Changed()
		who, ok, err := s.who(r.Context())
		switch {
		case err != nil:
			s.fail(w, r, labs.Learner{}, "/", err)
		case !ok:
			trace.Note(r, "")
			s.askIn(w, r)
		default:
			trace.Note(r, who.Name)
			r, stop := s.whileIn(r, who, changed)
			defer stop()
			handle(w, r, who)
		}
	})
}

// enter exchanges a one-time key for a session.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	valid, err := s.sessions.Redeem(r.Context(), r.URL.Query().Get("key"))
	if err != nil {
		s.Log.Error("begin a session", "error", err)
	}
	if err != nil || !valid {
		s.write(w, http.StatusForbidden, pages.Page{Title: "Not let in", Main: "enter", Data: struct{ Used bool }{true}})
		return
	}
	if who, ok := s.sessions.Who(r.Context()); ok {
		s.NewEntry(s.entry(who))
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// write writes a page.
func (s *Server) write(w http.ResponseWriter, status int, page pages.Page) {
	if page.Owner.Name != "" {
		for _, v := range s.Exams.Running(s.ctx, page.Owner, nil) {
			page.Exams = append(page.Exams, v.ID)
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if page.Script != "" {
		w.Header().Set("Content-Security-Policy", terminalPolicy)
	}
	if status >= http.StatusBadRequest && status != http.StatusUnauthorized {
		page.Request = w.Header().Get(trace.Header)
	}
	page.Messages = s.messages(page.Owner)
	w.WriteHeader(status)
	if err := s.pages.Write(w, page); err != nil {
		s.Log.Error("write a page", "page", page.Main, "error", err)
		fmt.Fprintln(w, "This page can't be shown. The server's log says why.")
	}
}

package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"endstate/labs"
)

// Metrics are for an admin and for a program with the token. They count what was done.
func TestMetrics(t *testing.T) {
	s := newSite(t)
	s.server.MetricsToken = "a-token"
	s.Config.Handler = s.server.Handler()
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	ada.post("/labs/first/check", true)
	s.settles("ada", "first")
	for what, ask := range map[string]struct {
		b      *browser
		header []string
		want   int
	}{
		"a stranger": {s.stranger(), nil, http.StatusForbidden}, "a learner": {ada, nil, http.StatusForbidden}, "an admin": {s.admin(), nil, http.StatusOK},
		"a wrong token":                {s.stranger(), []string{"Authorization", "Bearer another"}, http.StatusUnauthorized},
		"an admin with an empty token": {s.admin(), []string{"Authorization", "Bearer "}, http.StatusUnauthorized},
	} {
		if answer, body := ask.b.send(http.MethodGet, "/metrics", "", ask.header...); answer.StatusCode != ask.want || ask.want != http.StatusOK && strings.Contains(body, "endstate_labs") {
			t.Errorf("%s is answered %d", what, answer.StatusCode)
		}
	}
	_, body := s.stranger().send(http.MethodGet, "/metrics", "", "Authorization", "Bearer a-token")
	s.says("the metrics", body, "endstate_labs 1\n", `endstate_act_duration_seconds_count{act="start",outcome="done"} 1`, `endstate_act_duration_seconds_count{act="check",outcome="done"} 1`,
		`endstate_http_request_duration_seconds_count{route="POST /labs",status="303"} 1`, "endstate_terminals 0\n", "endstate_event_streams 0\n", "go_goroutines", "process_resident_memory_bytes", `!"ada"`, "!key=")
}

// Without a token in the settings, none opens the metrics.
func TestMetricsWithoutAToken(t *testing.T) {
	s := newSite(t)
	if answer, _ := s.stranger().send(http.MethodGet, "/metrics", "", "Authorization", "Bearer "); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("an empty token is answered %d", answer.StatusCode)
	}
}

// Readiness is about the store and the engine, and anybody may ask.
func TestReady(t *testing.T) {
	s := newSite(t)
	if status, body := s.stranger().get("/readyz"); status != http.StatusOK || body != "ready\n" {
		t.Errorf("it answers %d: %s", status, body)
	}
}

// A page that says what went wrong has the number under which the log has the request.
func TestFailedPagesHaveANumber(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	number := regexp.MustCompile(`number of this request: <code>([A-Z2-7]{16})</code>`)
	answer, body := ada.send(http.MethodGet, "/attempts/999", "")
	found := number.FindStringSubmatch(body)
	if answer.StatusCode != http.StatusNotFound || found == nil || found[1] != answer.Header.Get("X-Request-Id") {
		t.Errorf("it answers %d with the ID %s: %s", answer.StatusCode, answer.Header.Get("X-Request-Id"), body)
	}
	s.says("a page that works", ada.page("/"), "!number of this request")
}

// A page that is left before it is there is not something that failed.
func TestBrowserLeaves(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	var log bytes.Buffer
	s.server.Log = slog.New(slog.NewTextHandler(&log, nil))
	left, leave := context.WithCancel(t.Context())
	defer leave()
	for _, c := range []struct {
		err  error
		want int
	}{{context.Canceled, http.StatusInternalServerError}, {fmt.Errorf("list labs: %w", context.Canceled), statusGone}, {errors.New("the disk is broken"), http.StatusInternalServerError}} {
		log.Reset()
		answer := httptest.NewRecorder()
		s.server.fail(answer, httptest.NewRequestWithContext(left, http.MethodGet, "/", nil), labs.Learner{Name: "ada"}, "/", c.err)
		if answer.Code != c.want || (log.Len() > 0) != (c.want != statusGone) {
			t.Errorf("%v: answered %d, and logged %q", c.err, answer.Code, log.String())
		}
		leave()
	}
	log.Reset()
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	answer, r := httptest.NewRecorder(), httptest.NewRequestWithContext(left, http.MethodGet, s.URL+"/attempts", nil)
	for _, c := range ada.Jar.Cookies(at) {
		r.AddCookie(c)
	}
	if s.server.Handler().ServeHTTP(answer, r); answer.Code != statusGone || log.Len() > 0 {
		t.Errorf("before the session is read: answered %d, and logged %q", answer.Code, log.String())
	}
}

package web

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

// stream opens a stream of events. The channel is closed when the server ends it.
func (b *browser) stream(path string) <-chan struct{} {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.Context()), 20*time.Second)
	b.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.server.address+path, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := b.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer answer.Body.Close()
		if _, err := io.Copy(io.Discard, answer.Body); err == nil {
			close(ended)
		}
	}()
	return ended
}

func (s *site) within(what string, ended <-chan struct{}) {
	s.Helper()
	select {
	case <-ended:
	case <-time.After(sessionPause + 5*time.Second):
		s.Errorf("%s goes on", what)
	}
}

// account returns the number of an account in the page of all people.
func (s *site) account(name string) string {
	s.Helper()
	accounts, err := s.server.people.List(s.Context(), labs.Learner{Role: labs.RoleAdmin})
	if err != nil {
		s.Fatal(err)
	}
	for _, a := range accounts {
		if a.Name == name {
			return "/people/" + string(rune('0'+a.ID))
		}
	}
	s.Fatalf("there is no account of %s", name)
	return ""
}

// Who is disabled or signed out is out at once: pages, streams and terminals end. Others are not touched.
func TestSignedOutAtOnce(t *testing.T) {
	s := newSite(t)
	s.executeHere()
	admin := s.admin()
	for act, how := range map[string]func(ada *browser){
		"disable":  func(*browser) { admin.post(s.account("ada0")+"/disable", false) },
		"sign-out": func(*browser) { admin.post(s.account("ada1")+"/sign-out", false) },
		"out":      func(ada *browser) { ada.post("/sign-out", false) },
	} {
		name := map[string]string{"disable": "ada0", "sign-out": "ada1", "out": "ada2"}[act]
		ada := s.joins(name, labs.RoleLearner)
		ada.post("/labs", false, "scenario", "first")
		s.settles(name, "first")
		tab := ada.open(labs.Workspace, "a")
		tab.types("echo shown $((6 * 7))\r")
		tab.sees("shown 42")
		stream := ada.stream("/labs/first/events")
		how(ada)
		s.within("the stream after "+act, stream)
		if tab.ends(); !strings.Contains(tab.why, "signed out") {
			t.Errorf("after %s the terminal ends with %q", act, tab.why)
		}
		if status, body := ada.get("/labs/first"); status != http.StatusUnauthorized || !strings.Contains(body, "Sign in") {
			t.Errorf("after %s, the next page is answered %d: %s", act, status, body)
		}
		if status, _ := admin.get("/"); status != http.StatusOK {
			t.Errorf("after %s, the admin is answered %d", act, status)
		}
	}
	admin.page("/people", "disabled", "Enable ada0", "Disable ada1")
}

// A new role counts from the next request on, in the same session under a new token.
func TestNewRole(t *testing.T) {
	s := newSite(t)
	admin, ada := s.admin(), s.joins("ada", labs.RoleLearner)
	at := &url.URL{Scheme: "http", Host: s.server.address, Path: "/"}
	before := ada.Jar.Cookies(at)
	ada.page("/you", "Your role: learner")
	if after := ada.Jar.Cookies(at); after[0].Value != before[0].Value {
		t.Error("the token has changed without a reason")
	}
	if answer, _ := admin.post(s.account("ada")+"/role", false, "role", "admin"); answer.StatusCode != http.StatusOK {
		t.Errorf("a new role is answered %d", answer.StatusCode)
	}
	ada.page("/people", "<td>ada</td>")
	if after := ada.Jar.Cookies(at); after[0].Value == before[0].Value {
		t.Error("the token is the old one")
	}
	thief := s.stranger()
	thief.Jar.SetCookies(at, before)
	if status, _ := thief.get("/"); status != http.StatusUnauthorized {
		t.Errorf("the old token is answered %d", status)
	}
	admin.post(s.account("ada")+"/role", false, "role", "learner")
	if status, _ := ada.get("/people"); status != http.StatusForbidden {
		t.Errorf("with the role taken, the list is answered %d", status)
	}
}

// A new password signs out the other browsers. Only who knows the old one can set it.
func TestOwnPassword(t *testing.T) {
	s := newSite(t)
	ada, other := s.joins("ada", labs.RoleLearner), s.stranger()
	other.post("/sign-in", false, "name", "ada", "password", password)
	other.page("/", ">ada<")
	if answer, body := other.post("/you/password", false, "password", "wrong", "new", "another good one"); answer.StatusCode != http.StatusBadRequest || !strings.Contains(body, "password is wrong") {
		t.Errorf("a wrong password is answered %d", answer.StatusCode)
	}
	if _, body := ada.post("/you/password", false, "password", password, "new", "another good one"); !strings.Contains(body, "Other browsers are signed out") {
		t.Errorf("a new password is answered %s", body)
	}
	if status, _ := other.get("/"); status != http.StatusUnauthorized {
		t.Errorf("the other browser is answered %d", status)
	}
	ada.page("/", ">ada<")
}

// A link for a new password replaces it, and only once.
func TestResetPassword(t *testing.T) {
	s := newSite(t)
	s.joins("ada", labs.RoleLearner)
	_, body := s.admin().post(s.account("ada")+"/reset", false)
	link := joinLink.FindStringSubmatch(body)
	if link == nil {
		t.Fatalf("no link: %s", body)
	}
	b := s.stranger()
	b.page(link[1], "Choose a password, ada", "!autocomplete=\"username\"")
	b.post(link[1], false, "password", "another good one", "name", "eve")
	b.page("/", ">ada<")
	if answer, _ := s.stranger().post("/sign-in", false, "name", "ada", "password", password); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("the old password is answered %d", answer.StatusCode)
	}
}

// Guesses are slowed down, and browsers are told until when.
func TestGuesses(t *testing.T) {
	s := newSite(t)
	s.joins("ada", labs.RoleLearner)
	b := s.stranger()
	for range 5 {
		b.post("/sign-in", false, "name", "ada", "password", "wrong password")
	}
	answer, body := b.post("/sign-in", false, "name", "ada", "password", password)
	if answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("Retry-After") == "" || !strings.Contains(body, "too many attempts") {
		t.Errorf("the sixth attempt is answered %d, %v: %s", answer.StatusCode, answer.Header, body)
	}
	if len(b.Jar.Cookies(answer.Request.URL)) > 0 {
		t.Error("a refused browser has a session")
	}
}

// Who is no examiner any more sees no more of a group that they watch.
func TestWatchingEndsWithTheRole(t *testing.T) {
	s := newSite(t)
	admin, teacher := s.admin(), s.joins("teacher", labs.RoleExaminer)
	s.joins("ada", labs.RoleLearner)
	answer, body := teacher.post("/groups", false, "name", "A class", "members", "ada", "watch", "yes")
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("a group is answered %d: %s", answer.StatusCode, body)
	}
	group := answer.Request.URL.Path
	stream := teacher.stream(group + "/events")
	select {
	case <-stream:
		t.Fatal("the stream has ended by itself")
	case <-time.After(200 * time.Millisecond):
	}
	admin.post(s.account("teacher")+"/role", false, "role", "learner")
	s.within("the live view", stream)
	if status, _ := teacher.get(group); status == http.StatusOK {
		t.Errorf("the group is answered %d to a learner", status)
	}
}

package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"endstate/labs"
)

const password = "four words of mine"

// admin returns a browser of the machine's own user.
func (s *site) admin() *browser {
	s.Helper()
	b := s.stranger()
	if status, _ := b.get(strings.TrimPrefix(s.server.entry(labs.Learner{Name: "machine", Role: labs.RoleAdmin}), "http://"+s.server.address)); status != http.StatusOK {
		s.Fatalf("the machine's own user is not let in: %d", status)
	}
	return b
}

var joinLink = regexp.MustCompile(`http://[0-9.:]+(/join/\w+)`)

// invite returns the path of an invitation that an admin creates.
func (b *browser) invite(role labs.UserRole) string {
	b.Helper()
	answer, body := b.post("/people/invitations", false, "role", string(role), "days", "7")
	link := joinLink.FindStringSubmatch(body)
	if answer.StatusCode != http.StatusOK || link == nil {
		b.Fatalf("an invitation answers %d: %s", answer.StatusCode, body)
	}
	return link[1]
}

// joins returns a browser that has accepted an invitation.
func (s *site) joins(name string, role labs.UserRole) *browser {
	s.Helper()
	b := s.stranger()
	if answer, body := b.post(s.admin().invite(role), false, "name", name, "password", password); answer.StatusCode != http.StatusOK || answer.Request.URL.Path != "/" {
		s.Fatalf("%s can't join: %d at %s: %s", name, answer.StatusCode, answer.Request.URL, body)
	}
	return b
}

// The learner alone sees nothing of accounts, until they look for them.
func TestAloneWithoutAccounts(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/", "/scenarios", "/attempts"} {
		s.admin().page(path, "!People", "!nvit", "!Sign")
	}
	s.admin().page("/you", "let in with an address", `href="/people"`)
	if status, body := s.stranger().get("/"); status != http.StatusUnauthorized || strings.Contains(body, "password") {
		t.Errorf("a stranger is answered %d: %s", status, body)
	}
}

// Somebody who is invited chooses a name and a password, once, and sees what is their own.
func TestJoin(t *testing.T) {
	s := newSite(t)
	admin, ada := s.admin(), s.stranger()
	link := admin.invite(labs.RoleLearner)
	ada.page(link, "You are invited", "Your role: learner")
	answer, body := ada.post(link, false, "name", hostile, "password", password)
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a hostile name is answered %d", answer.StatusCode)
	}
	s.says("the page", body, "An account can&#39;t have that name", escaped(hostile), "!"+hostile)
	if _, body := ada.post(link, false, "name", "ada", "password", password); !strings.Contains(body, "What to do next") {
		t.Errorf("after joining: %s", body)
	}
	ada.page("/you", "Your role: learner", "!/people")
	for _, path := range []string{link, link + "A"} {
		if status, body := s.stranger().get(path); status != http.StatusBadRequest || !strings.Contains(body, "has been used") {
			t.Errorf("%s is answered %d: %s", path, status, body)
		}
	}
	if answer, _ := s.stranger().post(link, false, "name", "eve", "password", password); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a used invitation is accepted: %d", answer.StatusCode)
	}
	admin.page("/people", "<td>ada</td>", "!eve", "Only browsers on this machine")
	if status, _ := ada.get("/people"); status != http.StatusForbidden {
		t.Errorf("a learner gets the list of accounts: %d", status)
	}
	if answer, _ := ada.post("/people/invitations", false, "role", "admin", "days", "1"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a learner invites: %d", answer.StatusCode)
	}
}

// Signing in leads to the page that was asked for, under a new token; signing out ends the session.
func TestSignInAndOut(t *testing.T) {
	s := newSite(t)
	s.joins("ada", labs.RoleLearner)
	b := s.stranger()
	status, body := b.get("/attempts?all=yes")
	if status != http.StatusUnauthorized {
		t.Errorf("a stranger is answered %d", status)
	}
	s.says("the page", body, "Sign in", `name="to" value="/attempts?all=yes"`, "!What to do next")
	answer, body := b.post("/sign-in", false, "name", "ada", "password", "wrong password", "to", "/attempts")
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a wrong password is answered %d", answer.StatusCode)
	}
	s.says("the page", body, "The name or the password is wrong", `value="ada"`, "!wrong password")
	for to, want := range map[string]string{"/attempts": "/attempts", "//evil.example/": "/", `/\evil.example`: "/", "https://evil.example": "/", "": "/"} {
		answer, _ := b.post("/sign-in", false, "name", "Ada", "password", password, "to", to)
		if answer.StatusCode != http.StatusOK || answer.Request.URL.Path != want || answer.Request.URL.Host != s.server.address {
			t.Errorf("to %q leads to %s, %d", to, answer.Request.URL, answer.StatusCode)
		}
	}
	stolen := b.Jar.Cookies(answer.Request.URL)
	b.page("/", ">ada<")
	b.post("/sign-out", false)
	thief := s.stranger()
	thief.Jar.SetCookies(answer.Request.URL, stolen)
	for who, b := range map[string]*browser{"who signed out": b, "a thief": thief} {
		if status, _ := b.get("/"); status != http.StatusUnauthorized {
			t.Errorf("%s is answered %d", who, status)
		}
	}
}

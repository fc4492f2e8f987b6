//go:build engine && linux

package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"endstate/internal/postgrestest"
)

// Two servers, each with a home of its own, share a store in PostgreSQL. One is killed in the middle of an exam, with all
// other processes of its machine: whoever has signed in goes on at the other one, the candidate's shell comes back there,
// and it ends and grades the exam at its deadline.
func TestServersShareAStore(t *testing.T) {
	t.Parallel()
	one := newMachine(t, "ENDSTATE_LIFE=20m", "ENDSTATE_STORE="+postgrestest.Place(t))
	other := *one
	other.env = append(slices.Clone(one.env), "ENDSTATE_HOME="+t.TempDir())
	server, address := one.startServer()
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	elsewhere := other.serve()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	signedIn(t, browser, address, http.StatusOK)

	at := sit(one, "exam", "start", blueprint(t, "0.5"), "--seed", "20")
	at.sees("1/2 ", "$ ")
	at.types("touch mine; echo this is my ''shell\r")
	at.sees("this is my shell")
	s := one.sittingOf(0)
	for _, process := range []*os.Process{server.Process, at.process.Process} {
		if err := process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	<-at.ended
	one.killKeeper(s.ID)
	again := sit(&other, "exam", "resume")
	again.sees("this is my shell")
	again.types("ls min*\r")
	again.sees("mine\r\n")
	if err := again.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-again.ended
	other.killKeeper(s.ID)
	signedInAt(t, browser, address, elsewhere)
	if now := other.sittingOf(s.ID); !now.Ended.IsZero() {
		t.Fatalf("the exam ended at %v, before the server was killed", now.Ended)
	}
	s = other.graded(s.ID)
	one.endedInTime(s)
	if late := s.Questions[0].Grade.Late.Duration; late > 5*time.Second {
		t.Errorf("the lab was frozen %v after the end", late)
	}
	other.must("sweep") // what the killed processes were preparing
	if mine, err := one.Mine(t.Context()); err != nil || len(mine) > 0 {
		t.Errorf("labs left: %v, %v", mine, err)
	}
}

// signedIn asks for a page, and demands a status.
func signedIn(t *testing.T, browser *http.Client, address string, want int) {
	t.Helper()
	answer, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != want {
		t.Fatalf("the server answers %s", answer.Status)
	}
}

// signedInAt demands that the session that a browser has at one server lets it in at another. The cookie's name has the
// port of a server that only this machine reaches; behind a proxy, all servers have the same.
func signedInAt(t *testing.T, browser *http.Client, from, to string) {
	t.Helper()
	first, err := url.Parse(from)
	if err != nil {
		t.Fatal(err)
	}
	second, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	home := second.ResolveReference(&url.URL{Path: "/"})
	signedIn(t, &http.Client{}, home.String(), http.StatusUnauthorized)
	for _, cookie := range browser.Jar.Cookies(first) {
		if cookie.Name == "endstate-"+first.Port() {
			cookie.Name = "endstate-" + second.Port()
			browser.Jar.SetCookies(second, []*http.Cookie{cookie})
		}
	}
	signedIn(t, browser, home.String(), http.StatusOK)
}

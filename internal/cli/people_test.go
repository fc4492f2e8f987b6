package cli

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"testing"

	"endstate/internal/desk"
	"endstate/internal/desk/people"
	"endstate/labs"
)

// An invitation of the command line is accepted in the browser, and what is done with the account there counts here.
func TestPeople(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "people", "no accounts yet")
	_, out, _ := d.run("people", "invite", "--role", "examiner", "--at", "https://labs.example.org/", "--json")
	var link struct{ Address, Role string }
	if err := json.Unmarshal([]byte(out), &link); err != nil || link.Role != "examiner" {
		t.Fatalf("%s: %v", out, err)
	}
	key := regexp.MustCompile(`^https://labs\.example\.org/join/(\w+)$`).FindStringSubmatch(link.Address)
	if key == nil {
		t.Fatalf("the link is %s", link.Address)
	}
	at := desk.New(desk.Config{Clock: d.clock, Settings: desk.Settings{Home: d.env["ENDSTATE_HOME"]}, Open: func(context.Context) (*desk.Backend, error) { return nil, errors.New("no engine here") }})
	t.Cleanup(at.Close)
	room := people.New(at, labs.Learner{})
	_, badge, err := room.Accept(t.Context(), key[1], "Grace", "four words of mine")
	if err != nil {
		t.Fatal(err)
	}
	in := func(want bool) {
		t.Helper()
		if _, err := room.Who(t.Context(), badge); (err == nil) != want {
			t.Errorf("the session goes on: %v, want %v", err, want)
		}
	}
	d.wants(StatusDone, "people", "Grace", "examiner")
	in(true)
	d.wants(StatusDone, "people sign-out grace", "Grace is signed out everywhere.")
	in(false)
	if _, badge, err = room.SignIn(t.Context(), "192.0.2.1", "grace", "four words of mine"); err != nil {
		t.Fatal(err)
	}
	d.wants(StatusDone, "people disable grace", "Grace can't sign in any more.")
	in(false)
	d.wants(StatusDone, "people", "disabled")
	d.wants(StatusMisused, "people reset grace", "The account is disabled")
	d.wants(StatusDone, "people enable GRACE", "Grace can sign in again.")
	_, out, _ = d.run("people", "reset", "grace")
	reset := regexp.MustCompile(`^http://127\.0\.0\.1:7878/join/(\w+)\nIt works once, until `).FindStringSubmatch(out)
	if reset == nil {
		t.Fatalf("the link for a new password is %q", out)
	}
	if _, badge, err = room.Accept(t.Context(), reset[1], "", "four other words"); err != nil {
		t.Fatal(err)
	}
	in(true)
	d.wants(StatusMisused, "people disable bob", `There is no account "bob"`, "endstate people")
	d.wants(StatusMisused, "people invite --role root", `"root" is not a role`)
	d.wants(StatusMisused, "people invite --days 31", "can't last that long")
}

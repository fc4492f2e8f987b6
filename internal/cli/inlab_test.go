//go:build unix

package cli

import (
	"slices"
	"strings"
	"testing"
)

// In the lab, check, the closing screen and the price of a hint are the same as outside.
func TestInTheLab(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.state = "bad"
	d.engine.typist.other = map[string]func(){"repair": func() { d.state = "good" }}
	d.engine.typist.commands = []string{"check", "hint:n", "hint:y", "repair", "check", "hint"}
	_, shown := d.sit("", "shell")
	shown = strings.ReplaceAll(colour.ReplaceAllString(shown, ""), "\r", "")
	at := 0
	for _, want := range []string{
		"Score 0 of 100\n", "Hint 1 of 2 costs 5 points. Open it? [y/N] n", "Hint 1 of 2 costs 5 points. Open it? [y/N] y", "Hint 1 of 2 (−5)",
		"(failed before)", "Score 95 of 100 (+95, was 0) · hints −5", "Solved in", "With 1", "endstate debrief first", "These commands work outside the lab: leave it with exit.",
		"Hint 2 of 2 (free)",
	} {
		i := strings.Index(shown[at:], want)
		if i < 0 {
			t.Fatalf("after %d bytes, %q is not shown:\n%s", at, want, shown)
		}
		at += i
	}
	if left := d.engine.typist.left(); len(left) > 0 {
		t.Errorf("not typed: %v", left)
	}
}

// In-lab commands parse their arguments, and have the exit statuses of the command line.
func TestArgumentsInTheLab(t *testing.T) {
	for _, test := range []struct {
		line, says string
		status     int
	}{
		{"check --help", "--json", StatusDone},
		{"check first", "check takes no arguments.", StatusMisused},
		{"check --jsn", "check has no flag --jsn.", StatusMisused},
		{"hint 2", "hint takes no arguments.", StatusMisused},
		{"task foo", "task takes no arguments.", StatusMisused},
		{"exam flag 1", "This lab does not belong to an exam.", StatusMisused},
		{"help", "put the lab back", StatusDone},
		{"frobnicate", "put the lab back", StatusDone},
		{"check", "Score 0 of 100", StatusFailed},
		{"check --json", `"score": 0`, StatusFailed},
	} {
		d := newConsole(t)
		d.lab("ada", "first")
		d.state = "bad"
		d.engine.typist.commands = []string{test.line}
		_, shown := d.sit("", "shell")
		if !strings.Contains(colour.ReplaceAllString(shown, ""), test.says) || !slices.Equal(d.engine.typist.statuses, []int{test.status}) {
			t.Errorf("%s: %v, %q", test.line, d.engine.typist.statuses, shown)
		}
	}
}

// help names the command answer where the task has questions, and the command knows them.
func TestQuestionsInTheLab(t *testing.T) {
	for question, knows := range map[string]string{"": "", "q1": "q1\tanswer q1 VALUE"} {
		d := newConsole(t)
		d.asks = question
		d.lab("ada", "first")
		shown := d.shownBy("help")
		if named := strings.Contains(shown, "answer [QUESTION VALUE…]"); named != (question != "") {
			t.Errorf("for the question %q: %q", question, shown)
		}
		if got := d.engine.environment["ENDSTATE_ANSWERS"]; got != knows {
			t.Errorf("for the question %q, the shell knows %q", question, got)
		}
	}
}

// A pipe gets the plain report, and the screen nothing of it.
func TestPipeInTheLab(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.state = "bad"
	d.engine.typist.commands = []string{"task>", "check>", "check --json>"}
	_, shown := d.sit("", "shell")
	piped := d.engine.typist.piped.String()
	for _, want := range []string{"# ", "Score 0 of 100\n", `"score": 0`} {
		if !strings.Contains(piped, want) || strings.Contains(shown, want) {
			t.Errorf("%q is not where it belongs: the pipe got %q, the screen %q", want, piped, shown)
		}
	}
	if strings.Contains(piped, "\x1b") || strings.Contains(piped, "\r") {
		t.Errorf("the pipe got what only terminals understand: %q", piped)
	}
}

// NO_COLOR and TERM reach the lab, and the lab's own count for its commands.
func TestEnvironmentOfTheLab(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.env["TERM"], d.env["NO_COLOR"] = "xterm-kitty", "1"
	d.sit("", "shell")
	if got := d.engine.environment; got["TERM"] != "xterm-kitty" || got["NO_COLOR"] != "1" {
		t.Errorf("the shell has the environment %v", got)
	}
	delete(d.env, "NO_COLOR")
	for _, test := range []struct {
		set  string
		want bool
	}{{"", true}, {"NO_COLOR=1 ", false}, {"TERM=dumb ", false}} {
		d.engine.typist.commands = []string{test.set + "check", test.set + "task"}
		if _, shown := d.sit("", "shell"); colour.MatchString(shown) != test.want {
			t.Errorf("%scheck shows %q", test.set, shown)
		}
	}
	if _, has := d.engine.environment["NO_COLOR"]; has {
		t.Error("NO_COLOR is set in the lab, though it is not outside")
	}
}

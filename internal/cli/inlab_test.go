//go:build unix

package cli

import (
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
		"(was failed)", "Score 95 of 100 (+95, was 0) · hints −5", "Solved in", "With 1 hint.", "endstate debrief first", "exit leaves the shell, where these commands work.",
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

//go:build unix

package cli

import (
	"slices"
	"strings"
	"testing"
)

// shownBy types in-lab commands in a shell and returns what the screen shows, without colours.
func (d *console) shownBy(commands ...string) string {
	d.Helper()
	d.engine.typist.commands, d.engine.typist.statuses = commands, nil
	_, shown := d.sit("", "shell")
	return strings.ReplaceAll(colour.ReplaceAllString(shown, ""), "\r", "")
}

// In the lab, save, saved, extend and reset --to do what they do outside.
func TestSaveInTheLab(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	shown := d.shownBy("save before", "save", "save before:n", "save before:y", "saved", "save .", "save a b", "extend", "help")
	at := 0
	for _, want := range []string{
		"Saved as before. Go back to it: reset --to before\n", "Saved as 1.", "There is already a saved state named before. Replace it? [y/N] n", "Replace it? [y/N] y", "Saved as before.",
		"before  10:00:00", "2 of 5. Go back to one: reset --to NAME", "can't be the name of a saved state", "save takes [NAME] at most.", "The lab ends in 3 h 00 min, at 13:00.",
		"save [NAME]", "saved ", "extend ",
	} {
		i := strings.Index(shown[at:], want)
		if i < 0 {
			t.Fatalf("after %d bytes, %q is not shown:\n%s", at, want, shown)
		}
		at += i
	}
	if want := []int{0, 0, 0, 0, 0, StatusMisused, StatusMisused, 0, 0}; !slices.Equal(d.engine.typist.statuses, want) {
		t.Errorf("the statuses are %v, want %v", d.engine.typist.statuses, want)
	}
	shown = d.shownBy("reset --to nowhere", "reset --to before:n", "reset --to before:y")
	for _, want := range []string{`no saved state "nowhere"`, "since it was saved as before will be lost. Go back to it? [y/N] n", "Go back to it? [y/N] y"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not shown:\n%s", want, shown)
		}
	}
	if !strings.HasPrefix(d.engine.image, "saved ") || len(d.engine.labs) != 1 {
		t.Errorf("the lab was started from %q; there are %d", d.engine.image, len(d.engine.labs))
	}
}

// In an exam, they say that its labs can't be saved or extended.
func TestExamsRefuseInTheLab(t *testing.T) {
	d := newConsole(t)
	d.engine.typist.commands = []string{"save here", "saved", "extend", "reset --to here", "help"}
	_, shown := d.sit("", "exam", "start", d.exam(""))
	shown = strings.ReplaceAll(colour.ReplaceAllString(shown, ""), "\r", "")
	for _, want := range []string{"Labs of an exam can't be saved.\nEvery candidate has the same means.", "Labs of an exam can't be extended.\n", "reset has no flag --to."} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not shown:\n%s", want, shown)
		}
	}
	if want := []int{StatusMisused, StatusMisused, StatusMisused, StatusMisused, 0}; !slices.Equal(d.engine.typist.statuses, want) || len(d.engine.saved) > 0 || d.engine.extended > 0 {
		t.Errorf("statuses %v, saved %v, extended %d times", d.engine.typist.statuses, d.engine.saved, d.engine.extended)
	}
	if _, help, _ := strings.Cut(shown, "see all questions and the time left"); strings.Contains(help, "save") {
		t.Errorf("help offers it: %s", help)
	}
	d.wants(StatusMisused, "extend", "Labs of an exam can't be extended.")
}

// A pipe has the width of the terminal that it is read at, in the lab and outside.
func TestPipesFitTheTerminal(t *testing.T) {
	d := newConsole(t)
	d.task = strings.Repeat("word ", 60)
	d.state = strings.Repeat("bad ", 60)
	d.lab("ada", "first")
	d.engine.typist.commands = []string{"task>", "check>", "saved>"}
	d.sit("", "shell")
	texts := map[string]string{"in the lab": d.engine.typist.piped.String()}
	for _, line := range []string{"task", "check", "list", "history", "progress", "show 1", "help"} {
		texts[line] = d.sitPiped(60, strings.Fields(line)...)
	}
	for name, text := range texts {
		if len(text) < 100 {
			t.Errorf("%s: %q", name, text)
		}
		d.allFit(60, name, text)
		if strings.Contains(text, "\x1b") {
			t.Errorf("%s has what only terminals understand: %q", name, text)
		}
	}
}

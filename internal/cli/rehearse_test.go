//go:build unix

package cli

import (
	"strings"
	"testing"
	"time"

	"endstate/internal/desk/rehearse"
	"endstate/internal/rehearsal"
)

const spoken = "I'm a back-end developer who built two billing services. I enjoy making slow systems fast, and this team is where I want to learn."

// A learner writes an answer in an editor, sees what is missing, and learns it in steps.
func TestRehearseAtATerminal(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "questions", "Tell us about yourself.", "not written yet", "Write your answer: endstate rehearse 1")
	d.env["EDITOR"] = "echo I worked at [company] >>"
	status, shown := d.sit("", "rehearse", "1")
	if status != StatusDone || !strings.Contains(shown, "Fill this in: “[company]”") || !strings.Contains(shown, "A good answer also holds") {
		t.Errorf("%d, %s", status, shown)
	}
	d.env["EDITOR"] = "echo " + strings.ReplaceAll(spoken, "'", `\'`) + " >"
	if status, shown = d.sit("", "rehearse", "1", "--write"); status != StatusDone || strings.Contains(shown, "Fill this in") {
		t.Errorf("%d, %s", status, shown)
	}
	status, shown = d.sit("\x04y\nI'm a developer.\n\x04n\n", "rehearse", "1")
	for _, want := range []string{"Read it", "24 of 24 words", "25 % of the words are hidden", "____", "3 of 24 words", "what you left out is marked"} {
		if !strings.Contains(colour.ReplaceAllString(shown, ""), want) {
			t.Errorf("%d, there is no %q in %s", status, want, shown)
		}
	}
	if got := read[rehearse.Rehearsal](d, "rehearse 1 --json"); len(got.Script.Recitals) != 2 || got.Step != 0 {
		t.Errorf("%+v, step %d", got.Script.Recitals, got.Step)
	}
}

// Without a terminal, texts come from standard input.
func TestRehearseInAScript(t *testing.T) {
	d := newConsole(t)
	d.in = spoken
	d.wants(StatusDone, "rehearse 1 --write", "Stored", "endstate rehearse 1")
	if got := read[rehearsal.Comparison](d, "rehearse 1 --free --json"); got.Said != got.Words || got.Words != 24 {
		t.Errorf("%+v", got)
	}
	d.in = "I am a developer."
	d.wants(StatusDone, "rehearse 1 --hide 50", "[", "3 of 24 words", "what you left out is marked")
	d.after(365 * 24 * time.Hour)
	d.in = spoken
	d.wants(StatusDone, "next", "First rehearse question 1", "the chance that you still know it", "endstate rehearse 1\n", "endstate start")
	d.wants(StatusDone, "rehearse --free", "24 of 24 words", "Say it again on")
	if out := d.wants(StatusDone, "next"); strings.Contains(out, "rehearse") {
		t.Errorf("a script that is not due is picked: %s", out)
	}
	d.wants(StatusDone, "questions", "your script: 1 ")
	d.wants(StatusMisused, "rehearse 1 --hide 101", "from 0 to 100")
	d.wants(StatusMisused, "rehearse 17", "There is no question 17")
	d.wants(StatusMisused, "rehearse nowhere", "nowhere")
	d.wants(StatusMisused, "rehearse 3 --free", "There is no script yet", "endstate rehearse 3")
	d.wants(StatusDone, "rehearse 1 --remove --yes")
	d.wants(StatusDone, "questions", "not written yet")
	d.in = ""
	d.wants(StatusMisused, "rehearse 1 --write", "The script is empty")
}

func TestCompanies(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "rehearse company", "There are no notes yet")
	d.wants(StatusDone, "rehearse company Kestrel --does billing --values curiosity", "Kestrel", "what it does: billing", "its values: curiosity")
	d.wants(StatusDone, "rehearse company Kestrel --projects Hover", "what it does: billing", "its projects and products: Hover")
	d.in = "## its values\npatience\n"
	d.wants(StatusDone, "rehearse company Kestrel", "its values: patience")
	if all := read[[]rehearsal.Company](d, "rehearse company --json"); len(all) != 1 || all[0].Values != "patience" || all[0].Does != "" {
		t.Errorf("%+v", all)
	}
	d.in = spoken + " I follow Hover."
	d.wants(StatusDone, "rehearse 2 --company Kestrel --write", "uses none of your notes")
	d.wants(StatusMisused, "rehearse 2 --company Nowhere --write", "There are no notes on Nowhere", "endstate rehearse company")
}

// What the learner should know while they write fits the terminal, and all of it is marked as no part
// of the text.
func TestPrefaceFits(t *testing.T) {
	d := newConsole(t)
	_, shown := d.sit(spoken+"\n\x04", "rehearse", "1", "--write")
	_, shown, _ = strings.Cut(shown, "# Tell us about yourself.") // what comes before is the echo of the keys
	preface, _, found := strings.Cut(shown, "Write what you would say")
	lines := strings.Split(strings.TrimSpace(preface), "\r\n")
	if !found || len(lines) < 8 {
		t.Fatalf("%q", shown)
	}
	for _, line := range lines[1:] {
		if !strings.HasPrefix(line, "# ") || len([]rune(line)) > 60 {
			t.Errorf("%q", line)
		}
	}
}

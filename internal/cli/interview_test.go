//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"endstate/internal/exams"
)

// interview writes the blueprint of an interview, and returns its path.
func (d *console) interview() string {
	d.Helper()
	path := filepath.Join(d.TempDir(), "mock.yaml")
	text := "title: Mock\nminutes: 30\npass: 60\nspoken: {introductory: 4, explained: 1}\nquestions:\n  - {count: 1, weakest: true, points: 10}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.Fatal(err)
	}
	return path
}

// A candidate answers the questions in words at the terminal, leaves, comes back where they left,
// and gets one report of it all.
func TestInterviewAtATerminal(t *testing.T) {
	d := newConsole(t)
	d.in = spoken
	d.wants(StatusDone, "rehearse 1 --write")
	d.in = ""
	d.wants(StatusDone, "exam draw "+d.interview()+" --seed 1", "In words 5:")
	// Two answers, and Ctrl-C at the third question.
	_, shown := d.interruptAt("One.\n\x04Two.\n\x04", "Question 3 of 5", "exam", "start", d.interview(), "--seed", "1")
	for _, want := range []string{"5 questions in words, and 1 with a lab", "Question 1 of 5 in words", "Question 3 of 5 in words", "about 2 minutes"} {
		if !strings.Contains(colour.ReplaceAllString(shown, ""), want) {
			t.Errorf("there is no %q in %s", want, shown)
		}
	}
	v := read[exams.View](d, "exam status --json")
	if v.Phase != exams.Running || v.Spoken[1].Answer == nil || v.Spoken[1].Answer.Text != "Two." || v.Spoken[4].Answer != nil {
		t.Fatalf("%s, %+v", v.Phase, v.Spoken)
	}
	d.after(2 * time.Minute)
	for _, q := range v.Spoken[2:] {
		d.in = spoken
		if q.Number == 4 {
			d.in = "\n"
		}
		out := d.wants(StatusDone, "exam say --json")
		if strings.Contains(out, "points\": [\n") || strings.Contains(out, `"percent"`) {
			t.Errorf("a running exam tells what was found: %s", out)
		}
	}
	d.in = ""
	d.wants(StatusDone, "exam status", "5 of 5 questions in words answered", "28 min left")
	d.wants(StatusMisused, "exam say", "no more questions", "exam resume")
	d.wants(StatusDone, "exam resume --no-shell", "Question 1 of 1")
	d.wants(StatusDone, "exam submit --yes", "In words (not graded)", "skipped", "key point")
	over := read[exams.View](d, "exam status --json")
	reports := d.wants(StatusDone, "report exam-1 --format html", "In words", "Why did you choose back-end development?")
	for _, q := range over.Spoken {
		a := q.Answer
		if q.Interview == 1 && a.Percent == nil {
			t.Errorf("the answer to a rehearsed question is not compared: %+v", a)
		}
		if q.Scenario != "" && len(a.Points) == 0 {
			t.Errorf("an explanation has no key points: %+v", a)
		}
		if a.Text != "" && !strings.Contains(reports, strings.TrimPrefix(a.Text, "I'm ")) {
			t.Errorf("the report lacks %q", a.Text)
		}
	}
	d.wants(StatusMisused, "exam say --exam 1", "Exam 1 is over")
}

//go:build unix

package cli

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// show tells of an attempt at an exam what its reports tell: the grade, what the examiner decided and
// wrote, and how often the candidate checked, without the grading at the end.
func TestShowTellsWhatTheExaminerDid(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "exam start "+d.exam("feedback: score")+" --no-shell")
	d.wants(StatusDone, "exam grade")
	d.now = d.now.Add(2 * time.Minute)
	d.wants(StatusDone, "exam extra-time 5 --why late")
	d.wants(StatusDone, "exam pause --why fire")
	d.now = d.now.Add(40*time.Second + 400*time.Millisecond)
	d.wants(StatusDone, "exam unpause")
	d.wants(StatusFailed, "exam submit --yes")
	d.wants(StatusDone, "exam points 1 1 -3 --why slowly")
	d.wants(StatusDone, "exam comment 1 1 again")
	d.wants(StatusDone, "exam comment 1 calm")
	d.wants(StatusDone, "show exam-1/1", "7 of 10 · score 100 of 100", "1 check before the", "2 min spent", "2 min at work\n", "Extra time: 5 min, by ada at", ": late",
		"Paused by ada from", "(40 s): fire", "−3 points by hand, by ada at", ": slowly", "Comment by ada at", ": again", "On the whole exam: Comment by ada at", ": calm",
		"check: 100 of 100", "graded at the end of the exam, 100 of 100")
	d.wants(StatusDone, "show exam-1/1 --json", `"reason": "fire"`, `"text": "again"`, `"text": "calm"`, `"gradings": 1`, `"checks": 1`, `"at_end": true`)
	d.wants(StatusDone, "exam status", "1 check before the end")
	d.wants(StatusDone, "report exam-1/1", "· 1 check, and graded at the end of the exam ·")
	d.wants(StatusDone, "report exam-1/1 --format html", "<dd>1 check, and graded at the end of the exam</dd>")
	d.wants(StatusDone, "report exam-1 --format html", "1 check before the end")
}

// What somebody in the lab of an exam is told to do can be done there.
func TestAdviceInTheLabOfAnExam(t *testing.T) {
	for _, test := range []struct {
		line, says string
		status     int
	}{
		{"exam goto 9", "See them: exam status\n", StatusMisused},
		{"exam flag 9", "See them: exam status\n", StatusMisused},
		{"exam goto", "See them: exam\n", StatusMisused},
		{"exam statsu", "Did you mean status?", StatusMisused},
		{"exam --help", "status", StatusDone},
		{"exam status", "30 min left of 30 min", StatusDone},
		{"hint", "This exam allows no hints", StatusMisused},
	} {
		d := newConsole(t)
		d.wants(StatusDone, "exam start "+d.exam("")+" --no-shell")
		d.engine.typist.commands = []string{test.line}
		_, shown := d.sit("", "exam", "resume")
		shown = strings.ReplaceAll(colour.ReplaceAllString(shown, ""), "\r", "")
		_, after, _ := strings.Cut(shown, "In the lab: ")
		after, _, _ = strings.Cut(after, "The exam is still running")
		if !strings.Contains(after, test.says) || strings.Contains(after, "endstate") || !slices.Equal(d.engine.typist.statuses, []int{test.status}) {
			t.Errorf("%s: %v, %q", test.line, d.engine.typist.statuses, after)
		}
	}
}

// A proof's lab that was kept is listed, found and stopped like any other.
func TestKeptLabs(t *testing.T) {
	d := newConsole(t)
	d.lab("ada/kept-k7x2ab", "first")
	d.lab("ada/prove-other", "first")
	d.lab("eve/kept-k7x2ab", "first")
	d.wants(StatusDone, "status", "ada/kept-k7x2ab")
	d.wants(StatusDone, "observe first", `"verdict"`)
	d.lab("ada", "second")
	d.wants(StatusDone, "observe first", `"verdict"`)
	out := d.wants(StatusDone, "status", "ada/kept-k7x2ab", "second")
	if strings.Contains(out, "prove") || strings.Contains(out, "eve") {
		t.Errorf("it shows others: %s", out)
	}
	d.wants(StatusDone, "stop first", "The lab of first is gone")
	d.wants(StatusDone, "stop first", "No lab of first is running.")
	d.lab("ada/kept-aaaaaa", "first")
	d.wants(StatusDone, "stop --all", "The lab of first is gone", "The lab of second is gone")
	d.wants(StatusDone, "status", "No lab is running.")
	if len(d.engine.labs) != 2 {
		t.Errorf("%d labs are left, not those of the other owner and of the running proof", len(d.engine.labs))
	}
}

//go:build unix

package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"endstate/internal/attempts"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/labs"
)

// step is an event on a day of exams: after a pause, with the labs in a state, somebody
// does something about an exam.
type step struct {
	pause time.Duration
	state string // good or bad; unseen: the grader can't look at it; empty: as before
	exam  int64
	act   string
	arg   string
	want  string // the outcome: the exam's phase, or what the act says
}

const agreed = "agreed"

var examDay = []step{
	// Ada works on both questions, causes the clock to stop, and submits.
	{0, "bad", 1, "start", "Ada", "running"},
	{time.Minute, "", 1, "check", "", "score 0"},
	{0, "", 1, "check", "2", "refused"},
	{time.Minute, "", 1, "shell", "prepared task check flag status next task flag goto1 flag1 flag1 check reset:n", "running"},
	{time.Minute, "", 1, "goto", "2", "running"},
	{time.Minute, "", 1, "flag", "2", "running"},
	// The examiner pauses the exam, gives time for what went wrong, and watches.
	{0, "", 1, "pause", "", "paused"},
	{time.Hour, "", 1, "goto", "1", "refused"},
	{0, "", 1, "check", "", "refused"},
	{0, "", 1, "pause", "", "refused"},
	{0, "", 1, "watch", "", "paused, 1560 s left, question 2 of 2, the last check of 1: 0"},
	{0, "", 1, "unpause", "", "running"},
	{0, "", 1, "unpause", "", "refused"},
	{0, "", 1, "extra-time", "10%", "running"},
	{time.Minute, "", 1, "watch", "", "running, 1680 s left, question 2 of 2, the last check of 1: 0"},
	{0, "", 1, "goto", "3", "refused"},
	{0, "", 1, "reset", "", "asks"},
	{0, "", 1, "reset", agreed, "running"},
	{time.Minute, "good", 1, "check", "", "score 100"},
	{0, "unseen", 1, "check", "", "ungraded"},
	{20 * time.Minute, "", 1, "status", "", "paused"},
	{0, "", 1, "goto", "2", "running"},
	{time.Minute, "", 1, "submit", "", "asks"},
	{0, "", 1, "shell", "submit:n submit:y", "over"},
	{0, "", 1, "goto", "1", "refused"},
	{time.Hour, "good", 1, "check", "", "finished"},
	{0, "", 1, "flag", "1", "refused"},
	// Bob takes a hint, and his time runs out while he is in the shell.
	{0, "good", 2, "start", "Bob", "running"},
	{time.Minute, "", 2, "shell", "prepared hint:n hint:y hint:y check", "running"},
	{28*time.Minute + 59900*time.Millisecond, "", 2, "shell", "timeout wait", "finished"},
	// Cleo leaves, and nobody is attached when her time is up.
	{0, "bad", 3, "start", "Cleo", "running"},
	{time.Hour, "good", 3, "list", "", "running"}, // which grades nothing
	{0, "", 3, "due", "", "over"},
	{0, "", 3, "accept", "2", "refused"},
	{0, "", 3, "accept", "1", "finished"},
	{0, "", 3, "spy", "", "not found"},
}

// A day of exams over the command line and one over the desk alone have the same result:
// the door adds nothing.
func TestExamsComeToTheSameAtTheDesk(t *testing.T) {
	line, alone := newConsole(t), newConsole(t)
	file := line.exam("feedback: score\nhints: 10")
	atLine, atDesk := &examLine{line, file}, newExamDesk(alone, file)
	for i, s := range examDay {
		for door, does := range map[string]struct {
			console *console
			act     func(step) string
		}{"line": {line, atLine.does}, "desk": {alone, atDesk.does}} {
			does.console.after(s.pause)
			does.console.finds(s.state)
			if got := does.act(s); got != s.want {
				t.Fatalf("step %d, %s %s of exam %d at the %s: %s, want %s", i+1, s.act, s.arg, s.exam, door, got, s.want)
			}
		}
		if diff := cmp.Diff(atLine.exams(), atDesk.exams(), sameFacts); diff != "" {
			t.Fatalf("after step %d, %s %s of exam %d, the exams differ:\n%s", i+1, s.act, s.arg, s.exam, diff)
		}
	}
	for id := range 3 {
		name := fmt.Sprintf("exam-%d", id+1)
		_, exam, err := atDesk.base.Report(t.Context(), atDesk.who, name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(read[any](line, "report "+name+" --format json"), asJSON(t, exam), sameFacts); diff != "" {
			t.Errorf("the reports of exam %d differ:\n%s", id+1, diff)
		}
	}
	if diff := cmp.Diff(asJSON(t, line.remembered()), asJSON(t, alone.remembered()), sameFacts); diff != "" {
		t.Errorf("attempts differ:\n%s", diff)
	}
	for _, d := range []*console{line, alone} {
		if len(d.engine.labs) > 0 {
			t.Errorf("%d labs are left", len(d.engine.labs))
		}
	}
}

// sameFacts ignores random names and measured times.
var sameFacts = cmpopts.IgnoreMapEntries(func(key string, _ any) bool {
	return slices.Contains([]string{"attempt", "lab", "owner", "took", "digest"}, key)
})

// finds sets what the grader finds from now on.
func (d *console) finds(state string) {
	switch state {
	case "":
	case "unseen":
		d.failed = errors.New("the grader has no ladder")
	default:
		d.state, d.failed = state, nil
	}
}

// prepared waits until the labs of all questions of an exam have been ready.
func (d *console) prepared(id int64) {
	store, err := attempts.Open(d.Context(), attempts.Path(d.env["ENDSTATE_HOME"]))
	if err != nil {
		d.Error(err)
		return
	}
	defer store.Close()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		s, err := store.Of(labs.Learner{Name: "ada"}).Exam(d.Context(), id)
		if err != nil {
			d.Error(err)
			return
		}
		if !s.Questions[0].Ready.IsZero() && !s.Questions[1].Ready.IsZero() {
			return
		}
	}
	d.Errorf("the labs of exam %d are not ready", id)
}

// examLine does steps over the command line.
type examLine struct {
	*console
	file string
}

func (l *examLine) does(s step) string {
	of := fmt.Sprintf(" --exam %d", s.exam)
	switch s.act {
	case "start":
		return l.outcome(s, "exam start "+l.file+" --seed 7 --no-shell --candidate "+s.arg)
	case "goto":
		return l.outcome(s, "exam goto "+s.arg+" --no-shell"+of)
	case "check":
		return l.checks(s, "exam grade "+s.arg+" --json"+of)
	case "accept":
		return l.outcome(s, "exam grade --late "+s.arg+of)
	case "reset", "submit":
		if s.arg == agreed {
			of += " --yes"
		}
		return l.outcome(s, "exam "+s.act+of)
	case "extra-time":
		return l.outcome(s, "exam extra-time "+s.arg+" --why the_network"+of)
	case "pause":
		return l.outcome(s, "exam pause --why fire_alarm"+of)
	case "watch":
		return placed(read[[]examdesk.Place](l.console, "exam watch --json"+of)[0])
	case "shell":
		return l.sits(s)
	case "list":
		l.wants(StatusDone, "exam list", "due, not graded yet")
		return l.listed(s)
	case "due":
		return l.outcome(s, "status")
	case "spy":
		l.env["ENDSTATE_OWNER"] = "eve"
		defer func() { l.env["ENDSTATE_OWNER"] = "ada" }()
		return l.outcome(s, "exam status"+of)
	}
	return l.outcome(s, "exam "+s.act+" "+s.arg+of)
}

// outcome runs a command line and describes the result.
func (l *examLine) outcome(s step, line string) string {
	status, _, err := l.run(strings.Fields(line)...)
	switch {
	case strings.Contains(err, "There is no exam"):
		return "not found"
	case strings.Contains(err, "Say yes with --yes"):
		return "asks"
	case status == StatusMisused:
		return "refused"
	}
	return l.phase(s)
}

func (l *examLine) phase(s step) string {
	return string(read[exams.View](l.console, fmt.Sprintf("exam status --json --exam %d", s.exam)).Phase)
}

// placed describes where a candidate is.
func placed(p examdesk.Place) string {
	checked := "none"
	if p.LastCheck != nil {
		checked = fmt.Sprintf("the last check of %d: %d", p.Checked, p.LastCheck.Score)
	}
	return fmt.Sprintf("%s, %.0f s left, question %d of %d, %s", p.Phase, p.Left, p.Question, p.Questions, checked)
}

// listed returns the phase that the list says, which grades nothing.
func (l *examLine) listed(s step) string {
	for _, v := range read[examdesk.Listing](l.console, "exam list --json").Exams {
		if v.ID == s.exam {
			return string(v.Phase)
		}
	}
	return "not listed"
}

// checks grades a question and returns the score that is shown.
func (l *examLine) checks(s step, line string) string {
	status, out, _ := l.run(strings.Fields(line)...)
	var answer exams.Answer
	switch {
	case status == StatusMisused:
		return "refused"
	case json.Unmarshal([]byte(out), &answer) != nil || answer.Question == 0: // the exam has ended
		return l.phase(s)
	}
	return score(answer)
}

func score(answer exams.Answer) string {
	if !answer.Graded {
		return "ungraded"
	}
	return fmt.Sprintf("score %d", *answer.Score)
}

// inLabNames are the in-lab commands that have a different name.
var inLabNames = map[string]string{"flag": "exam flag", "flag1": "exam flag 1", "next": "exam next", "status": "exam status", "goto1": "exam goto 1", "submit:n": "exam submit:n", "submit:y": "exam submit:y"}

// sits works in the shells of an exam.
func (l *examLine) sits(s step) string {
	l.engine.typist = typist{other: map[string]func(){
		"prepared": func() { l.prepared(s.exam) },
		"timeout":  func() { l.after(time.Second) },
	}}
	for _, command := range strings.Fields(s.arg) {
		if line := inLabNames[command]; line != "" {
			command = line
		}
		l.engine.typist.commands = append(l.engine.typist.commands, command)
	}
	status, shown := l.sit("", "exam", "resume", "--exam", strconv.FormatInt(s.exam, 10))
	if left := l.engine.typist.left(); len(left) > 0 {
		l.Fatalf("the shell ended with %d before %q: %s", status, left, shown)
	}
	if strings.Contains(s.arg, "timeout") && !strings.Contains(shown, "Time is up. Your work is graded now.") {
		l.Errorf("the terminal does not grade when time is up: %s", shown)
	}
	if strings.Contains(shown, "The state is") {
		l.Errorf("the shell shows a verdict: %s", shown)
	}
	return l.phase(s)
}

func (l *examLine) exams() any {
	return read[map[string]any](l.console, "exam list --json")["exams"]
}

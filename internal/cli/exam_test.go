package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/exams/pace"
	"endstate/labs"
)

// exam writes a blueprint and returns its file name.
func (d *console) exam(rules string) string {
	d.Helper()
	path := filepath.Join(d.TempDir(), "mine.yaml")
	text := "title: Mine\nminutes: 30\npass: 60\n" + rules + "\nquestions:\n  - {scenario: first, points: 10}\n  - {scenario: second, points: 30}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.Fatal(err)
	}
	return path
}

// While an exam runs, a check reveals what the exam allows, and no more.
func TestExamFeedback(t *testing.T) {
	for rules, test := range map[string]struct{ says, hides []string }{
		"feedback: none":  {[]string{"It can be graded"}, []string{"Score", "The state is"}},
		"feedback: score": {[]string{"Score 0 of 100"}, []string{"The state is"}},
		"feedback: full":  {[]string{"Score 0 of 100", "The state is bad"}, nil},
	} {
		d := newConsole(t)
		d.state = "bad"
		d.wants(StatusDone, "exam start "+d.exam(rules)+" --no-shell", "Question 1 of 2")
		for _, line := range []string{"exam grade", "exam grade --json"} {
			out := d.wants(StatusDone, line)
			if line == "exam grade" {
				d.wants(StatusDone, line, test.says...)
			}
			for _, hidden := range test.hides {
				if strings.Contains(strings.ToLower(out), strings.ToLower(hidden)) {
					t.Errorf("%s, %s tells %q: %s", rules, line, hidden, out)
				}
			}
		}
		// At the end, everybody can see all of it.
		d.wants(StatusFailed, "exam submit --yes", "0 of 40, not passed", "endstate start first --seed")
	}
}

// withGuard adds a guard that is broken when the state is good.
const withGuard = `
guards:
  - {id: kept, title: The neighbours are as they were, costs: 11, look: at it, expect: state != "good"}
`

// The candidate learns the rules before the clock starts, and what decided at the end.
func TestExamRulesThatDecide(t *testing.T) {
	d := newConsole(t)
	d.adds = withGuard
	rules := "harm: fails\nfeedback: score\nminimum: {tests: 70}"
	d.wants(StatusDone, "exam start "+d.exam(rules)+" --no-shell", "2 questions · 30 min · 60 % pass · at least 70 % in", "fails the question")
	d.wants(StatusDone, "exam status", "60 % pass · at least 70 % in")
	d.wants(StatusDone, "exam grade", "Score 0 of 100", "As it is now, the question is failed: what must not change was harmed.")
	d.wants(StatusDone, "exam watch", "1: 0 of 100")
	d.wants(StatusFailed, "exam submit --yes", "0 of 10 · score 0 of 100", "failed: what must not change was harmed", "failed: tests: 0 %, at least 70 % needed")
	d.wants(StatusDone, "report mine --format csv", "all questions: 0 %, at least 60 % needed; tests: 0 %, at least 70 % needed")
	file := filepath.Join(t.TempDir(), "report.json")
	d.wants(StatusDone, "report exam-1 --format json --output "+file)
	d.wants(StatusDone, "verify "+file, "It is unchanged.")

	// The same work passes where harm costs points and nothing else is asked.
	d.wants(StatusDone, "exam start "+d.exam("harm: costs")+" --no-shell", "costs points")
	d.wants(StatusDone, "exam goto 2 --no-shell")
	d.wants(StatusDone, "exam submit --yes", "35.6 of 40, passed")
}

// Any command about labs or attempts ends an exam whose time is up before it sweeps expired
// labs. Other commands don't.
func TestAnyCommandEndsAnExam(t *testing.T) {
	for line, ends := range map[string]bool{
		"list": true, "status": true, "history": true, "progress": true, "exam list": false, "exam lint taste": false, "exam draw taste": false, "exam watch": false, "exam status": true, "sweep": true, "stop --all": true,
		"version": false, "lint": false, "doctor": false, "help": false,
	} {
		d := newConsole(t)
		d.wants(StatusDone, "exam start "+d.exam("")+" --no-shell")
		d.now = d.now.Add(20 * time.Hour) // its lab has expired as well
		_, _, err := d.run(strings.Fields(line)...)
		if ended := strings.Contains(err, "Exam 1 of ada ended at 10:30:00 and is graded now"); ended != ends {
			t.Errorf("%s ends the exam: %v\n%s", line, ended, err)
		}
		if !ends {
			d.wants(StatusDone, "exam list", "due, not graded yet")
			continue
		}
		// Nobody knows when the work was done, so it counts only if an examiner says so.
		d.wants(StatusDone, "exam status", "score 100 of 100, which does not count", "as it was 19 h 30 min after the end", "0 of 30 · never opened", "No result yet")
		d.wants(StatusMisused, "exam grade --late", "No question is named")
		d.wants(StatusMisused, "exam grade 2 --late", "has no late grade")
		d.wants(StatusDone, "exam grade 1 --late", "10 of 10 · score 100", "as it was 19 h 30 min after the end", "10 of 40, not passed")
		if len(d.engine.labs) > 0 {
			t.Errorf("%s leaves %d labs", line, len(d.engine.labs))
		}
	}
}

// lint finds every mistake of a blueprint, and says how its questions fit into its minutes.
func TestExamLint(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "exam lint "+d.exam(""), "0 mistakes", "At 100 seeds, the par times add up to 10 of the exam's 30 minutes.", "at 100 of them, the par times are less than half")
	d.wants(StatusFailed, "exam lint "+d.exam("harm: never\nhints: sometimes"), "mine.yaml:4:7: harm must be costs", "mine.yaml:5:8: hints are none", "2 mistakes")
	if out := d.wants(StatusFailed, "exam lint --json "+d.exam("harm: never")); !json.Valid([]byte(out)) {
		t.Errorf("%s", out)
	}
	d.wants(StatusMisused, "exam lint nothing", `There is no exam "nothing"`)
	d.wants(StatusMisused, "exam lint "+t.TempDir(), "can't be read")
	// Something that can't be drawn here is told too.
	d.wants(StatusUngraded, "exam lint topic", "No topic has the scenarios")
	if d.engine.launched > 0 {
		t.Error("a lab was started")
	}
}

// draw shows what start with the same seed asks.
func TestExamDraw(t *testing.T) {
	d := newConsole(t)
	mine := d.exam("minimum: {tests: 50}")
	d.wants(StatusDone, "exam draw "+mine+" --seed 7", "Mine · seed 7", "60 % pass · at least 50 % in tests", "40 points · the par times add up to 10 of 30 minutes", "less than half of the exam's time")
	drawn := read[examdesk.Draft](d, "exam draw "+mine+" --seed 7 --json")
	d.wants(StatusDone, "exam start "+mine+" --seed 7 --no-shell")
	d.wants(StatusFailed, "exam submit --yes")
	v := read[exams.View](d, "exam status --json")
	for i, q := range v.Questions {
		if asked := drawn.Questions[i]; asked.Scenario != q.Scenario || asked.Seed != *q.Seed || asked.Points != q.Points {
			t.Errorf("drawn %+v, asked %+v", asked, q)
		}
	}
	if len(v.Questions) != 2 || drawn.Pace.Fit != pace.FitLoose || drawn.Points != 40 {
		t.Errorf("%+v", drawn)
	}
	d.wants(StatusMisused, "exam draw "+mine+" --topic git", "is not about one topic")
	for _, command := range []string{"draw", "start"} {
		d.wants(StatusMisused, "exam "+command+" topic --topic nosuch", `There is no topic "nosuch"`, "The topics are: tests.")
	}
	at := newExamDesk(d, mine)
	b, err := readBlueprint(at.desk, mine)
	if err != nil {
		t.Fatal(err)
	}
	var problem *labs.Problem
	if _, err := at.desk.Rehearse(t.Context(), labs.Learner{Name: "eve"}, b, examdesk.Choice{}); !errors.As(err, &problem) || problem.Code != labs.CodeForbidden {
		t.Errorf("a learner sees what the exam will ask: %v", err)
	}
}

// What an examiner decides is shown wherever the exam is.
func TestExaminerDecides(t *testing.T) {
	d := newConsole(t)
	mine := d.exam("")
	for _, wrong := range []string{"0", "soon", "-5%"} {
		d.wants(StatusMisused, "exam start "+mine+" --extra-time "+wrong+" --no-shell", "It takes a number of minutes, a duration such as 10m, or a percentage")
	}
	d.wants(StatusMisused, "exam start "+mine+" --extra-time 100h --no-shell", "can't get 100 h of extra time", "at most 4 h in all")
	d.wants(StatusDone, "exam start "+mine+" --extra-time 50% --no-shell", "2 questions · 45 min", "45 min left")
	d.wants(StatusMisused, "exam extra-time soon", `"soon" is not an extra time`)
	d.wants(StatusDone, "exam extra-time 5 --why late", "50 min left of 50 min", "Extra time: 15 min, by ada at", "Extra time: 5 min, by ada at", ": late")
	d.wants(StatusDone, "exam pause --why fire", "paused by the examiner, 50 min left", "Paused by ada from")
	d.wants(StatusMisused, "exam resume", "Exam 1 is paused by the examiner.", "Go on when the examiner says so.")
	d.wants(StatusMisused, "exam pause", "is paused by the examiner")
	d.now = d.now.Add(time.Hour)
	d.wants(StatusDone, "exam watch", "ada", "paused by ada", "50 min")
	d.wants(StatusDone, "exam unpause", "50 min left of 50 min", "(1 h): fire")
	d.wants(StatusDone, "exam resume --no-shell", "50 min left")
	d.wants(StatusFailed, "exam submit --yes", "Extra time: 5 min, by ada at", "(1 h): fire")
	d.wants(StatusMisused, "exam extra-time 5", "Exam 1 is over")
	d.wants(StatusDone, "exam watch", "over, graded")
	d.now = d.now.Add(2 * time.Hour)
	d.wants(StatusDone, "exam watch", "No exam is running")
	file := filepath.Join(t.TempDir(), "report.json")
	d.wants(StatusDone, "report exam-1 -o "+file)
	d.wants(StatusDone, "verify "+file, "It is unchanged.")
}

// An examiner ends an exam of a candidate, with consent. Reports say so.
func TestExaminerEndsAnExam(t *testing.T) {
	d := newConsole(t)
	mine := d.exam("")
	d.wants(StatusDone, "exam start "+mine+" --no-shell --candidate Ada")
	d.wants(StatusDone, "exam start "+mine+" --no-shell --candidate Bob")
	d.wants(StatusMisused, "exam end --candidate Ada", "--yes")
	d.wants(StatusDone, "exam status --exam 1", "left of 30 min")
	d.wants(StatusDone, "exam end --candidate Ada --yes --why ill", "Ended by the examiner at", "Ended by ada at", ": ill", "passed")
	d.wants(StatusDone, "exam status --exam 2", "left of 30 min")
	d.wants(StatusMisused, "exam end --exam 1 --yes", "Exam 1 is over")
	file := filepath.Join(t.TempDir(), "report.json")
	d.wants(StatusDone, "report exam-1 -o "+file)
	d.wants(StatusDone, "verify "+file, "It is unchanged.")
}

// Points and comments by hand are an examiner's, and are shown as that.
func TestExamByHand(t *testing.T) {
	d := newConsole(t)
	d.state = "bad"
	d.wants(StatusDone, "exam start "+d.exam("")+" --no-shell")
	d.wants(StatusMisused, "exam comment 1 good", "Exam 1 is still running")
	d.wants(StatusMisused, "exam points 1 1 +5 --why x", "Question 1 of exam 1 is not graded")
	d.wants(StatusFailed, "exam submit --yes", "0 of 40, not passed")
	d.wants(StatusMisused, "exam points 1 1 -5 --why x", "Question 1 can't get -5 points", "It has 0 of 10.")
	d.wants(StatusMisused, "exam points 1 1 five --why x", `"five" is not a number of points`)
	d.wants(StatusMisused, "exam points one 1 5 --why x", `"one" is not the number of an exam`)
	d.wants(StatusMisused, "exam points 1 1 5", "and a reason")
	d.wants(StatusMisused, "exam points 1 1", "takes an exam, a question and points")
	d.wants(StatusDone, "exam points exam-1 1 +10 --why explained", "10 of 10", "+10 points by hand, by ada at", ": explained", "10 of 40, not passed")
	d.wants(StatusDone, "exam points 1 1 -3 --why slowly", "−3 points by hand", "7 of 40, not passed", "with +7 points by hand")
	d.wants(StatusDone, "exam points 1 2 17 --why x", "24 of 40, passed", "60 %, 60 % pass · with +24 points by hand")
	d.wants(StatusDone, "exam comment 1 calm", "Comment by ada at", ": calm")
	d.wants(StatusDone, "exam comment 1 2 again", ": again")
	d.wants(StatusMisused, "exam comment 1 7 again", "has no question 7")
	for _, args := range [][]string{{"1", "2"}, {"1", ""}, {"1", "2", " "}} { // the text was forgotten
		if status, _, errs := d.run(append([]string{"exam", "comment"}, args...)...); status != StatusMisused || !strings.Contains(errs, "Write what the candidate should read") {
			t.Errorf("comment %q: %d, %s", args, status, errs)
		}
	}
	status, _, errs := d.run("exam", "comment", "1", "\x1b[2J")
	if status != StatusMisused || !strings.Contains(errs, "has control characters") {
		t.Errorf("%d, %s", status, errs)
	}
	for _, name := range []string{"report.json", "report.html"} {
		file := filepath.Join(t.TempDir(), name)
		d.wants(StatusDone, "report exam-1 -o "+file)
		d.wants(StatusDone, "verify "+file, "It is unchanged.")
	}
	at := newExamDesk(d, "")
	for _, err := range []error{
		func() error {
			_, err := at.desk.Adjust(t.Context(), at.who, examdesk.Which{ID: 1}, 1, 1, "x", nil)
			return err
		}(),
		func() error {
			_, err := at.desk.Comment(t.Context(), at.who, examdesk.Which{ID: 1}, 1, "x", true, nil)
			return err
		}(),
	} {
		var problem *labs.Problem
		if !errors.As(err, &problem) || problem.Code != labs.CodeForbidden {
			t.Errorf("a candidate changes the points: %v", err)
		}
	}
}

// With a wrong clock, no exam starts, continues or ends.
func TestExamWhileClocksDiffer(t *testing.T) {
	d := newConsole(t)
	d.now, d.ahead = d.now.Add(240*time.Hour), 240*time.Hour
	d.wants(StatusUngraded, "exam start "+d.exam("")+" --no-shell", "10 days ahead", "An exam's time can't be measured")
	d.now, d.ahead = d.now.Add(-240*time.Hour), 0
	d.wants(StatusDone, "exam start "+d.exam("")+" --no-shell")
	for _, off := range []time.Duration{240 * time.Hour, -240 * time.Hour} {
		d.now, d.ahead = d.now.Add(off), off
		d.wants(StatusDone, "list")
		d.wants(StatusUngraded, "exam submit --yes", "An exam's time can't be measured", "Set the clock that is wrong")
		d.now, d.ahead = d.now.Add(-off), 0
	}
	d.wants(StatusDone, "exam status", "30 min left")
	d.wants(StatusFailed, "exam submit --yes", "10 of 10 · score 100")
}

// Without an engine an exam can't be graded. The command says so, and a later one grades
// it.
func TestExamThatCantBeGradedNow(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "exam start "+d.exam("")+" --no-shell")
	d.now = d.now.Add(time.Hour)
	var out, errs bytes.Buffer
	p := d.program(&out, &errs)
	p.Open = func(context.Context) (*desk.Backend, error) {
		return nil, &labs.Problem{What: "No engine answers", Advice: "Start one.", Err: errors.New("refused")}
	}
	if status := p.Run(t.Context(), []string{"list"}); status != StatusDone || !strings.Contains(errs.String(), "the next command tries again") || !strings.Contains(out.String(), "first") {
		t.Errorf("%d\n%s%s", status, out.String(), errs.String())
	}
	d.wants(StatusDone, "list", "is graded now")
	d.wants(StatusDone, "exam status", "score 100 of 100", "as it was 30 min after the end")
}

// A question that can't be graded stops the clock, and the exam waits.
func TestExamUngraded(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "exam start "+d.exam("feedback: score")+" --no-shell")
	d.failed = errors.New("the grader has no ladder")
	d.wants(StatusUngraded, "exam grade", "Could not be graded: the grader has no ladder", "The clock is stopped")
	d.now = d.now.Add(20 * time.Minute)
	d.wants(StatusDone, "exam status", "the clock is stopped, 30 min left")
	d.wants(StatusDone, "exam resume --no-shell", "30 min left")
	d.wants(StatusMisused, "exam reset", "Say yes with --yes")
	d.wants(StatusDone, "exam reset --yes", "30 min left")
	d.wants(StatusUngraded, "exam submit --yes", "could not be graded: the grader has no ladder", "No result yet")
	d.failed = nil
	d.wants(StatusFailed, "exam grade", "10 of 40, not passed")
}

func TestExamMisused(t *testing.T) {
	d := newConsole(t)
	mine := d.exam("")
	for line, says := range map[string]string{
		"exam start":                               "takes an exam",
		"exam start nothing":                       "There is no exam \"nothing\"",
		"exam start " + t.TempDir():                "can't be read",
		"exam start " + d.exam("passs: 1"):         "mine.yaml:4:1: unknown field \"passs\"",
		"exam start " + mine + " --topic git":      "is not about one topic",
		"exam goto":                                "takes the number",
		"exam resume":                              "No exam is running",
		"exam frob":                                "There is no command",
		"check --owner ada/exam-abc":               "can be used only in the exam",
		"start first --owner ada/exam-x":           "can be used only in the exam",
		"exam status --exam 7":                     "There is no exam 7",
		"exam start " + mine + " --seed -1":        "",
		"exam status --candidate nobody":           "No exam of nobody is running",
		"exam submit":                              "No exam is running",
		"exam start " + d.exam("hints: sometimes"): "hints are none, as-written",
	} {
		d.wants(StatusMisused, line, says)
	}
	d.wants(StatusUngraded, "exam start topic", "No topic has the scenarios that the exam topic asks for", "endstate doctor")
	if d.engine.launched > 0 {
		t.Errorf("%d labs were started", d.engine.launched)
	}
	d.wants(StatusDone, "exam start "+mine+" --no-shell")
	for line, says := range map[string]string{
		"exam goto 0": "has no question 0", "exam goto x": `"x" is not the number of a question`, "exam goto 3": "Its questions are 1 to 2",
		"exam flag 9": "has no question 9", "exam grade 2": "has not been opened yet", "exam submit": "Say yes with --yes",
		"exam start " + mine: "has not ended exam 1",
	} {
		d.wants(StatusMisused, line, says)
	}
	// Practice does not hinder an exam, nor the other way round.
	d.wants(StatusDone, "start first --no-shell")
	d.wants(StatusDone, "stop --all", "first is gone")
	d.wants(StatusDone, "exam resume --no-shell", "Question 1 of 2")
}

// A name that would control the terminal is refused, or escaped.
func TestHostileCandidate(t *testing.T) {
	d := newConsole(t)
	for _, name := range []string{"\x1b[2J", "Ada\nBob", strings.Repeat("é", 101)} {
		status, out, err := d.run("exam", "start", d.exam(""), "--no-shell", "--candidate", name)
		if status != StatusMisused || !strings.Contains(err, "candidate's name is invalid") || strings.Contains(out+err, name) {
			t.Errorf("%q: status %d, %s%s", name, status, out, err)
		}
	}
	status, _, err := d.run("exam", "start", d.exam(""), "--no-shell", "--candidate", "\u202e<b>")
	if status != StatusDone {
		t.Fatal(err)
	}
	for _, line := range []string{"exam list", "exam status", "exam submit --yes"} {
		_, out, err := d.run(strings.Fields(line)...)
		if strings.ContainsAny(out+err, "\x1b\u202e") || !strings.Contains(out, `\u202e<b>`) {
			t.Errorf("%s: %q", line, out+err)
		}
	}
}

// Wherever labs are listed, running exams are named with their candidates; results appear
// later.
func TestExamThatGoesOnIsNamed(t *testing.T) {
	d := newConsole(t)
	mine := d.exam("feedback: none")
	d.wants(StatusDone, "exam start "+mine+" --no-shell --candidate Ada", "endstate exam submit --exam 1")
	d.wants(StatusDone, "status", "Exam 1 of Ada is running", "endstate exam submit --exam 1")
	d.wants(StatusDone, "stop --all", "Exam 1 of Ada is running")
	d.wants(StatusDone, "exam grade")
	for _, line := range []string{"show 1", "report 1", "replay 1"} {
		d.wants(StatusMisused, line, "Attempt 1 is a question of exam 1, which is still running")
	}
	d.wants(StatusDone, "exam start "+mine+" --no-shell --candidate Bob")
	d.wants(StatusMisused, "exam status", "Several exams are running", "--exam 1 (Ada)", "--exam 2 (Bob)")
	d.wants(StatusFailed, "exam submit --exam 1 --yes")
	d.wants(StatusDone, "show 1", "Attempt 1: first")
	d.wants(StatusMisused, "show exam-1/2", "Question 2 of exam 1 was never opened")
	d.wants(StatusFailed, "exam submit --yes")
	d.wants(StatusDone, "report mine --format csv", "Ada", "Bob")

	// Another exam with the same name is a different exam.
	text, err := os.ReadFile(mine)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(other, []byte(strings.Replace(string(text), "title: Mine", "title: Yours", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	d.wants(StatusDone, "exam start "+other+" --no-shell --candidate Eve")
	d.wants(StatusFailed, "exam submit --yes")
	d.wants(StatusMisused, "report mine --format csv", "Several exams are called mine", `"Mine", "Yours"`)
	if out := d.wants(StatusDone, "report Yours --format csv", "Eve"); strings.Contains(out, "Ada") {
		t.Errorf("the report of one tells of the other: %s", out)
	}
}

// From a report, one gets to what the candidate did: by the name of the question's attempt.
func TestExamEvidence(t *testing.T) {
	d := newConsole(t)
	mine := d.exam("feedback: score")
	d.wants(StatusDone, "exam start "+mine+" --no-shell --candidate Zoë")
	for _, line := range []string{"show exam-1/1", "report exam-1/1", "replay exam-1/1"} {
		d.wants(StatusMisused, line, "Attempt 1 is a question of exam 1, which is still running")
	}
	d.engine.typist = typist{commands: []string{"task", "check"}}
	if status, shown := d.sit("", "exam", "resume"); status != StatusDone {
		t.Fatalf("%d: %s", status, shown)
	}
	d.wants(StatusFailed, "exam submit --yes", "endstate show exam-1/1 · endstate replay exam-1/1")
	d.wants(StatusDone, "show exam-1/1", "Question 1 of exam 1 · candidate Zoë · exam-1/1", "came into the shell of workspace")
	d.wants(StatusDone, "show 1", "Question 1 of exam 1 · candidate Zoë")
	status, shown := d.sit("", "replay", "exam-1/1", "--speed", "1000")
	if status != StatusDone || !strings.Contains(shown, "Score 100 of 100") {
		t.Errorf("%d: %s", status, shown)
	}
	d.wants(StatusMisused, "replay exam-1/1", "A replay needs a terminal")
	d.wants(StatusMisused, "show exam-1/3", "The exam has no question 3")
	d.wants(StatusMisused, "show exam-7/1", "There is no exam 7")
	file := filepath.Join(t.TempDir(), "zoe.html")
	d.wants(StatusDone, "report exam-1 -o "+file)
	page, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(page), "<summary>What the terminal showed</summary>") || !strings.Contains(string(page), "Do the first thing.") {
		t.Errorf("%v: no transcript in the page", err)
	}
	d.wants(StatusDone, "verify "+file, "It is unchanged.")
	if one := read[exams.View](d, "exam status --exam 1 --json"); one.Questions[0].Attempt == "" {
		t.Error("the attempt is not named")
	}
	d.env["ENDSTATE_OWNER"] = "eve"
	d.wants(StatusMisused, "show exam-1/1", "There is no exam 1")
}

// A report can be verified until it is changed.
func TestVerify(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "exam start "+d.exam("")+" --no-shell")
	d.wants(StatusFailed, "exam submit --yes")
	for _, name := range []string{"exam-1", "1"} {
		for _, format := range []string{"json", "html"} {
			file := filepath.Join(t.TempDir(), "report."+format)
			d.wants(StatusDone, "report "+name+" --format "+format+" --output "+file)
			d.wants(StatusDone, "verify "+file, "It is unchanged.", "Its digest: sha256:")
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte("first"), []byte("other")), 0o600); err != nil {
				t.Fatal(err)
			}
			d.wants(StatusFailed, "verify "+file, "It was changed since it was made.")
			d.wants(StatusFailed, "verify --json "+file, `"whole": false`)
		}
	}
	file := filepath.Join(t.TempDir(), "none")
	d.wants(StatusMisused, "verify "+file, "can't be verified")
	if err := os.WriteFile(file, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.wants(StatusMisused, "verify "+file, "not a report of Endstate")
}

// Manual changes of the store are shown wherever the exam is.
func TestStoreThatWasChanged(t *testing.T) {
	d := newConsole(t)
	d.state = "bad"
	d.wants(StatusDone, "exam start "+d.exam("")+" --no-shell")
	d.wants(StatusFailed, "exam submit --yes")
	store, err := attempts.Open(t.Context(), attempts.Path(d.env["ENDSTATE_HOME"]))
	if err != nil {
		t.Fatal(err)
	}
	hundred := 100
	_, err = store.Of(labs.Learner{Name: "ada"}).ChangeExam(t.Context(), 1, func(s *exams.Sitting) error { s.Questions[0].Grade.Score = &hundred; return nil })
	if err := errors.Join(err, store.Close()); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"exam status", "report exam-1", "report exam-1 --format json", "report exam-1 --format csv", "report exam-1 --format junit", "report exam-1 --format html"} {
		out := d.wants(StatusDone, line)
		if !strings.Contains(strings.NewReplacer("&#39;", "'", "’", "'").Replace(out), "question 1: its score is not its report's") {
			t.Errorf("%s does not tell it: %s", line, out)
		}
	}
}

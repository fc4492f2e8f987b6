package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"endstate/internal/attempts"
	"endstate/internal/exams"
	"endstate/internal/practice"
	"endstate/internal/recording"
	"endstate/labs"
)

// shown is a folder for pages to view in a browser.
var shown = flag.String("shown", "", "a folder to write pages to")

const evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&`</style>`\x1b[2J\u202eevil"

var began = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func at(minutes float64) time.Time {
	return began.Add(time.Duration(minutes * float64(time.Minute)))
}

func pointer[T any](v T) *T { return &v }

// graded returns a report with every verdict but ungraded.
func graded(scenario, words string, score int) *labs.Report {
	return &labs.Report{
		Scenario: scenario, Title: words, Seed: 7, At: at(20), Servers: []string{"MySQL 9.7.4 " + words}, Score: &score, Total: 100,
		Checks: []labs.Result{
			{ID: "one", Title: "The table `orders` is there " + words, Verdict: labs.Passed, Points: 40},
			{ID: "two", Title: "Every row is as it was", Verdict: labs.Failed, Points: 35, Message: "It has 3 rows.\n" + words},
			{ID: "three", Title: "The application reads it", Verdict: labs.Skipped, Points: 25, Message: "Waits for: Every row is as it was."},
		},
		Guards: []labs.Result{
			{ID: "kept", Title: "The neighbours are as they were", Verdict: labs.Passed, Points: 20},
			{ID: "dump", Title: "The dump is unchanged", Verdict: labs.Failed, Points: 10, Message: words},
		},
		Hints: []labs.Hint{{Costs: 5, Text: words}},
	}
}

// scored returns a report whose score comes from a single check.
func scored(scenario, words string, score int) *labs.Report {
	r := &labs.Report{Scenario: scenario, Title: words, At: at(31), Servers: []string{}, Guards: []labs.Result{}, Checks: []labs.Result{
		{ID: "done", Title: "It is done " + words, Verdict: labs.Passed, Points: score},
	}}
	if score < labs.Total {
		r.Checks = append(r.Checks, labs.Result{ID: "rest", Title: "The rest is done", Verdict: labs.Failed, Points: labs.Total - score})
	}
	r.Charge(nil, false)
	return r
}

func anAttempt(words string) *Attempt {
	story := attempts.Story{
		Attempt: attempts.Attempt{
			UID: "0123456789abcdef0123456789abcdef", ID: 12, Scenario: "mysql-restore", Title: "Restore " + words, Topic: "mysql", Level: 1, Minutes: 12,
			Seed: 7, Owner: words, Engine: "Docker " + words, Images: []attempts.Image{{Host: "db", Name: "mysql", ID: "sha256:0123456789abcdef", Server: words}},
			Hash: "abc", Started: began, Ended: pointer(at(95)), Ending: attempts.Stopped, Worked: at(24), Hints: 1, Resets: 1, Checks: 3, Ungraded: 1,
			Active: labs.Seconds{Duration: 19 * time.Minute}, Score: pointer(25), Took: pointer(labs.Seconds{Duration: 17 * time.Minute}),
		},
		Rounds: []attempts.Check{
			{At: at(6), Report: graded("mysql-restore", words, 0)},
			{At: at(12), Report: &labs.Report{At: at(12), Checks: []labs.Result{{Verdict: labs.Ungraded, Message: words}}}},
			{At: at(20), Report: graded("mysql-restore", words, 25)},
		},
		Events: []attempts.Event{{At: at(8), Kind: attempts.HintOpened, Number: 1}, {At: at(14), Kind: attempts.LabReset}},
		Spans:  []attempts.Span{{Began: at(0), Ended: at(9)}, {Began: at(14), Ended: at(24)}},
		Explanations: []attempts.Explanation{{At: at(30), Text: "I read the dump.\n" + words, Points: []attempts.KeyPoint{
			{Text: "A dump of one database has no `USE` " + words, Touched: true, Said: pointer(true)}, {Text: "Defaults", Said: pointer(false)}, {Text: "Not asked"},
		}}},
	}
	next := &practice.Pick{Scenario: labs.Scenario{Name: "mysql-restore-one-table", Title: "Bring back one table " + words}, Seed: 41, Why: []string{"It is due.", words}}
	return OfAttempt(story, next, at(120), "1.0 "+words)
}

// aSitting returns an exam with four questions: partly solved, solved, never opened, ungraded.
func aSitting(id int64, words string, graded4 bool) *exams.Sitting {
	s := &exams.Sitting{
		ID: id, Owner: "trainer", Candidate: words, Seed: 41, Current: 3, Created: began, Started: at(1), Ended: at(31), Way: exams.TimeUp,
		Blueprint: exams.Blueprint{Name: "back-end", Title: "Back end " + words, Minutes: 30, Pass: 60, Feedback: exams.FeedbackScore, Hints: exams.Hints{Allowed: true}, Harm: exams.HarmCosts, Minimum: exams.Minimum{exams.EachTopic: 40}},
		Turns:     []exams.Turn{{Question: 1, From: at(1), To: at(13)}, {Question: 2, From: at(13), To: at(19)}, {Question: 4, From: at(22), To: at(31)}},
		Pauses:    []exams.Pause{{Question: 4, From: at(19), To: at(22)}},
	}
	for n, topic := range []string{"mysql", "git", "mongodb", "mysql"} {
		s.Questions = append(s.Questions, exams.Question{
			Number: n + 1, Scenario: topic + "-scenario", Title: "Question `" + topic + "` " + words, Topic: topic, Level: 1, Minutes: 10, Seed: uint64(100 + n), Points: 25 + 5*n, Checks: n,
		})
	}
	s.Questions[0].Grade = &exams.Grade{At: at(31), Score: pointer(25), Report: graded("mysql-scenario", words, 25)}
	s.Questions[0].Hints = 1
	s.Questions[2].Required = true
	s.Questions[1].Grade = &exams.Grade{At: at(35), Late: labs.Seconds{Duration: 4 * time.Minute}, Accepted: true, Score: pointer(100), Report: scored("git-scenario", words, 100)}
	s.Questions[2].Grade = &exams.Grade{At: at(31), Score: pointer(0), Why: "It was never opened."}
	s.Questions[3].Grade = &exams.Grade{At: at(31), Why: "The engine is gone. " + words}
	if graded4 {
		s.Questions[3].Grade = &exams.Grade{At: at(31), Score: pointer(80), Report: scored("mysql-scenario", words, 80)}
	}
	for _, q := range s.Questions {
		if q.Grade.Report != nil {
			q.Grade.Report.Seed = q.Seed
		}
	}
	return s
}

func anExam(t *testing.T, sittings ...*exams.Sitting) *Exam {
	t.Helper()
	e, err := OfExam(sittings, at(60), "1.0")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// harmless parses a page as a browser does and fails for active content.
func harmless(t *testing.T, page string) (text string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	allowed := "html head meta title style body h1 h2 h3 p div section span strong code pre details summary dl dt dd table tbody tr th td a figure figcaption svg text rect line circle"
	for node := range root.Descendants() {
		switch node.Type {
		case html.TextNode:
			out.WriteString(node.Data + " ")
		case html.ElementNode:
			if !strings.Contains(" "+allowed+" ", " "+node.Data+" ") {
				t.Errorf("the page has a <%s>", node.Data)
			}
			for _, a := range node.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "#candidate-") {
					t.Errorf("the page has %s=%q", a.Key, a.Val)
				}
			}
		}
	}
	if strings.ContainsAny(page, "\x1b\u202e") || strings.Contains(page, "ZgotmplZ") {
		t.Error("the page contains control characters, or something that the template refused")
	}
	return out.String()
}

func pageOf(t *testing.T, name string, write func(*bytes.Buffer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	if *shown != "" {
		if err := os.WriteFile(filepath.Join(*shown, name+".html"), out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func wants(t *testing.T, text string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestAttemptPage(t *testing.T) {
	a := anAttempt("")
	page := pageOf(t, "attempt", func(w *bytes.Buffer) error { return AttemptPage(w, a) })
	wants(t, harmless(t, page), "25", "of 100 (best score)", "with 1 hint", "par is 12 min", "3 checks, of which 1 could not be graded", "It has 3 rows.",
		"could not be graded", "Hints opened: 1, for 5 points", "I read the dump.", "endstate start mysql-restore --seed 7",
		"Bring back one table", "endstate start mysql-restore-one-table --seed 41", "0123456789ab", "−10")
	words := anAttempt(evil)
	page = pageOf(t, "attempt-evil", func(w *bytes.Buffer) error { return AttemptPage(w, words) })
	wants(t, harmless(t, page), "<script>alert(1)</script>", `\x1b[2J`, `\u202eevil`)
}

func TestExamPage(t *testing.T) {
	e := anExam(t, aSitting(3, "Zoë", true))
	page := pageOf(t, "exam", func(w *bytes.Buffer) error { return ExamPage(w, e) })
	wants(t, harmless(t, page), "Zoë", "of 130 points", "✗ not passed", "time was up", "The lab was graded as it was 4 min after the end.", "An examiner accepted it", "The lab was graded as it was at the end.", "at the latest", "as it was 4 min after the end", "of 35 points · never opened",
		"endstate start git-scenario --seed 101", "The mark shows par.", "0 of 100 here; 0 % in mongodb", "27 min of 30 min; 1 pause",
		"60 % pass; at least 40 % in every topic; question 3 is required: 60 % of its points; harm to what must not change costs points",
		"Failed: all questions: 52.5 %, at least 60 % needed.", "Failed: question 3 is required: 0 %, at least 60 % needed.", "Failed: mongodb: 0 %, at least 40 % needed.")
	harmed := aSitting(3, "Zoë", true)
	harmed.Blueprint.Harm = exams.HarmFails
	harmed.Questions[0].Grade.Score, harmed.Questions[0].Grade.Harmed = pointer(0), true
	page = pageOf(t, "harmed", func(w *bytes.Buffer) error { return ExamPage(w, anExam(t, harmed)) })
	wants(t, harmless(t, page), "score 0 of 100", "failed: what must not change was harmed", "harm to what must not change fails the question")
	var text bytes.Buffer
	if err := QuestionsText(&text, &anExam(t, harmed).Sittings[0], Style{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(text.String(), "\nThe exam counts 0: what must not change was harmed.\n"); n != 1 {
		t.Errorf("%d questions say that the exam counts 0:\n%s", n, text.String())
	}
	both := anExam(t, aSitting(3, evil, true), aSitting(4, "Anna", false))
	page = pageOf(t, "class", func(w *bytes.Buffer) error { return ExamPage(w, both) })
	wants(t, harmless(t, page), "Anna", "? not fully graded", "Could not be graded: The engine is gone.", "<script>alert(1)</script>")
}

func TestReportRefusesRunningExam(t *testing.T) {
	s := aSitting(3, "Zoë", true)
	s.Ended = time.Time{}
	if _, err := OfExam([]*exams.Sitting{s}, at(60), ""); err == nil || !strings.Contains(err.Error(), "Exam 3 of Zoë is still running") {
		t.Errorf("got %v", err)
	}
}

func TestGradebook(t *testing.T) {
	other := aSitting(5, "=HYPERLINK(\"x\")", false)
	other.Questions[1].Scenario = "git-another"
	var out bytes.Buffer
	zoe := aSitting(4, "Zoë, A.", true)
	zoe.Extra = []exams.ExtraTime{{By: "vera", Seconds: 450}}
	zoe.Pauses = append([]exams.Pause{{Question: 2, From: at(16), To: at(17), Why: exams.ExaminerPause, Examiner: "vera"}}, zoe.Pauses...)
	if err := Gradebook(&out, anExam(t, other, zoe)); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	want := [][]string{
		{
			"candidate", "exam", "blueprint", "seed", "started", "ended", "worked seconds", "earned", "by hand", "points", "percent", "passed", "failed because", "extra seconds", "paused seconds", "late seconds", "doubts",
			"question 1: mysql-scenario", "question 1 late seconds", "question 2", "question 2 late seconds", "question 3: mongodb-scenario", "question 3 late seconds", "question 4: mysql-scenario", "question 4 late seconds",
		},
		{`'=HYPERLINK("x")`, "5", "back-end", "41", "2026-03-02T09:01:00Z", "2026-03-02T09:31:00Z", "1620", "36.25", "0", "130", "", "", "", "0", "0", "240", "question 2: its report is about another exercise", "6.25", "0", "30", "240", "0", "", "", "0"},
		{"Zoë, A.", "4", "back-end", "41", "2026-03-02T09:01:00Z", "2026-03-02T09:31:00Z", "1620", "68.25", "0", "130", "52.5", "false", "all questions: 52.5 %, at least 60 % needed; question 3 is required: 0 %, at least 60 % needed; mongodb: 0 %, at least 40 % needed", "450", "60", "240", "", "6.25", "0", "30", "240", "0", "", "32", "0"},
	}
	if fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", rows, want)
	}
}

func TestAttemptCSV(t *testing.T) {
	var out bytes.Buffer
	if err := AttemptCSV(&out, anAttempt("")); err != nil {
		t.Fatal(err)
	}
	want := "attempt,learner,scenario,seed,started,active seconds,hints,assisted,score,one,two,three\n" +
		"0123456789abcdef0123456789abcdef,,mysql-restore,7,2026-03-02T09:00:00Z,1140,1,false,25,40,0,0\n"
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}

func TestJUnitOfAnExam(t *testing.T) {
	var out bytes.Buffer
	if err := ExamJUnit(&out, anExam(t, aSitting(3, evil, false))); err != nil {
		t.Fatal(err)
	}
	var read testSuites
	if err := xml.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, s := range read.Suites {
		got += fmt.Sprintf("%d/%d/%d/%d ", s.Tests, s.Failures, s.Errors, s.Skipped)
	}
	if got != "5/2/0/1 1/0/0/0 1/0/0/1 1/0/1/0 " {
		t.Errorf("tests, failures, errors, skipped: %s", got)
	}
	late := ""
	for _, s := range read.Suites {
		for _, p := range s.Properties {
			if p.Name == "late seconds" {
				late += p.Value + " "
			}
		}
	}
	if late != "0 240 0 " {
		t.Errorf("late: %s", late)
	}
}

// A page shows what the terminals showed. It is closed at first, escaped and bounded.
func TestTranscriptsInThePage(t *testing.T) {
	s := aSitting(3, "Zoë", true)
	s.Questions[0].Ready, s.Questions[1].Ready = at(1), at(1)
	e := anExam(t, s)
	e.Sittings[0].Stays = map[int][]Stay{1: {{Began: at(2), Host: "work" + evil, Rows: []recording.Row{
		{Text: "$ mysql " + evil, Typed: true}, {Text: "ERROR 1045 </pre></details>"}, {Omitted: 1200}, {Text: "mysql> SELECT 1"},
	}}}}
	page := pageOf(t, "transcripts", func(w *bytes.Buffer) error { return ExamPage(w, e) })
	wants(t, harmless(t, page), "What the terminal showed", "$ mysql <script>alert(1)</script>", "ERROR 1045 </pre></details>", "… 1200 rows left out …", "mysql> SELECT 1",
		"There is no recording of the terminal.", "endstate show exam-3/1 · endstate replay exam-3/1")
	if strings.Contains(page, "<details open") || strings.Count(page, "<details>") != 1 {
		t.Error("a transcript is open at first")
	}
	if strings.Contains(page, "exam-3/3") {
		t.Error("a question that was never opened has something to show")
	}
	if v, err := Verify([]byte(page)); err != nil || !v.Whole {
		t.Errorf("%+v, %v", v, err)
	}
	if v, err := Verify([]byte(strings.Replace(page, "ERROR 1045", "Query OK", 1))); err != nil || v.Whole {
		t.Errorf("a transcript was changed: %+v, %v", v, err)
	}
}

// Reports say what examiners decided: who, when, how long and why.
func TestDecisionsOfExaminers(t *testing.T) {
	s := aSitting(3, "Zoë", true)
	s.Extra = []exams.ExtraTime{{At: at(5), By: "vera", Seconds: 600, Why: "The network was down. " + evil}}
	s.Pauses = append([]exams.Pause{{Question: 2, From: at(16), To: at(17), Why: exams.ExaminerPause, Examiner: "vera", Reason: "fire alarm"}}, s.Pauses...)
	e := anExam(t, s)
	page := pageOf(t, "decisions", func(w *bytes.Buffer) error { return ExamPage(w, e) })
	var text bytes.Buffer
	if err := ExamText(&text, e.Sittings[0].View, Style{Width: 300}); err != nil {
		t.Fatal(err)
	}
	stamp := func(minutes float64) string { return at(minutes).Local().Format("15:04:05") }
	for _, shown := range []string{harmless(t, page), text.String()} {
		wants(t, shown, "Extra time: 10 min, by vera at "+stamp(5)+": The network was down.", "Paused by vera from "+stamp(16)+" to "+stamp(17)+" (60 s): fire alarm")
	}
	wants(t, harmless(t, page), "27 min of 40 min; 2 pauses", "paused by the examiner, 60 s")
	v := exams.View{Phase: exams.Paused, Left: 600, Pauses: []exams.Pause{{Why: exams.ExaminerPause, Examiner: "vera"}}}
	if got := ExamState(v); got != "paused by the examiner, 10 min left" {
		t.Error(got)
	}
}

// A page of several candidates has a column for each question, how often each check failed, and
// how the results are distributed.
func TestClassPage(t *testing.T) {
	zoe, bob, eve := aSitting(3, "Zoë", true), aSitting(4, "Bob", true), aSitting(5, "Eve", false)
	bob.Questions[0].Grade = &exams.Grade{At: at(31), Score: pointer(100), Report: scored("mysql-scenario", "", 100)}
	bob.Questions[2].Grade = &exams.Grade{At: at(31), Score: pointer(100), Report: scored("mongodb-scenario", "", 100)}
	e := anExam(t, zoe, bob, eve)
	page := pageOf(t, "class-page", func(w *bytes.Buffer) error { return ExamPage(w, e) })
	text := strings.Join(strings.Fields(harmless(t, page)), " ")
	wants(t, text, "Candidate question 1: mysql-scenario question 2: git-scenario question 3: mongodb-scenario question 4: mysql-scenario Earned",
		"Bob 25 of 25 30 of 30 35 of 35 32 of 40 122 of 130", "Eve 6.25 of 25 30 of 30 0 of 35 ? 36.25 of 130", "4 min",
		"50 to 59 % 1 candidate, 0 passed", "90 to 100 % 1 candidate, 1 passed", "0 to 9 % 0 candidates, 0 passed", "1 candidate without a result.",
		"mysql-scenario The dump is unchanged dump, must not be harmed 2 0 2", "mysql-scenario Every row is as it was two 2 0 2", "mysql-scenario The rest is done rest 2 0 2", "The application reads it three 0 2 2")
	if strings.Contains(text, "names differ") {
		t.Error("a title that all candidates have is said to differ")
	}
	eve.Questions[0].Grade.Report.Checks[1].Title = "Every row is as Eve's was"
	varied := harmless(t, pageOf(t, "varied", func(w *bytes.Buffer) error { return ExamPage(w, anExam(t, zoe, eve)) }))
	wants(t, strings.Join(strings.Fields(varied), " "), "two; names differ between candidates 2 0 2")
	if strings.Contains(text, "mysql-scenario The table") {
		t.Error("a check that everybody passed is listed")
	}
	alone := pageOf(t, "alone", func(w *bytes.Buffer) error { return ExamPage(w, anExam(t, aSitting(3, "Zoë", true))) })
	if strings.Contains(alone, "Distribution") {
		t.Error("the page of one candidate is a class's")
	}
}

// What examiners added by hand is shown as that, and the totals say so.
func TestByHandInReports(t *testing.T) {
	s := aSitting(3, "Zoë", true)
	s.Questions[0].Adjustments = []exams.Adjustment{{At: at(60), By: "vera", Points: 12, Why: "The right idea " + evil}}
	s.Questions[3].Adjustments = []exams.Adjustment{{At: at(61), By: "vera", Points: -1, Why: "Copied"}}
	s.Questions[3].Comments = []exams.Comment{{At: at(62), By: "vera", Text: "Look again"}}
	s.Comments = []exams.Comment{{At: at(63), By: "vera", Text: "Calm"}}
	e := anExam(t, s)
	page := harmless(t, pageOf(t, "by-hand", func(w *bytes.Buffer) error { return ExamPage(w, e) }))
	var text, book bytes.Buffer
	if err := errors.Join(ExamText(&text, e.Sittings[0].View, Style{Width: 300}), Gradebook(&book, e)); err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{page, text.String()} {
		wants(t, shown, "+12 points by hand, by vera at "+at(60).Local().Format("2006-01-02 15:04")+": The right idea", "−1 point by hand, by vera", ": Copied",
			"Comment by vera at "+at(62).Local().Format("2006-01-02 15:04")+": Look again", ": Calm", "with +11 points by hand")
	}
	wants(t, text.String(), "18.25 of 25", "79.25 of 130, not passed")
	wants(t, book.String(), ",79.25,11,130,60.96,false,")
	for _, topic := range e.Sittings[0].Topics() {
		if topic.Name == "mysql" && topic.Earned != 49.25 {
			t.Errorf("%+v", topic)
		}
	}
}

// The root of JUnit XML has the totals.
func TestJUnitTotals(t *testing.T) {
	var out bytes.Buffer
	if err := ExamJUnit(&out, anExam(t, aSitting(3, "Zoë", false))); err != nil {
		t.Fatal(err)
	}
	wants(t, out.String(), `<testsuites name="endstate" tests="8" failures="2" errors="1" skipped="2" time="0.000">`)
}

// The conditions of passing are tests, so that a reader of JUnit learns why an exam is failed.
func TestJUnitOfConditions(t *testing.T) {
	var out bytes.Buffer
	if err := ExamJUnit(&out, anExam(t, aSitting(3, "Zoë", true))); err != nil {
		t.Fatal(err)
	}
	wants(t, out.String(), `name="Zoë.result" `, `name="all questions: at least 60 %"`, "failed: all questions: 52.5 %, at least 60 % needed",
		"failed: question 3 is required: 0 %, at least 60 % needed", `name="git: at least 40 %"`, "failed: mongodb: 0 %, at least 40 % needed")
	var read testSuites
	if err := xml.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if last := read.Suites[len(read.Suites)-1]; last.Tests != 5 || last.Failures != 3 {
		t.Errorf("%d tests, %d failures", last.Tests, last.Failures)
	}
}

func TestRules(t *testing.T) {
	v := exams.View{Pass: 60, Harm: exams.HarmFails, Feedback: exams.FeedbackNone, Questions: []exams.QuestionView{{Number: 1, Required: true}, {Number: 2}, {Number: 3, Required: true}}}
	want := "60 % pass · questions 1 and 3 are required: 60 % of the points of each · harm to what must not change fails the question · check says only whether it could be graded · no hints"
	if got := strings.Join(Rules(v), " · "); got != want {
		t.Error(got)
	}
}

// Which conditions decided is told under the result.
func TestExamTextSaysWhy(t *testing.T) {
	var text bytes.Buffer
	if err := ExamText(&text, anExam(t, aSitting(3, "Zoë", true)).Sittings[0].View, Style{}); err != nil {
		t.Fatal(err)
	}
	wants(t, text.String(), "not passed · 52.5 %, 60 % pass\n  failed: all questions: 52.5 %, at least 60 % needed\n  failed: question 3 is required: 0 %, at least 60 % needed\n  failed: mongodb: 0 %, at least 40 % needed\n")
}

func TestTextAndJSONAgreeWithPage(t *testing.T) {
	var text bytes.Buffer
	e := anExam(t, aSitting(3, "Zoë", true))
	for _, err := range []error{AttemptText(&text, anAttempt(evil), Style{}), QuestionsText(&text, &e.Sittings[0], Style{}), JSON(&text, e)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	wants(t, text.String(), "Restore <script>", "19 min at work, par is 12 min · 3 checks, of which 1 could not be graded · 1 hint · 1 reset", "Score 25 of 100", "endstate start mysql-restore --seed 7", "1. Question `mysql`", "0 of 100 here")
	if strings.ContainsAny(text.String(), "\x1b\u202e") {
		t.Error("the text contains control characters")
	}
	var back Exam
	data, err := json.Marshal(e)
	if err == nil {
		err = json.Unmarshal(data, &back)
	}
	if err != nil || back.Sittings[0].Result.Earned != 68.25 {
		t.Errorf("%+v, %v", back, err)
	}
}

// A duration, a percentage and a count are the same in every format, and rounded in one way.
func TestEveryFormatSaysTheSame(t *testing.T) {
	s := aSitting(3, "Zoë", true)
	half := 500 * time.Millisecond
	s.Turns[0].To = s.Turns[0].To.Add(100 * time.Millisecond)
	s.Questions[3].Grade = &exams.Grade{At: at(31), Score: pointer(81), Report: scored("mysql-scenario", "", 81)}
	s.Questions[3].Grade.Report.Seed = s.Questions[3].Seed
	s.Questions[1].Ready = at(2)
	s.Extra = []exams.ExtraTime{{At: at(5), By: "vera", Seconds: 450}}
	s.Pauses = append([]exams.Pause{{Question: 1, From: at(16), To: at(17).Add(7*time.Second + half), Why: exams.ExaminerPause, Examiner: "vera"}}, s.Pauses...)
	e := anExam(t, s)
	var text, sheet, data, unit bytes.Buffer
	for _, err := range []error{ExamText(&text, e.Sittings[0].View, Style{Width: 300}), Gradebook(&sheet, e), JSON(&data, e), ExamJUnit(&unit, e)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	page := harmless(t, pageOf(t, "same", func(w *bytes.Buffer) error { return ExamPage(w, e) }))
	for _, shown := range []string{text.String(), page} {
		wants(t, shown, "(68 s)", "Extra time: 7 min 30 s", "12 min", "52.8 %", "never opened", "1 check before the end")
	}
	wants(t, strings.Join(strings.Fields(page), " "), "3 mongodb never opened")
	wants(t, page, "of 37 min 30 s", "question 1, 12 min", "paused by the examiner, 68 s")
	wants(t, sheet.String(), ",52.8,false,", ",450,68,240,", ",1620,")
	wants(t, data.String(), `"percent": 52.8,`, `"reached": 52.8,`, `"spent": 720,`, `"late": 240.0`, `"late": 240`)
	wants(t, unit.String(), "all questions: 52.8 %", "It was never opened.")
	if strings.Contains(page, "The lab was graded .") || strings.Count(unit.String(), "late seconds") != 3 || strings.Contains(text.String(), "0 s spent") {
		t.Errorf("a question that was never opened has a time:\n%s\n%s", text.String(), unit.String())
	}
}

// While the questions of an exam that is over are being graded, nobody has to grade them again.
func TestExamThatIsBeingGraded(t *testing.T) {
	for want, grade := range map[string]*exams.Grade{"being graded": nil, "not fully graded": {At: at(31), Why: "The engine is gone."}} {
		s := aSitting(3, "Zoë", true)
		s.Questions[3].Grade = grade
		v := s.View(at(40))
		var text bytes.Buffer
		if err := ExamText(&text, v, Style{Width: 300}); err != nil {
			t.Fatal(err)
		}
		if got := ExamState(v); got != "over, "+want {
			t.Errorf("%q, want %q", got, want)
		}
		if again := strings.Contains(text.String(), "Grade them again"); again != (grade != nil) {
			t.Errorf("%s: %s", want, text.String())
		}
	}
}

// In a lab's shell, only commands that exist there are named as such.
func TestActsInALab(t *testing.T) {
	acts := []labs.Act{{Name: labs.ActExamGoto, For: "Go to it", Exam: 3, Question: 2}, {Name: labs.ActExamStatus, For: "see them", Exam: 3}, {Name: labs.ActExamList, For: "see all exams"}}
	for want, style := range map[string]Style{
		"Go to it: endstate exam goto 2 --exam 3 · see them: endstate exam status --exam 3 · see all exams: endstate exam list": {},
		"Go to it: exam goto 2 · see them: exam status · see all exams, outside the lab: endstate exam list":                    {InLab: []string{"exam", "exam goto", "exam status"}},
		"Go to it, outside the lab: endstate exam goto 2 --exam 3":                                                              {InLab: []string{}},
	} {
		if got := style.Acts(acts); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A report of an earlier version, which did not cut percentages off, is still consistent.
func TestVerifyOfUncutPercentages(t *testing.T) {
	s := aSitting(3, "Zoë", true)
	s.Questions[3].Grade.Score, s.Questions[3].Grade.Report.Score = pointer(81), nil
	s.Questions[3].Grade.Report = scored("mysql-scenario", "", 81)
	s.Questions[3].Grade.Report.Seed = s.Questions[3].Seed
	s.Questions[1].Points, s.Questions[0].Points = 31, 29
	e := anExam(t, s)
	r := e.Sittings[0].Result
	exact := 100 * r.Earned / float64(r.Points)
	if exact == *r.Percent {
		t.Fatal("the percentage is not cut off")
	}
	r.Percent, r.Conditions[0].Reached, e.Digest = &exact, exact, ""
	e.Digest = seal(e)
	var data bytes.Buffer
	if err := JSON(&data, e); err != nil {
		t.Fatal(err)
	}
	if v, err := Verify(data.Bytes()); err != nil || !v.Whole || len(v.Doubts) > 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

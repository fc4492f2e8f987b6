package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/labs"
)

const examBlueprint = `
title: "An exam %[2]s"
minutes: 10
pass: 50
feedback: %[1]s
hints: none
seed: 4711
questions:
  - {scenario: first, points: 10}
`

// sit starts an exam with a feedback, as the command line does, and goes to its question in the browser.
func (b *browser) sit(owner, feedback string) exams.View {
	b.Helper()
	who, room := labs.Learner{Name: owner}, b.server.Exams
	blueprint, err := room.ReadBlueprint("one.yaml", fmt.Appendf(nil, examBlueprint, feedback, strings.ReplaceAll(hostile, `"`, `\"`)))
	if err != nil {
		b.Fatal(err)
	}
	v, err := room.Draw(b.Context(), who, blueprint, examdesk.Choice{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.post(fmt.Sprintf("/exams/%d/questions/1", v.ID), false)
	b.examSettles(owner, v.ID)
	return v
}

// examSettles waits until nothing is being done about an exam.
func (s *site) examSettles(owner string, id int64) {
	s.Helper()
	for range 1000 {
		if !s.server.exams.Busy(labs.Learner{Name: owner}, id) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.Fatalf("exam %d is still being worked on", id)
}

// keeps runs the keeper of all exams until the test ends.
func (s *site) keeps() {
	s.server.working.Go(func() {
		if err := s.server.Exams.KeepAll(s.server.ctx, labs.Learner{Name: "admin", Role: labs.RoleAdmin}, nil); err != nil {
			s.Errorf("the exams are not kept: %v", err)
		}
	})
}

// An exam from the list of exams to its report.
func TestExam(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.page("/exams", "A taste of an exam", "check explains everything", "A mock interview", "8 to explain, in words", "3 questions that you know least: 20 points each", "1 question of level 2 on the topic that you choose: 20 points", `href="/exams/new?exam=back-end"`)
	ada.page("/exams/new?exam=back-end", "The clock starts when the first lab is ready", "even if no page is open", `name="exam" value="back-end"`)
	ada.page("/exams/new?exam=interview", "The clock starts when you see the first one")
	if status, body := ada.get("/exams/new?exam=none"); status != http.StatusBadRequest && status != http.StatusNotFound || !strings.Contains(body, "There is no exam") {
		t.Errorf("an unknown exam answers %d: %s", status, body)
	}
	_, body := ada.post("/exams", false, "exam", "topic", "topic", "nothing")
	s.says("an exam about an unknown topic", body, "This did not work", "There is no topic")

	ada.sit("ada", "score")
	ada.page("/exams", escaped("An exam <img"), "10 min left")
	ada.page("/", "Running exams", `href="/exams/1"`, "Exam 1 is running")
	ada.page("/exams/1", "10:00", `data-runs="yes"`, "Go on with question 1", "you are here", "check tells the score", "!seed")
	ada.page("/exams/1/questions/1", "Do the thing", "10:00", `id="check"`, "Question 1 of 1", "10 points", "There are no hints", `data-open="workspace"`, `data-terminals="/exams/1/questions/1/terminals"`, "Not checked yet", "!first")
	ada.post("/exams/1/questions/1/flag", true)
	ada.page("/exams/1", "flagged", "Take the flag off")
	ada.post("/exams/1/questions/1/check", true)
	s.examSettles("ada", 1)
	ada.page("/exams/1/questions/1", "Score 0 of 100", "!The state is")
	_, body = ada.post("/exams/1/questions/1/hint", true, "agreed", "yes")
	s.says("the answer to a hint", body, "This exam allows no hints")
	_, body = ada.post("/exams/1/questions/1/reset", true)
	s.says("the question before a reset", body, "will be lost", `action="/exams/1/questions/1/reset"`)
	ada.post("/exams/1/questions/1/reset", true, "agreed", "yes")
	s.examSettles("ada", 1)

	s.set("good")
	s.engine.wait(5 * time.Minute)
	_, body = ada.post("/exams/1/submit", true)
	s.says("the question before the end", body, "End the exam with", "1 flagged", `action="/exams/1/submit"`)
	ada.page("/exams/1", "5:00")
	ada.post("/exams/1/submit", true, "agreed", "yes")
	s.examSettles("ada", 1)
	ada.page("/exams/1", "10 of 10, passed", "Submitted", "score 100 of 100", `href="/attempts/exam-1%2F1"`, "!Go on with")
	ada.page("/exams/1/questions/1", "10 of 10, passed") // the page leads on
	ada.page("/attempts/exam-1/report", "10 of 10")
	ada.page("/attempts/exam-1%2F1", "Checked: 0 of 100")
	ada.page("/", "!Running exams", "!is running")
	if len(s.engine.labs) != 0 {
		t.Errorf("labs left: %v", s.engine.labs)
	}
}

// While an exam runs, nothing that it hides is in any page, event or answer to an act.
func TestWhatAnExamHides(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.sit("ada", "none")
	lab := s.engine.labs[0]
	hidden := []string{"The state is", "still good", "Score", "of 100", "The first hint", "Never guess", "Look at the thing", lab.ID, lab.Owner, "solution.sh", escaped(lab.Owner)}
	values := map[string][]string{
		"lab":     {"first", lab.ID, "exam-1", url.PathEscape("exam-1/1"), url.PathEscape(lab.Owner)},
		"attempt": {"1", "2", "first", "exam-1", url.PathEscape("exam-1/1"), "one", url.PathEscape("An exam " + hostile)},
		"exam":    {"1"}, "n": {"1"}, "number": {"1"}, "host": {labs.Workspace}, "scenario": {"first"}, "member": {"ada"},
	}
	seed := regexp.MustCompile(fmt.Sprintf(`\b%d\b`, lab.Seed)) // and not digits of the version of what pages load
	walked := 0
	walk := func(method string) {
		for pattern := range s.server.routes() {
			verb, path, _ := strings.Cut(pattern, " ")
			if verb != method || path == "/exams/{exam}/submit" || path == "/labs" {
				continue
			}
			for _, address := range addresses(strings.TrimSuffix(path, "{$}"), values) {
				walked++
				text := ada.reads(method, address)
				asked, _ := url.PathUnescape(address)
				if seed.MatchString(text) {
					t.Errorf("%s %s tells the seed: %s", method, address, text)
				}
				for _, secret := range hidden {
					if !strings.Contains(asked, secret) && strings.Contains(text, secret) {
						t.Errorf("%s %s tells %q: %s", method, address, secret, text)
					}
				}
			}
		}
	}
	walk(http.MethodPost)
	s.examSettles("ada", 1)
	ada.post("/exams/1/questions/1/check", true)
	s.examSettles("ada", 1)
	walk(http.MethodGet) // with what has been done
	if walked < 40 {
		t.Errorf("only %d addresses were walked", walked)
	}
	ada.page("/exams/1/questions/1", "It can be graded. You see the result after the end.")
	ada.post("/exams/1/submit", true, "agreed", "yes")
	s.examSettles("ada", 1)
	ada.page("/attempts/exam-1%2F1", "The state is") // the test would see it
}

// addresses returns the addresses of a pattern with every value for its wildcards; 1 for those without.
func addresses(pattern string, values map[string][]string) []string {
	name := regexp.MustCompile(`\{(\w+)\}`).FindStringSubmatch(pattern)
	if name == nil {
		return []string{pattern}
	}
	var all []string
	known := values[name[1]]
	if known == nil {
		known = []string{"1"}
	}
	for _, value := range known {
		all = append(all, addresses(strings.Replace(pattern, name[0], value, 1), values)...)
	}
	return all
}

// reads returns what an address answers, with its headers; of a stream, what it has at once.
func (b *browser) reads(method, path string) string {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)
	if strings.HasSuffix(path, "/events") {
		ctx, cancel = context.WithTimeout(b.Context(), 100*time.Millisecond)
	}
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+b.server.address+path, strings.NewReader("agreed=yes&text=x"))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set(scriptHeader, "1")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := b.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body) // a stream ends with the time for it
	return fmt.Sprint(answer.Header) + string(text)
}

// When time is up, the exam is graded although every page is closed.
func TestDeadlineWithEveryPageClosed(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.sit("ada", "full")
	s.set("good")
	s.engine.wait(10*time.Minute + 2*time.Second)
	ada.page("/exams/1", "Time is up.", "!Go on with", `data-poll="2000"`)
	ada.page("/exams/1/questions/1", "Time is up.", "!Do the thing")
	s.keeps() // as after a start of the server
	for range 1000 {
		if _, body := ada.get("/exams/1"); strings.Contains(body, "10 of 10, passed") {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	ada.page("/exams/1", "Time was up on 1 Mar 2026, 12:10", "10 of 10, passed", "2 s after the end")
}

// A question can be seen only while the clock runs and the candidate is at it. Others see no exam.
func TestQuestionIsShownToItsCandidateOnly(t *testing.T) {
	s := newSite(t)
	ada, eve := s.browser("ada"), s.browser("eve")
	v := ada.sit("ada", "none")
	examiner := labs.Learner{Name: "ada", Role: labs.RoleExaminer}
	if _, err := s.server.Exams.Pause(t.Context(), examiner, examdesk.Which{ID: v.ID}, "Fire alarm", nil); err != nil {
		t.Fatal(err)
	}
	ada.page("/exams/1/questions/1", "paused by the examiner</span>", `data-runs="no"`, `data-state="paused"`, "The terminals open here when you can go on", "!Do the thing", "!id=\"check\"")
	ada.page("/exams/1", "paused by the examiner", "Fire alarm")
	for pattern := range s.server.exams.Routes() {
		method, path, _ := strings.Cut(pattern, " ")
		for _, address := range addresses(path, map[string][]string{"exam": {"1"}, "n": {"1"}, "host": {labs.Workspace}}) {
			if text := eve.reads(method, address); strings.Contains(text, "An exam") || strings.Contains(text, "Fire alarm") || strings.Contains(text, "Do the thing") {
				t.Errorf("%s %s tells another learner: %s", method, address, text)
			}
		}
	}
	if status, _ := ada.get("/exams/x"); status != http.StatusNotFound {
		t.Errorf("an exam that is no number answers %d", status)
	}
}

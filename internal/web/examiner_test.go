package web

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

const ownBlueprint = "title: \"Class " + `<b>` + "\"\nminutes: 10\npass: 50\nfeedback: none\nhints: none\nquestions:\n  - {scenario: first, points: 10}\n"

// upload sends the form of a blueprint with a file.
func (b *browser) upload(file, text string, fields ...string) string {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		_ = form.WriteField(fields[i], fields[i+1])
	}
	part, err := form.CreateFormFile("file", file)
	if err == nil {
		_, err = part.Write([]byte(text))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	_, page := b.send(http.MethodPost, "/blueprints", body.String(), "Content-Type", form.FormDataContentType(), "Sec-Fetch-Site", "same-origin")
	return page
}

// An examiner uploads a blueprint, sees its mistakes, keeps it, starts it and assigns it. It is nobody else's.
func TestBlueprintsOfOnesOwn(t *testing.T) {
	s := newSite(t)
	grace, alan, ada := s.as(labs.Learner{Name: "grace", Role: labs.RoleExaminer}), s.as(labs.Learner{Name: "alan", Role: labs.RoleExaminer}), s.browser("ada")
	grace.page("/exams", `href="/blueprints"`, `href="/examiner"`)
	ada.page("/exams", `!href="/blueprints"`, `!href="/examiner"`)
	grace.page("/blueprints", "You keep none yet")

	s.says("a file with mistakes", grace.upload("class.yaml", strings.Replace(ownBlueprint, "first", "none", 1)), "class.yaml:7:", "no scenario", "is not kept yet", `value="class"`, "scenario: none")
	s.says("a file with mistakes that should be kept", grace.upload("class.yaml", "pass: 1000\n", "keep", "yes"), "class.yaml:1:", "is not kept yet")
	s.says("a file that asks for more than there is", grace.upload("class.yaml", strings.Replace(ownBlueprint, "scenario: first", "count: 2", 1), "keep", "yes"), "can&#39;t be drawn", "is not kept yet", "count: 2", "!No mistakes")
	s.says("a file with a name that can't be kept", grace.upload("my class.yaml", ownBlueprint, "keep", "yes"), "can&#39;t be the name of a blueprint", "is not kept yet", "scenario: first")
	grace.page("/blueprints", "You keep none yet")
	s.says("a file", grace.upload("class.yml", ownBlueprint), "No mistakes.", "At 100 seeds, the par times add up to 5 of the exam's 10 minutes", "is not kept yet")
	s.says("the file, kept", grace.upload("class.yaml", ownBlueprint, "keep", "yes"), "It is kept", "No mistakes.", escaped("<b>"), "!<b>")
	grace.page("/blueprints", `href="/blueprints/class"`)
	grace.page("/blueprints/class/draw?seed=7", "at seed 7", "<td>first</td>", "10 points")
	for path, status := range map[string]int{"/blueprints/class/draw?seed=x": http.StatusBadRequest, "/blueprints/none": http.StatusNotFound, "/blueprints/none/draw": http.StatusNotFound} {
		if got, _ := grace.get(path); got != status {
			t.Errorf("%s answers %d", path, got)
		}
	}

	changed := strings.Replace(ownBlueprint, "minutes: 10", "minutes: 20", 1)
	_, body := grace.post("/blueprints", false, "name", "class", "text", changed, "keep", "yes")
	s.says("the question before another text replaces it", body, "Replace your blueprint class?", `name="text"`, "minutes: 20")
	grace.page("/blueprints/class", "minutes: 10", "!minutes: 20")
	_, body = grace.post("/blueprints", false, "name", "class", "text", strings.ReplaceAll(changed, "\n", "\r\n"), "keep", "yes", "agreed", "yes")
	s.says("the other text", body, "It is kept", "minutes: 20")

	for _, b := range []*browser{alan, ada} {
		for _, path := range []string{"/blueprints/class", "/blueprints/class/draw"} {
			if status, body := b.get(path); status != http.StatusNotFound || strings.Contains(body, "first") {
				t.Errorf("%s answers another %d: %s", path, status, body)
			}
		}
		if answer, _ := b.post("/blueprints/class/remove", false, "agreed", "yes"); answer.StatusCode != http.StatusNotFound {
			t.Errorf("another removes it: %d", answer.StatusCode)
		}
		if _, body := b.post("/exams", false, "exam", "class"); !strings.Contains(body, "There is no exam") {
			t.Errorf("another starts it: %s", body)
		}
	}
	for _, keep := range []string{"", "yes"} {
		if answer, _ := ada.post("/blueprints", false, "name", "mine", "text", ownBlueprint, "keep", keep); answer.StatusCode != http.StatusForbidden {
			t.Errorf("a learner writes a blueprint: %d", answer.StatusCode)
		}
	}
	if status, _ := ada.get("/blueprints"); status != http.StatusForbidden {
		t.Errorf("a learner sees blueprints: %d", status)
	}

	grace.page("/exams/new?exam=class", escaped("Class <b>"), "20 minutes")
	grace.post("/exams", false, "exam", "class")
	s.examSettles("grace", 1)
	grace.page("/exams/1", escaped("Class <b>"))
	grace.post("/groups", false, "name", "Monday", "members", "ada")
	grace.upload("one.yaml", strings.Replace(ownBlueprint, "scenario: first", "topic: chosen", 1), "keep", "yes")
	grace.page("/groups/1", `<option value="class">Class `, `<option value="one">Class `, " (needs a topic)</option>", "<option>tests</option>", `name="member" value="ada"`)
	grace.post("/groups/1/assignments", false, "title", "Final", "exam", "class", "member", "ada", "extra", "15")
	grace.post("/blueprints/class/remove", false, "agreed", "yes")
	grace.page("/blueprints", "!/blueprints/class")
	ada.page("/", "Final")
	ada.post("/assignments/1/begin", false)
	ada.page("/exams/2", escaped("Class <b>"), "Extra time: 15 min, by grace", "35:00")
}

// An examiner decides about the exams that they assigned, and nobody else but an admin does.
func TestExaminerDecides(t *testing.T) {
	s := newSite(t)
	grace, alan, root := s.as(labs.Learner{Name: "grace", Role: labs.RoleExaminer}), s.as(labs.Learner{Name: "alan", Role: labs.RoleExaminer}), s.as(labs.Learner{Name: "root", Role: labs.RoleAdmin})
	ada, eve := s.browser("ada"), s.browser("eve")
	grace.upload("class.yaml", ownBlueprint, "keep", "yes")
	grace.post("/groups", false, "name", "Monday", "members", "ada")
	grace.post("/groups/1/assignments", false, "title", "Final", "exam", "class")
	ada.post("/assignments/1/begin", false)
	eve.sit("eve", "none") // by herself
	ada.post("/exams/1/questions/1", false)
	s.examSettles("ada", 1)

	grace.page("/examiner", `href="/examiner/exams/1"`, "ada", "10 min left", "1 of 1", `!href="/examiner/exams/2"`)
	root.page("/examiner", `href="/examiner/exams/1"`, `href="/examiner/exams/2"`, `data-events="/examiner/events"`)
	s.says("the stream", grace.reads(http.MethodGet, "/examiner/events"), "text/event-stream", "event: live", `href="/examiner/exams/1"`, `!href="/examiner/exams/2"`)
	if status, _ := ada.get("/examiner/events"); status != http.StatusForbidden {
		t.Errorf("a learner follows candidates: %d", status)
	}
	alan.page("/examiner", "There are none")
	if status, _ := ada.get("/examiner"); status != http.StatusForbidden {
		t.Errorf("a learner sees candidates: %d", status)
	}
	acts := []string{"extra-time", "pause", "unpause", "end", "grade", "questions/1/accept", "points", "comments"}
	for _, b := range []*browser{alan, eve} {
		for _, path := range []string{"", "/report"} {
			if status, body := b.get("/examiner/exams/1" + path); status != http.StatusNotFound || strings.Contains(body, "ada") {
				t.Errorf("%s answers another teacher or learner %d: %s", path, status, body)
			}
		}
		for _, act := range acts {
			answer, _ := b.post("/examiner/exams/1/"+act, false, "agreed", "yes", "amount", "5", "points", "5", "why", "x", "question", "1", "text", "x")
			if answer.StatusCode != http.StatusNotFound {
				t.Errorf("%s by another teacher or learner answers %d", act, answer.StatusCode)
			}
		}
	}
	for _, act := range acts {
		if answer, _ := ada.post("/examiner/exams/1/"+act, false, "agreed", "yes", "amount", "5", "points", "5", "why", "x", "question", "1", "text", "x"); answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s by the candidate answers %d", act, answer.StatusCode)
		}
	}

	_, body := grace.post("/examiner/exams/1/extra-time", false, "amount", "50", "unit", "percent", "why", "Noise")
	s.says("the question before extra time", body, "Give ada 5 min more? It can&#39;t be taken back.", `name="amount" value="50"`)
	ada.page("/exams/1", "10:00", "!Extra time")
	grace.post("/examiner/exams/1/extra-time", false, "amount", "50", "unit", "percent", "why", "Noise", "agreed", "yes")
	ada.page("/exams/1", "15:00", "Extra time: 5 min, by grace", "Noise")
	if answer, _ := grace.post("/examiner/exams/1/extra-time", false, "amount", "much"); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("much extra time answers %d", answer.StatusCode)
	}
	grace.post("/examiner/exams/1/pause", false, "why", "Fire alarm")
	ada.page("/exams/1", "paused by the examiner", "Fire alarm")
	grace.page("/examiner", "paused by the examiner", "5 min")
	grace.page("/examiner/exams/1", "Let the clock run again")
	s.engine.wait(time.Hour)
	grace.post("/examiner/exams/1/unpause", false)
	ada.page("/exams/1", "15:00")

	s.set("good")
	ada.post("/exams/1/submit", false, "agreed", "yes")
	s.examSettles("ada", 1)
	grace.page("/examiner/exams/1", "10 of 10, passed", "Points by hand", "!Grade again", "!Accept the late grade")
	grace.post("/examiner/exams/1/points", false, "question", "1", "points", "-6", "why", "Not their own work")
	ada.page("/exams/1", "4 of 10, not passed", "Not their own work")
	for what, fields := range map[string][]string{"half a point": {"question", "1", "points", "0.5"}, "no question": {"question", "x", "points", "5"}, "no reason": {"question", "1", "points", "5"}} {
		if answer, _ := grace.post("/examiner/exams/1/points", false, fields...); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s answers %d", what, answer.StatusCode)
		}
	}
	_, body = grace.post("/examiner/exams/1/comments", false, "question", "0", "text", "Calm "+hostile)
	s.says("the question before a comment", body, "ada can read it in the report", "can&#39;t be removed")
	grace.post("/examiner/exams/1/comments", false, "question", "0", "text", "Calm "+hostile, "agreed", "yes")
	ada.page("/exams/1", "Calm "+escaped("<img"), "!<img")
	grace.page("/examiner/exams/1/report", "Calm")
}

// inAnAssignedExam returns an examiner, and a learner at the first question of an exam that was assigned to them.
func inAnAssignedExam(t *testing.T) (s *site, grace, ada *browser) {
	t.Helper()
	s = newSite(t)
	grace, ada = s.as(labs.Learner{Name: "grace", Role: labs.RoleExaminer}), s.browser("ada")
	grace.upload("class.yaml", ownBlueprint, "keep", "yes")
	grace.post("/groups", false, "name", "Monday", "members", "ada")
	grace.post("/groups/1/assignments", false, "title", "Final", "exam", "class")
	ada.post("/assignments/1/begin", false)
	ada.post("/exams/1/questions/1", false)
	s.examSettles("ada", 1)
	return s, grace, ada
}

// An examiner ends a candidate's exam once they have agreed, and it is graded as it is then.
func TestExaminerEndsAnExam(t *testing.T) {
	s, grace, ada := inAnAssignedExam(t)
	s.set("good")
	s.engine.wait(4 * time.Minute)
	grace.page("/examiner/exams/1", "End the exam", "6 min left")
	_, body := grace.post("/examiner/exams/1/end", false, "why", "Taken "+hostile)
	s.says("the question before the end", body, "End the exam of ada with 6 min left?", `name="why" value="Taken `+escaped("<img"), "!<img")
	ada.page("/exams/1", `data-runs="yes"`)
	if answer, _ := ada.post("/examiner/exams/1/end", false, "agreed", "yes"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("the candidate ends it as an examiner: %d", answer.StatusCode)
	}
	ada.page("/exams/1", `data-runs="yes"`)
	grace.post("/examiner/exams/1/end", false, "why", "Taken ill", "agreed", "yes")
	s.examSettles("grace", 1)
	ada.page("/exams/1", "Ended by the examiner on", "Ended by grace at", "Taken ill", "10 of 10, passed", "!Contradiction")
	grace.page("/examiner/exams/1", "10 of 10, passed", "Ended by grace at", "!End the exam")
	grace.page("/examiner/exams/1/report", "by the examiner", "Taken ill")
	for _, agreed := range []string{"", "yes"} {
		if answer, body := grace.post("/examiner/exams/1/end", false, "agreed", agreed); answer.StatusCode != http.StatusBadRequest || !strings.Contains(body, "is over") {
			t.Errorf("ending it again answers %d: %s", answer.StatusCode, body)
		}
	}
	if len(s.engine.labs) != 0 {
		t.Errorf("labs left: %v", s.engine.labs)
	}
}

// An examiner starts an exam for a candidate, with extra time. A learner can't.
func TestExamForACandidate(t *testing.T) {
	s := newSite(t)
	grace, ada := s.as(labs.Learner{Name: "grace", Role: labs.RoleExaminer}), s.browser("ada")
	grace.upload("class.yaml", ownBlueprint, "keep", "yes")
	grace.page("/exams/new?exam=class", `name="candidate"`, `name="amount"`)
	ada.page("/exams/new?exam=interview", `!name="candidate"`, `!name="amount"`)
	for _, field := range []string{"candidate", "amount"} {
		if answer, body := ada.post("/exams", false, "exam", "interview", field, "15"); answer.StatusCode != http.StatusForbidden {
			t.Errorf("a learner chooses the %s: %d, %s", field, answer.StatusCode, body)
		}
	}
	if answer, _ := grace.post("/exams", false, "exam", "class", "amount", "much"); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("much extra time answers %d", answer.StatusCode)
	}
	grace.page("/examiner", "There are none")
	grace.post("/exams", false, "exam", "class", "candidate", " Bob ", "amount", "50", "unit", "percent")
	s.examSettles("grace", 1)
	grace.page("/exams/1", "Exam 1 · Bob", "15:00", "Extra time: 5 min, by grace")
	grace.page("/examiner", `<th scope="row">Bob</th>`)
}

// A grade that came late waits for an examiner. Grading again is not offered, because it can't help.
func TestLateGrade(t *testing.T) {
	s, grace, ada := inAnAssignedExam(t)
	s.set("good")
	s.engine.wait(10*time.Minute + 30*time.Second) // the server did not run
	s.keeps()
	for range 1000 {
		if _, body := ada.get("/exams/1"); strings.Contains(body, "does not count") {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	ada.page("/exams/1", "does not count", "grace or an admin can accept it", "!Grade again", "!Decide as an examiner")
	grace.page("/examiner", "a late grade waits for you")
	grace.page("/examiner/exams/1", "Accept the late grade", "!Grade again")
	_, body := grace.post("/examiner/exams/1/questions/1/accept", false)
	s.says("the question before it", body, "Let the late grade of question 1 count? This can&#39;t be undone.")
	ada.page("/exams/1", "No result yet")
	grace.post("/examiner/exams/1/questions/1/accept", false, "agreed", "yes")
	ada.page("/exams/1", "10 of 10, passed", "!can accept it")
	if len(s.engine.labs) != 0 {
		t.Errorf("labs left: %v", s.engine.labs)
	}
}

// What could not be graded can be graded again by the examiner.
func TestExaminerGradesAgain(t *testing.T) {
	s := newSite(t)
	root, ada := s.as(labs.Learner{Name: "root", Role: labs.RoleAdmin}), s.browser("ada")
	v := ada.sit("ada", "none")
	s.set(errors.New("the engine is down"))
	ada.post(fmt.Sprintf("/exams/%d/submit", v.ID), false, "agreed", "yes")
	s.examSettles("ada", v.ID)
	ada.page("/exams/1", "No result yet", "Grade again", "!can accept")
	root.page("/examiner/exams/1", "could not be graded", "Grade again")
	s.set("good")
	root.post("/examiner/exams/1/grade", false)
	s.examSettles("root", v.ID)
	ada.page("/exams/1", "10 of 10, passed", "!Grade again")
}

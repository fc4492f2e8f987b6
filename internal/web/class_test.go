package web

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

// as returns a browser that is let in as somebody with a role.
func (s *site) as(who labs.Learner) *browser {
	s.Helper()
	b := s.stranger()
	if status, _ := b.get(strings.TrimPrefix(s.server.entry(who), "http://"+s.server.address)); status != http.StatusOK {
		s.Fatalf("%s is not let in: %d", who.Name, status)
	}
	return b
}

// A teacher assigns a lab, a member finds and solves it, and the gradebook has the score.
func TestAssignmentReachesTheGradebook(t *testing.T) {
	s := newSite(t)
	teacher, ada, eve := s.as(labs.Learner{Name: "grace", Role: labs.RoleExaminer}), s.browser("ada"), s.browser("eve")
	teacher.page("/", `href="/groups"`)
	ada.page("/", `!href="/groups"`, "!Assigned")
	teacher.post("/groups", false, "name", "Monday", "members", "ada\n =bob \nada\n")
	teacher.page("/groups/1", "Monday", "2 members", "Nothing is assigned")
	if answer, body := teacher.post("/groups/1/assignments", false, "title", "=Week 1", "scenario", "first", "seeds", "all", "seed", "7", "due", "2999-03-31T18:00"); answer.StatusCode != http.StatusOK {
		t.Fatalf("the assignment answers %d: %s", answer.StatusCode, body)
	}
	ada.page("/", "Assigned by grace to Monday, until 31 Mar 2999, 18:00", `name="seed" value="7"`)
	eve.page("/", "!Assigned")
	teacher.page("/groups/1/gradebook", "=Week 1", "not begun")
	ada.post("/labs", false, "scenario", "first", "seed", "7")
	s.settles("ada", "first")
	ada.post("/labs/first/check", true)
	s.settles("ada", "first")
	s.set("good")
	ada.post("/labs/first/check", true)
	s.settles("ada", "first")
	ada.page("/", "best 100 of 100", "Go on")
	teacher.page("/groups/1/gradebook", "<strong>100</strong>", "1 attempt", "!</strong> late")
	answer, table := teacher.send(http.MethodGet, "/groups/1/gradebook.csv", "")
	s.says("the type", answer.Header.Get("Content-Type"), "text/csv")
	s.says("the table", table, "\ufeffmember,assignment,", "\r\nada,'=Week 1,first,7,2999-03-31T18:00:00Z,100,100,1,", ",0,false\r\n", "\r\n'=bob,'=Week 1,first,7,2999-03-31T18:00:00Z,,,0,0,0,\r\n")
}

// An assigned exam that was graded is in the gradebook, in its CSV and, for an hour, in the live view.
func TestAssignedExamReachesTheGradebook(t *testing.T) {
	s := newSite(t)
	grace, ada := s.as(labs.Learner{Name: "grace", Role: labs.RoleExaminer}), s.browser("ada")
	other := s.as(labs.Learner{Name: "alan", Role: labs.RoleExaminer})
	other.post("/groups", false, "name", "Tuesday", "members", "ada")
	grace.upload("class.yaml", ownBlueprint, "keep", "yes")
	grace.post("/groups", false, "name", "Monday", "members", "ada\nbob")
	grace.post("/groups/2/assignments", false, "title", "Final", "exam", "class", "seed", "7", "due", "2999-03-31T18:00")
	grace.page("/groups/2/gradebook", "Final", "not begun")
	ada.post("/assignments/1/begin", false)
	ada.post("/exams/1/questions/1", false)
	s.examSettles("ada", 1)
	grace.page("/groups/2", "Exam 1, question 1: ")
	grace.page("/groups/2/gradebook", "(running)", "!/exams/1/report")
	s.set("good")
	s.engine.wait(3 * time.Minute)
	ada.post("/exams/1/submit", false, "agreed", "yes")
	s.examSettles("ada", 1)

	grace.page("/groups/2/gradebook", "<strong>100</strong>", "1 attempt · 3 min", `href="/groups/2/exams/1/report"`, "!(running)", "!late</td>")
	grace.page("/groups/2", "Exam 1, over: ", "10 of 10, passed", `href="/groups/2/exams/1/report"`)
	grace.page("/groups/2/exams/1/report", "10 of 10")
	other.page("/groups/1", "not in a lab", "!passed") // it was not assigned there
	_, table := grace.send(http.MethodGet, "/groups/2/gradebook.csv", "")
	s.says("the table", table, "\r\nada,Final,class,7,2999-03-31T18:00:00Z,100,100,1,180,0,false\r\n", "\r\nbob,Final,class,7,2999-03-31T18:00:00Z,,,0,0,0,\r\n")
	ada.page("/", "See the exam")
	grace.post("/examiner/exams/1/points", false, "question", "1", "points", "-6", "why", "Not their own work")
	grace.page("/groups/2/gradebook", "<strong>40</strong>")
	grace.page("/groups/2", "4 of 10, not passed")
	s.engine.wait(2 * time.Hour)
	grace.page("/groups/2", "not in a lab", "!passed")
}

// A group exists only for who leads it, and for an admin.
func TestGroupsBelongToTheirTeacher(t *testing.T) {
	s := newSite(t)
	grace, other := s.as(labs.Learner{Name: "grace", Role: labs.RoleExaminer}), s.as(labs.Learner{Name: "alan", Role: labs.RoleExaminer})
	admin, ada := s.as(labs.Learner{Name: "root", Role: labs.RoleAdmin}), s.browser("ada")
	grace.post("/groups", false, "name", "Monday", "members", "ada")
	grace.post("/groups/1/assignments", false, "title", "Week 1", "scenario", "first", "seeds", "each")
	admin.page("/groups", "Monday", "led by grace")
	admin.page("/groups/1/gradebook", "Week 1")
	other.page("/groups", "!Monday")
	for _, b := range []*browser{other, ada} {
		for _, path := range []string{"/groups/1", "/groups/1/gradebook", "/groups/1/gradebook.csv", "/groups/2"} {
			if status, body := b.get(path); status != http.StatusNotFound || strings.Contains(body, "Monday") {
				t.Errorf("%s answers %d: %s", path, status, body)
			}
		}
		for _, path := range []string{"/groups/1/members", "/groups/1/assignments", "/groups/1/assignments/1/remove", "/groups/1/remove"} {
			if answer, _ := b.post(path, false, "members", "eve", "title", "Mine", "scenario", "first", "agreed", "yes"); answer.StatusCode != http.StatusNotFound {
				t.Errorf("%s answers %d", path, answer.StatusCode)
			}
		}
	}
	if answer, _ := ada.post("/groups", false, "name", "Mine"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a learner creates a group: %d", answer.StatusCode)
	}
	if status, _ := ada.get("/groups"); status != http.StatusForbidden {
		t.Errorf("a learner sees groups: %d", status)
	}
	grace.page("/groups/1", "1 member", "Week 1", "ada")
	if _, body := grace.post("/groups/1/remove", false); !strings.Contains(body, "Remove the group Monday") {
		t.Errorf("removing a group asks nothing: %s", body)
	}
	grace.post("/groups/1/remove", false, "agreed", "yes")
	grace.page("/groups", "!Monday")
	ada.page("/", "!Assigned")
}

// What can't be assigned is refused, and says why.
func TestAssignmentsAreChecked(t *testing.T) {
	s := newSite(t)
	grace := s.as(labs.Learner{Name: "grace", Role: labs.RoleExaminer})
	grace.post("/groups", false, "name", "Monday", "members", "ada")
	for _, one := range []struct {
		says   string
		fields []string
	}{
		{"either labs or an exam", []string{"title", "x"}},
		{"There is no scenario", []string{"scenario", "none"}},
		{"is not a seed", []string{"scenario", "first", "seed", "many"}},
		{"is not a date", []string{"scenario", "first", "due", "tomorrow"}},
		{"is due before it opens", []string{"scenario", "first", "opens", "2999-01-02T10:00", "due", "2999-01-01T10:00"}},
		{"title is invalid", []string{"scenario", "first", "title", strings.Repeat("x", 101)}},
		{"There is no exam", []string{"exam", "none", "title", "x"}},
		{"is not a member", []string{"exam", "interview", "title", "x", "member", "eve", "extra", "15"}},
		{"is not extra time", []string{"exam", "interview", "title", "x", "member", "ada", "extra", "eve"}},
		{"extra time of ada is invalid", []string{"exam", "interview", "title", "x", "member", "ada", "extra", "-5"}},
	} {
		answer, body := grace.post("/groups/1/assignments", false, one.fields...)
		if status := answer.StatusCode; status != http.StatusBadRequest && status != http.StatusNotFound {
			t.Errorf("%v answers %d", one.fields, status)
		}
		s.says(strings.Join(one.fields, " "), body, one.says)
	}
	grace.page("/groups/1", "Nothing is assigned yet")
	if answer, body := grace.post("/groups", false, "name", "Tuesday", "members", "ada/exam-1"); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("the labs of an exam join a group: %s", body)
	}
}

// The live view follows without a reload, and ends when the group does.
func TestLiveView(t *testing.T) {
	s := newSite(t)
	grace, ada := s.as(labs.Learner{Name: "grace", Role: labs.RoleExaminer}), s.browser("ada")
	grace.post("/groups", false, "name", "Monday", "members", "ada")
	grace.page("/groups/1", "not in a lab", "Nobody is stuck", `data-events="/groups/1/events"`)
	answer, err := grace.Get("http://" + s.server.address + "/groups/1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	events := bufio.NewReader(answer.Body)
	until := func(text string) {
		t.Helper()
		for {
			line, err := events.ReadString('\n')
			if err != nil {
				t.Fatalf("the stream ends before %q: %v", text, err)
			}
			if strings.Contains(line, text) {
				return
			}
		}
	}
	until("not in a lab")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	until("Title ")
	ada.post("/labs/first/check", true)
	until("<strong>0</strong> at 12:00")
	grace.post("/groups/1/remove", false, "agreed", "yes")
	until("event: over")
	until("There is no group 1")
	if _, err := events.ReadString(0); err != io.EOF {
		t.Errorf("the stream goes on: %v", err)
	}
	if status, _ := grace.get("/groups/1/events"); status != http.StatusNotFound {
		t.Errorf("the events of a group that is gone answer %d", status)
	}
}

// What a teacher writes appears on the learner's pages until they have read it, and the lab page is told at once.
func TestMessagesReachPages(t *testing.T) {
	s := newSite(t)
	grace, ada, bob := s.as(labs.Learner{Name: "grace", Role: labs.RoleExaminer}), s.browser("ada"), s.browser("bob")
	grace.post("/groups", false, "name", "Monday", "members", "ada\nbob")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	before := s.server.benches.of(labs.Learner{Name: "ada"}, "first").Now().Last
	grace.post("/groups/1/messages", false, "to", "ada", "text", "Look at "+hostile)
	messages, _ := s.server.benches.of(labs.Learner{Name: "ada"}, "first").After(before)
	if len(messages) != 1 || messages[0].Kind != messageLetter {
		t.Errorf("the lab page is told %+v", messages)
	}
	for _, path := range []string{"/", "/attempts", "/labs/first"} {
		ada.page(path, "<strong>grace</strong>", "Look at "+escaped("<img"), "!<img")
	}
	bob.page("/", "!Look at")
	if answer, _ := bob.post("/messages/1/read", true); answer.StatusCode != http.StatusNoContent {
		t.Errorf("reading another's message answers %d", answer.StatusCode)
	}
	ada.page("/", "Look at")
	ada.post("/messages/1/read", false)
	ada.page("/", "!Look at")
	if answer, _ := ada.post("/groups/1/messages", false, "text", "Hello"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a learner writes to a group: %d", answer.StatusCode)
	}
}

// A lab page says who may watch its terminals, and only the group's leader may.
func TestLabsSayWhoMayWatch(t *testing.T) {
	s := newSite(t)
	s.server.Desk.Record = true
	grace, ada := s.as(labs.Learner{Name: "grace", Role: labs.RoleExaminer}), s.browser("ada")
	grace.post("/groups", false, "name", "Monday", "members", "ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	ada.page("/labs/first", "in a file that only you can read", "!may watch")
	if status, _ := grace.get("/groups/1/members/ada/terminals"); status != http.StatusForbidden {
		t.Errorf("the terminals of a group without watching answer %d", status)
	}
	grace.post("/groups", false, "name", "Tuesday", "members", "ada", "watch", "yes")
	ada.page("/labs/first", "grace may watch these terminals", "!only you can read")
	grace.page("/groups/2/members/ada/terminals", "has no terminal open now")
	for _, path := range []string{"/groups/2/members/eve/terminals", "/groups/2/members/ada/terminals/7", "/groups/3/members/ada/terminals"} {
		if status, _ := grace.get(path); status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, status)
		}
	}
}

package web

import (
	"net/http"
	"strings"
	"testing"

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
		{"is not a member", []string{"exam", "interview", "title", "x", "extra", "15 eve"}},
		{"is not extra time", []string{"exam", "interview", "title", "x", "extra", "eve"}},
		{"extra time of ada is invalid", []string{"exam", "interview", "title", "x", "extra", "-5 ada"}},
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

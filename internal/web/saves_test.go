package web

import (
	"net/http"
	"strings"
	"testing"

	"endstate/labs"
)

// A learner saves a lab, goes back to the state once they agree, and removes it.
func TestSaves(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	ada.page("/labs/first", "Saved states", "Save the lab as it is", "!Go back to ")
	if answer, _ := ada.post("/labs/first/saves", true, "name", "before"); answer.StatusCode != http.StatusNoContent {
		t.Errorf("saving answers %d", answer.StatusCode)
	}
	ada.post("/labs/first/saves", false, "name", "")
	ada.page("/labs/first", "before", `action="/labs/first/saves/before/return"`, `action="/labs/first/saves/1/remove"`, "Go back to before", "2 of 5")
	_, body := ada.post("/labs/first/saves", true, "name", "before")
	s.says("the question before a state is replaced", body, "already a saved state named before", `name="agreed"`, `name="name" value="before"`)
	if answer, _ := ada.post("/labs/first/saves", true, "name", "before", "agreed", "yes"); answer.StatusCode != http.StatusNoContent {
		t.Errorf("replacing a state answers %d", answer.StatusCode)
	}
	lab := s.engine.labs[0]
	_, body = ada.post("/labs/first/saves/before/return", true)
	s.says("the question before going back", body, "since it was saved as before will be lost", `action="/labs/first/saves/before/return"`)
	if s.engine.labs[0] != lab {
		t.Error("the lab was put back without consent")
	}
	if answer, _ := ada.post("/labs/first/saves/before/return", true, "agreed", "yes"); answer.StatusCode != http.StatusAccepted {
		t.Errorf("going back answers %d", answer.StatusCode)
	}
	if events := ada.events("/labs/first/events", 0, "end"); events[len(events)-2].kind != "ready" {
		t.Errorf("after going back the page does not load itself again: %v", events)
	}
	if len(s.engine.labs) != 1 || s.engine.labs[0] == lab {
		t.Error("the lab was not put back")
	}
	ada.post("/labs/first/saves/before/remove", false)
	ada.page("/labs/first", "!saves/before", "1 of 5")
}

// What can't be saved says why, and two acts at once are refused.
func TestSavesThatFail(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	answer, body := ada.post("/labs/first/saves", true, "name", hostile)
	if answer.StatusCode != http.StatusBadRequest || !strings.Contains(body, "be the name of a saved state") {
		t.Errorf("a name that can't be used answers %d: %s", answer.StatusCode, body)
	}
	s.says("the refusal", body, "!<script>", escaped("<script>"))
	bench := s.server.benches.of(labs.Learner{Name: "ada"}, "first")
	bench.Begin("check")
	if answer, _ := ada.post("/labs/first/saves", true, "name", "x"); answer.StatusCode != http.StatusConflict {
		t.Errorf("saving during a check answers %d", answer.StatusCode)
	}
	bench.End()
	for _, act := range []string{"return", "remove"} {
		if answer, body := ada.post("/labs/first/saves/none/"+act, true, "agreed", "yes"); act == "remove" && (answer.StatusCode != http.StatusBadRequest || !strings.Contains(body, "no saved state")) {
			t.Errorf("%s of nothing answers %d: %s", act, answer.StatusCode, body)
		}
	}
	s.settles("ada", "first")
	if answer, _ := s.browser("eve").post("/labs/first/saves", true, "name", "x"); answer.StatusCode != http.StatusNotFound || len(s.engine.saved) != 0 {
		t.Errorf("another learner's save answers %d; saved are %v", answer.StatusCode, s.engine.saved)
	}
}

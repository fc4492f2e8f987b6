package web

import (
	"net/http"
	"testing"
)

// The model answer is shown only after the learner's own explanation, and costs the attempt if its lab is
// not repaired: with consent.
func TestDebrief(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	if status, body := ada.get("/attempts/1/debrief"); status != http.StatusBadRequest {
		t.Errorf("an attempt without a check answers %d: %s", status, body)
	}
	ada.post("/labs/first/check", true)
	s.settles("ada", "first")
	ada.page("/attempts/1/debrief", "<textarea", "!Key points", "!The model answer")
	_, body := ada.post("/attempts/1/debrief", false, "text", "I looked "+hostile)
	s.says("the question", body, "counts as assisted", `name="agreed"`, escaped(hostile), "!Key points")
	ada.page("/attempts/1", "!Saw the solution")
	answer, body := ada.post("/attempts/1/debrief", false, "text", "I looked at the thing "+hostile, "agreed", "yes")
	if answer.Request.Method != http.MethodGet || answer.Request.URL.Path != "/attempts/1/debrief" {
		t.Errorf("an explanation leads to %s %s", answer.Request.Method, answer.Request.URL)
	}
	s.says("the model answer", body, "I looked at the thing "+escaped("<img"), "Key points", `value="0" checked`, `value="1">`, "!<script>")
	_, body = ada.post("/attempts/1/points", false, "said", "1")
	s.says("the points", body, `value="0">`, `value="1" checked`)
	ada.page("/attempts/1/debrief?again=yes", "<textarea", "!Key points")
	ada.page("/attempts/1", "Explained it", "Saw the solution")
	if answer, body := ada.post("/attempts/1/debrief", false, "text", " "); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("an empty explanation answers %d: %s", answer.StatusCode, body)
	}
	eve := s.browser("eve")
	for _, path := range []string{"/attempts/1/debrief", "/attempts/first/debrief"} {
		if status, body := eve.get(path); status == http.StatusOK {
			t.Errorf("%s answers another learner: %s", path, body)
		}
	}
}

func TestProgress(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	s.set("good")
	ada.post("/labs/first/check", true)
	s.settles("ada", "first")
	ada.page("/progress", "tests", "100 %", "solved, last 100 of 100", "!<script>", `aria-label="Strength by topic"`, "<title>100 of 100</title>", `<td class="number">100</td>`)
	s.browser("eve").page("/progress", "0 %", "not tried", "!solved", "!Your latest scores")
}

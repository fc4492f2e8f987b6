package web

import (
	"net/http"
	"strings"
	"testing"
)

// A learner writes an answer, sees what to improve, and learns it with more and more words hidden.
func TestRehearse(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.page("/questions/1", "Write your answer", `href="/questions/1/rehearse"`)
	ada.page("/questions/1/rehearse", "What a good answer holds", "<textarea", "!Compare")
	if answer, body := ada.post("/questions/1/said", false, "hidden", "0", "said", "x"); answer.StatusCode != http.StatusBadRequest || !strings.Contains(body, "no script yet") {
		t.Errorf("saying what was not written answers %d: %s", answer.StatusCode, body)
	}
	const script = "I have built back ends for four years, mostly in Go, and I like to find out why things break."
	_, body := ada.post("/questions/1/script", false, "text", script+" "+hostile)
	s.says("the script", body, "Say it, with 0 % of the words hidden", escaped("<script>"), "!<script>", "What to improve")
	ada.post("/questions/1/script", false, "text", script)
	_, body = ada.post("/questions/1/said", false, "hidden", "0", "said", script)
	s.says("the comparison", body, "You said 100 % of it", "Say it, with 25 % of the words hidden", "!<mark>", "!Say it again on")
	_, body = ada.post("/questions/1/said", false, "hidden", "25", "said", "I have built back ends for four years, honestly")
	s.says("the comparison", body, "<mark>", "mostly in Go", "“honestly”", "!You said 100 %")
	_, body = ada.post("/questions/1/said", false, "hidden", "101", "said", script)
	s.says("the comparison of what was said freely", body, "You said 100 % of it", "Say it again on")
	ada.page("/questions/1/rehearse?hidden=100", "Say it, with 100 % of the words hidden", "____", "!four years")
	ada.page("/questions/1/rehearse?hidden=101", "Say it freely", "!four years")
	ada.page("/questions/1/rehearse?edit=yes", "four years", "<textarea")
	for what, answer := range map[string]int{"/questions/99/rehearse": http.StatusBadRequest, "/questions/x/rehearse": http.StatusBadRequest} {
		if status, _ := ada.get(what); status != answer {
			t.Errorf("%s answers %d", what, status)
		}
	}
	if answer, _ := ada.post("/questions/1/said", false, "hidden", "33", "said", "x"); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a share that is not offered answers %d", answer.StatusCode)
	}
	s.browser("eve").page("/questions/1/rehearse", "!four years", "Write what you would say")
}

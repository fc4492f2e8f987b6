package web

import (
	"net/http"
	"strings"
	"testing"
	"time"
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

// A question can have a script for each company, in each tone, and notes to draw on.
func TestRehearseForCompanies(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.page("/questions/2/rehearse", "Your notes on companies", "!For Kestrel")
	if _, body := ada.get("/questions/2/rehearse?company=Nowhere"); !strings.Contains(body, `href="/companies">Write some`) {
		t.Errorf("a company without notes leads nowhere: %s", body)
	}
	_, body := ada.post("/companies", false, "name", "Kestrel & Co", "does", "payments "+hostile, "projects", "a ledger", "values", "care", "sources", "their site")
	s.says("the companies", body, "Kestrel &amp; Co", "payments", "a ledger", "!<script>alert")
	if answer, body := ada.post("/companies", false, "name", " "); answer.StatusCode != http.StatusBadRequest || !strings.Contains(body, "no name") {
		t.Errorf("a company without a name answers %d: %s", answer.StatusCode, body)
	}
	const page = "/questions/2/rehearse?company=Kestrel+%26+Co&tone=formal"
	ada.page(page, "For Kestrel &amp; Co, formal", "Your notes on Kestrel", "payments", `name="company" value="Kestrel &amp; Co"`, `name="tone" value="formal"`)
	_, body = ada.post("/questions/2/script", false, "company", "Kestrel & Co", "tone", "formal", "text", "I know your ledger well.")
	s.says("the script", body, "For Kestrel &amp; Co, formal", "Say it, with 0 % of the words hidden", "I know your ledger well.", `id="speech" hidden`, "speech.js")
	ada.page("/questions/2/rehearse", "Write what you would say", "!I know your ledger well.", "company=Kestrel&#43;%26&#43;Co&amp;tone=formal")
	_, body = ada.post("/questions/2/said", false, "company", "Kestrel & Co", "tone", "formal", "hidden", "0", "said", "I know your ledger well.")
	s.says("the comparison", body, "You said 100 % of it", "For Kestrel &amp; Co, formal")
	if answer, _ := ada.post("/questions/2/script", false, "tone", strings.Repeat("x", 81), "text", "a"); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a tone that is too long answers %d", answer.StatusCode)
	}
	s.browser("eve").page("/companies", "!Kestrel")
	_, body = ada.post("/questions/2/remove", false, "company", "Kestrel & Co", "tone", "formal")
	s.says("the question before a script is removed", body, "Remove the script", `name="company" value="Kestrel &amp; Co"`, `name="agreed"`)
	ada.page(page+"&hidden=0", "I know your ledger well.")
	ada.post("/questions/2/remove", false, "company", "Kestrel & Co", "tone", "formal", "agreed", "yes")
	ada.page(page, "!I know your ledger well.", "Write what you would say")
}

// What to say about a scenario is learnt as an answer is, from the debriefing of an attempt at it.
func TestRehearseScenario(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.page("/scenarios", "!Rehearse what you would say")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	s.set("good")
	ada.post("/labs/first/check", true)
	s.settles("ada", "first")
	ada.page("/attempts/1/debrief", `href="/scenarios/first/rehearse"`)
	ada.page("/scenarios", `href="/scenarios/first/rehearse">Rehearse what you would say`)
	ada.page("/scenarios/first/rehearse", escaped("What would you do? <img"), "!<img", `action="/scenarios/first/script"`, `action="/scenarios/first/rehearse"`, "!Compare", "!What a good answer holds")
	if answer, body := ada.post("/scenarios/first/said", false, "hidden", "0", "said", "x"); answer.StatusCode != http.StatusBadRequest || !strings.Contains(body, "no script yet") {
		t.Errorf("saying what was not written answers %d: %s", answer.StatusCode, body)
	}
	const script = "I looked at the state before I changed anything, and then repaired it."
	_, body := ada.post("/scenarios/first/script", false, "text", script)
	s.says("the script", body, "Say it, with 0 % of the words hidden", `action="/scenarios/first/said"`)
	_, body = ada.post("/scenarios/first/said", false, "hidden", "0", "said", script)
	s.says("the comparison", body, "You said 100 % of it", "Say it, with 25 % of the words hidden")
	ada.post("/scenarios/first/script", false, "tone", "formal", "text", "One examines the state.")
	ada.page("/scenarios/first/rehearse", `href="/scenarios/first/rehearse?tone=formal"`, "!One examines")
	ada.page("/questions/1/rehearse", "!tone=formal")
	s.browser("eve").page("/scenarios/first/rehearse", "!I looked", "!tone=formal", "Write what you would say")
	for _, path := range []string{"/scenarios/none/rehearse", "/scenarios/none/script", "/scenarios/none/said", "/scenarios/none/remove"} {
		method := http.MethodPost
		if strings.HasSuffix(path, "/rehearse") {
			method = http.MethodGet
		}
		answer, body := ada.send(method, path, "text=x&hidden=0&said=x&agreed=yes", "Sec-Fetch-Site", "same-origin")
		if answer.StatusCode != http.StatusBadRequest && answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d: %s", path, answer.StatusCode, body)
		}
	}
	_, body = ada.post("/scenarios/first/remove", false)
	s.says("the question before a script is removed", body, "Remove the script", `action="/scenarios/first/remove"`)
	ada.post("/scenarios/first/remove", false, "agreed", "yes")
	ada.page("/scenarios/first/rehearse", "Write what you would say", "!I looked")

	ada.post("/labs/first/stop", false)
	ada.post("/scenarios/first/said", false, "tone", "formal", "hidden", "101", "said", "I forgot.")
	s.engine.wait(48 * time.Hour)
	ada.page("/", `href="/scenarios/first/rehearse?tone=formal">your explanation of first</a>`)
}

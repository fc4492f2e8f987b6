package web

import (
	"bufio"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

// The task can be read while the lab is started. Then the page has everything that can be done.
func TestStart(t *testing.T) {
	s := newSite(t)
	s.engine.gate = make(chan struct{})
	ada := s.browser("ada")
	answer, body := ada.post("/labs", false, "scenario", "first", "seed", "42")
	if answer.StatusCode != http.StatusOK || answer.Request.URL.Path != "/labs/first" {
		t.Errorf("a start leads to %s with %d", answer.Request.URL, answer.StatusCode)
	}
	s.says("the page of a lab that is started", body, "Do the thing", "seed 42", "when the lab is ready", `http-equiv="refresh"`, `data-ready="no"`, `!id="check"`)
	ada.post("/labs", false, "scenario", "first", "seed", "42") // again: it is on its way
	close(s.engine.gate)
	s.settles("ada", "first")
	ada.page("/labs/first", "Do the thing", "seed 42", `data-ready="yes"`, `id="check"`, "par 5 min", "8 h 00 min left", "Not checked yet", "Open a hint for 5 points", `data-open="workspace"`, `!http-equiv="refresh"`)
	ada.page("/", "Running labs", `href="/labs/first"`)
	if len(s.engine.labs) != 1 || s.engine.labs[0].Owner != "ada" || s.engine.labs[0].Seed != 42 {
		t.Errorf("the labs are %+v", s.engine.labs)
	}
}

func TestStartsThatFail(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	for fields, want := range map[[2]string]string{{"nothing", ""}: "nothing", {"first", "many"}: "is not a seed"} {
		answer, body := ada.post("/labs", false, "scenario", fields[0], "seed", fields[1])
		if answer.StatusCode/100 != 4 {
			t.Errorf("starting %v answers %d", fields, answer.StatusCode)
		}
		s.says("the page", body, want, "This did not work")
	}
	status, body := ada.get("/labs/first")
	if status != http.StatusNotFound {
		t.Errorf("a lab that does not run answers %d", status)
	}
	s.says("the page of a lab that does not run", body, "No lab of first is running", `action="/labs"`, `value="first"`, "Start it")
}

// The page is told each verdict as it is reached, and then the outcome. A page that comes late is told
// what it missed.
func TestCheckIsStreamed(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	after := s.server.benches.of(labs.Learner{Name: "ada"}, "first").Now().Last
	if answer, _ := ada.post("/labs/first/check", true); answer.StatusCode != http.StatusAccepted {
		t.Errorf("a check answers %d", answer.StatusCode)
	}
	events := ada.events("/labs/first/events", after, "end")
	var kinds []string
	for _, event := range events {
		kinds = append(kinds, event.kind)
	}
	if order := strings.Join(kinds, " "); !strings.HasPrefix(order, "begin") || strings.Count(order, "verdict") != 2 || !strings.HasSuffix(order, "outcome end") {
		t.Errorf("the events are %s", order)
	}
	for _, event := range events {
		switch {
		case event.kind == "verdict" && strings.Contains(event.data, "still good"):
			s.says("the verdict on the check that waits", event.data, "verdict skipped", "Waits for")
		case event.kind == "verdict":
			s.says("the verdict", event.data, "verdict failed", "The state is bad.", "0/60")
		case event.kind == "outcome":
			s.says("the outcome", event.data, "Score 0 of 100")
		}
	}
	s.set("good")
	ada.post("/labs/first/check", false)
	s.settles("ada", "first")
	ada.page("/labs/first", "Score 100 of 100")
	again := ada.events("/labs/first/events", 0, "outcome")
	s.says("the second outcome", again[len(again)-1].data, "&#43;100, was 0", "(failed before)", "Solved in", `action="/labs/first/stop"`)
}

// What costs points or work is done only with consent, which the page asks for.
func TestConsent(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	for path, question := range map[string]string{"/labs/first/hint": "Hint 1 of 1 costs 5 points", "/labs/first/reset": "Everything done in the lab will be lost"} {
		answer, body := ada.post(path, true)
		if answer.StatusCode != http.StatusOK || answer.Header.Get(placeHeader) != "ask" {
			t.Errorf("%s without consent answers %d for %q", path, answer.StatusCode, answer.Header.Get(placeHeader))
		}
		s.says("the question", body, question, `name="agreed"`, `action="`+path+`"`, "!<html")
		_, body = ada.post(path, false)
		s.says("the page with the question", body, question, `name="agreed"`, "<html")
	}
	ada.page("/labs/first", "!The first hint", "Open a hint for 5 points")
	before := s.engine.labs[0]
	if answer, _ := ada.post("/labs/first/hint", true, "agreed", "yes"); answer.StatusCode != http.StatusNoContent {
		t.Errorf("a hint answers %d", answer.StatusCode)
	}
	ada.page("/labs/first", "The first hint", "−5", "All hints are open")
	if answer, _ := ada.post("/labs/first/reset", true, "agreed", "yes"); answer.StatusCode != http.StatusAccepted {
		t.Errorf("a reset answers %d", answer.StatusCode)
	}
	if events := ada.events("/labs/first/events", 0, "end"); events[len(events)-2].kind != "ready" {
		t.Errorf("after a reset the page does not load itself again: %v", events)
	}
	if len(s.engine.labs) != 1 || s.engine.labs[0] == before {
		t.Error("the lab was not put back")
	}
}

func TestExtendAndStop(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	ada.post("/labs/first/extend", false)
	ada.page("/labs/first", "10 h 00 min left")
	for range 7 {
		ada.post("/labs/first/extend", true)
	}
	answer, body := ada.post("/labs/first/extend", true)
	if answer.StatusCode != http.StatusBadRequest || answer.Header.Get(placeHeader) != "notices" {
		t.Errorf("an extension beyond the limit answers %d for %q", answer.StatusCode, answer.Header.Get(placeHeader))
	}
	s.says("the problem", body, "live longer", "!<html")
	_, body = ada.post("/labs/first/stop", false)
	s.says("the page after a stop", body, "What to do next", "!Running labs")
	if len(s.engine.labs) != 0 {
		t.Error("the lab was not removed")
	}
}

// A learner finds neither the labs nor the attempts of others, by whatever address.
func TestOthersLabs(t *testing.T) {
	s := newSite(t)
	ada, eve := s.browser("ada"), s.browser("eve")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	ada.post("/labs/first/check", true)
	s.settles("ada", "first")
	ada.page("/attempts/1", "Best score", "Checked: 0 of 100", "Title")
	id := s.engine.labs[0].ID
	for _, path := range []string{"/labs/first", "/labs/" + id, "/attempts/1", "/attempts/1/report"} {
		if status, _ := eve.get(path); status != http.StatusNotFound && status != http.StatusBadRequest {
			t.Errorf("%s answers %d to another learner", path, status)
		}
	}
	for _, act := range []string{"check", "hint", "reset", "extend", "stop"} {
		for _, name := range []string{"first", id} {
			eve.post("/labs/"+name+"/"+act, true, "agreed", "yes")
			s.settles("eve", name)
		}
	}
	if len(s.engine.labs) != 1 || s.engine.labs[0].ID != id {
		t.Error("another learner changed a lab")
	}
	eve.page("/attempts", "There are no attempts yet")
	eve.page("/", "!Running labs")
	for _, e := range eve.events("/labs/first/events", 0, "end") {
		s.says("what another learner is told", e.data, "!Score")
	}
}

// A solution is shown once the learner has agreed, and the attempt then counts as assisted.
func TestSolution(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	ada.page("/labs/first", `action="/labs/first/solution"`, "!Never guess")
	for _, script := range []bool{false, true} {
		answer, body := ada.post("/labs/first/solution", script)
		s.says("the question before it", body, "will count as assisted", `action="/labs/first/solution"`, "!Never guess")
		if place := answer.Header.Get(placeHeader); script && place != "ask" {
			t.Errorf("the question belongs in %q", place)
		}
	}
	ada.page("/attempts/1", "!Saw the solution")
	if answer, body := s.browser("eve").post("/labs/first/solution", false, "agreed", "yes"); answer.StatusCode != http.StatusNotFound || strings.Contains(body, "Never guess") {
		t.Errorf("another learner's answers %d: %s", answer.StatusCode, body)
	}
	answer, body := ada.post("/labs/first/solution", true, "agreed", "yes")
	s.says("the solution", body, "<li>Never guess.</li>", "As a script", "<code>true\n</code>", "!<html")
	if place := answer.Header.Get(placeHeader); place != "solution" {
		t.Errorf("the solution belongs in %q", place)
	}
	_, body = ada.post("/labs/first/solution", false, "agreed", "yes")
	s.says("the page without scripts", body, "<h1>A solution</h1>", "Never guess", `href="/labs/first"`)
	ada.page("/attempts/1", "Saw the solution")
}

// event is a server-sent event.
type event struct{ kind, data string }

// events reads events after a message, up to the first of a kind, or of a kind with a text: “kind: text”. Once the stream has begun, it does what
// is given.
func (b *browser) events(path string, after int, last string, begun ...func()) []event {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://"+b.server.address+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Last-Event-ID", strconv.Itoa(after))
	answer, err := b.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	time.AfterFunc(10*time.Second, func() { answer.Body.Close() })
	for _, do := range begun {
		do()
	}
	kind, text, _ := strings.Cut(last, ": ")
	var all []event
	var now event
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		switch name, value, _ := strings.Cut(lines.Text(), ": "); {
		case name == "event":
			now.kind = value
		case name == "data":
			now.data += value + "\n"
		case lines.Text() == "" && now.kind != "":
			all, now = append(all, now), event{}
			if end := all[len(all)-1]; end.kind == kind && strings.Contains(end.data, text) {
				return all
			}
		}
	}
	b.Fatalf("no %s among %v", last, all)
	return nil
}

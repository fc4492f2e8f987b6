package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"endstate/internal/desk/admission"
	"endstate/labs"
)

// waits waits until the page of a lab says a text.
func (b *browser) waits(path, text string) {
	b.Helper()
	body := ""
	for range 500 {
		if _, body = b.get(path); strings.Contains(body, text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.Fatalf("%s never says %q: %s", path, text, body)
}

// While the machine is full, a start waits, and its page says how many are ahead, also when it is loaded
// again. When there is room, the lab starts.
func TestQueue(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // where the machine's queue is
	s := newSite(t, admission.Limits{Labs: 1})
	ada, eve, bob := s.browser("ada"), s.browser("eve"), s.browser("bob")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	eve.post("/labs", false, "scenario", "first")
	eve.waits("/labs/first", "the machine is full · you are next")
	bob.post("/labs", false, "scenario", "first")
	for range 2 {
		bob.waits("/labs/first", "1 ahead of you")
	}
	_, metrics := s.admin().get("/metrics")
	s.says("the metrics", metrics, "endstate_starts_waiting 2\n")
	if answer, body := ada.post("/labs/first/stop", false); answer.StatusCode != http.StatusOK {
		t.Fatalf("stop answers %d: %s", answer.StatusCode, body)
	}
	s.settles("eve", "first")
	eve.page("/labs/first", `data-ready="yes"`)
	bob.waits("/labs/first", "you are next")
	eve.post("/labs/first/stop", false)
	s.settles("bob", "first")
	bob.page("/labs/first", `data-ready="yes"`)
}

// A page whose start waited when the server ended is not told that it failed. The next server has it ask
// again.
func TestStartsThatTheServerDidNotFinish(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := newSite(t, admission.Limits{Labs: 1})
	ada, eve := s.browser("ada"), s.browser("eve")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	eve.post("/labs", false, "scenario", "first", "seed", "7")
	eve.waits("/labs/first", "you are next")
	eve.page("/labs/first", `data-ready="no" data-start="scenario=first&amp;seed=7"`)
	ada.page("/labs/first", "!data-start")
	s.stop()
	s.server.working.Wait()
	told := s.server.benches.of(labs.Learner{Name: "eve"}, "first").Now()
	if len(noticesOf(told)) > 0 || !told.Running {
		t.Errorf("the page is told %+v", told.Messages)
	}

	next := newSite(t)
	eve = next.browser("eve")
	if all := eve.events("/labs/first/events", told.Last, messageAgain); len(all) != 1 {
		t.Errorf("the page is told %+v first", all)
	}
	for range 2 {
		if answer, body := eve.post("/labs", true, "scenario", "first", "seed", "7"); answer.StatusCode != http.StatusOK {
			t.Fatalf("asking again answers %d: %s", answer.StatusCode, body)
		}
	}
	next.settles("eve", "first")
	eve.page("/labs/first", `data-ready="yes"`, "seed 7")
	for _, e := range eve.events("/labs/first/events", 0, "end") {
		if e.kind == messageAgain {
			t.Error("a page that knows this server is to ask again")
		}
	}
}

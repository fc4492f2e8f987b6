package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"endstate/internal/desk/admission"
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

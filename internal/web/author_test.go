package web

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"endstate/internal/scenario"
	"endstate/labs"
)

// An author sees their scenarios with what lint finds, as the files are now. Learners see nothing of that.
func TestAuthor(t *testing.T) {
	folder := t.TempDir()
	own := filepath.Join(folder, "mine")
	write := func(name, text string) {
		if err := os.MkdirAll(own, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(own, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	right := strings.ReplaceAll(written, "TEXT", "")
	write("scenario.yaml", right)
	write("task.md", "Do it.\n")
	write("debrief.md", "Key points:\n\n- Look.\n")
	write("solution.sh", "true\n")
	s := newSiteWith(t, []scenario.Root{{Files: os.DirFS(folder), Path: folder}})
	ada := s.browserOf(labs.Learner{Name: "ada", Role: labs.RoleAuthor})
	ada.page("/scenarios", `href="/author"`)
	ada.page("/author", "mine", own, "!/author/first")
	ada.page("/author/mine", "What lint finds", "no proof fails the check first", "Play them")
	if status, _ := ada.get("/author/first"); status != http.StatusNotFound {
		t.Errorf("a scenario of the program answers %d", status)
	}
	// The page follows the files.
	events := ada.events("/author/mine/events", 0, "lint: nonsense", func() { write("scenario.yaml", right+"nonsense: "+hostile+"\n") })
	s.says("what lint finds after an edit", last(events), "nonsense", "!<script>")
	ada.page("/author/mine", "nonsense", "!<script>")
	for _, fields := range [][]string{{"seeds", "x"}, {"seeds", "21"}, {"seed", "-1"}} {
		if answer, _ := ada.post("/author/mine/prove", false, fields...); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("proofs with %v answer %d", fields, answer.StatusCode)
		}
	}
	// A round that can't be played says why, and the next change begins another.
	ada.post("/author/mine/prove", false, "seeds", "1", "seed", "1")
	events = ada.events("/author/mine/events", 0, "proved")
	s.says("the round", last(events), "nonsense", "!<script>")
	s.waits("Waiting", func() bool {
		return strings.Contains(last(ada.events("/author/mine/events", 0, "step")), "Waiting for a change")
	})
	after, err := strconv.Atoi(regexp.MustCompile(`events\?after=(\d+)`).FindStringSubmatch(ada.page("/author/mine"))[1])
	if err != nil {
		t.Fatal(err)
	}
	events = ada.events("/author/mine/events", after, "step: scenario.yaml changed", func() { write("scenario.yaml", strings.Replace(right, "Title ", "Another ", 1)) })
	s.says("the step", last(events), "scenario.yaml changed: playing all proofs")
	s.waits("could not be played", func() bool {
		return strings.Contains(last(ada.events("/author/mine/events", 0, "proved")), "? could not be played")
	})
	ada.page("/author/mine", "Another", `<th scope="col">Seed 1</th>`, `<th scope="row">solution</th>`, "it hands nothing over", "Stop playing", "!Play them")
	s.waits("Waiting", func() bool { return strings.Contains(ada.page("/author/mine"), "Waiting for a change") })
	ada.post("/author/mine/stop", false)
	ada.page("/author/mine", "Play them", "!Stop playing", "!Waiting for a change")

	eve := s.browser("eve")
	for _, path := range []string{"/author", "/author/mine", "/author/mine/events", "/author/mine/observed"} {
		if status, body := eve.get(path); status != http.StatusForbidden || strings.Contains(body, own) {
			t.Errorf("%s answers a learner %d: %s", path, status, body)
		}
	}
	for _, path := range []string{"/author/mine/prove", "/author/mine/stop"} {
		if answer, _ := eve.post(path, false); answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s answers a learner %d", path, answer.StatusCode)
		}
	}
	eve.page("/scenarios", `!href="/author"`)
}

func last(events []event) string { return events[len(events)-1].data }

// waits waits until something is so.
func (s *site) waits(what string, is func() bool) {
	s.Helper()
	for range 200 {
		if is() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.Fatalf("it does not come to %q", what)
}

// An author sees what each look observes in their lab.
func TestObserved(t *testing.T) {
	s := newSite(t)
	ada := s.browserOf(labs.Learner{Name: "ada", Role: labs.RoleAuthor})
	if status, _ := ada.get("/author/first/observed"); status != http.StatusNotFound {
		t.Errorf("without a lab, it answers %d", status)
	}
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	s.set(hostile)
	ada.page("/author/first/observed", "check <code>first</code>", "failed", "state == &#34;good&#34;", "onerror=", "!<img")
}

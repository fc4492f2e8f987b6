package web

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/recording"
	"endstate/labs"
)

// The recordings of an attempt are played to its owner, and to nobody else.
func TestReplay(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	if status, body := ada.get("/attempts/1/replay"); status != http.StatusBadRequest {
		t.Errorf("an attempt without a recording answers %d: %s", status, body)
	}
	s.record("ada", "first\x1b[31m", "second")
	ada.page("/attempts/1", `href="/attempts/1/replay"`)
	ada.page("/attempts/1/replay", `data-recording="/attempts/1/recordings/1"`, "/replay.js", "?stay=2", "!?stay=3")
	ada.page("/attempts/1/replay?stay=2", `data-recording="/attempts/1/recordings/2"`)
	var got film
	if err := json.Unmarshal([]byte(ada.page("/attempts/1/recordings/1")), &got); err != nil {
		t.Fatal(err)
	}
	if got.Columns != 90 || got.Rows != 30 || len(got.Events) != 2 || got.Events[0] != [3]any{0.0, "o", "first\x1b[31m"} || got.Events[1] != [3]any{0.0, "m", "check: 0 of 100"} {
		t.Errorf("the recording is %+v", got)
	}
	for _, path := range []string{"/attempts/1/recordings/3", "/attempts/1/recordings/0", "/attempts/1/recordings/x"} {
		if status, _ := ada.get(path); status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, status)
		}
	}
	eve := s.browser("eve")
	for _, path := range []string{"/attempts/1/replay", "/attempts/1/recordings/1"} {
		if status, body := eve.get(path); status != http.StatusNotFound {
			t.Errorf("%s answers another learner with %d: %s", path, status, body)
		}
	}
}

// record adds stays in a shell to the learner's attempt, with recordings of what they showed.
func (s *site) record(owner string, shown ...string) {
	s.Helper()
	home := s.server.Desk.Home
	store, err := attempts.Open(s.Context(), attempts.Path(home))
	if err != nil {
		s.Fatal(err)
	}
	defer store.Close()
	attempt, err := store.Of(labs.Learner{Name: owner}).Find(s.Context(), "1")
	if err != nil {
		s.Fatal(err)
	}
	for i, text := range shown {
		name := attempt.UID + "-" + string(rune('1'+i)) + ".cast"
		recorder, err := recording.Create(filepath.Join(home, "recordings", name), 90, 30, "", "xterm", func() time.Time { return noon })
		if err != nil {
			s.Fatal(err)
		}
		recorder.Output([]byte(text))
		recorder.Mark("check: 0 of 100")
		visit, err := store.Enter(s.Context(), attempt, labs.Workspace, name, noon)
		if err == nil {
			err = store.Leave(s.Context(), attempt, visit, noon)
		}
		if err != nil || recorder.Close() != nil {
			s.Fatal(err)
		}
	}
}

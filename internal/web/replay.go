package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"endstate/internal/recording"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// replayPage plays the recordings of an attempt.
type replayPage struct {
	Attempt int64
	Stay    int // the number of the stay that is played
	Stays   []recordedStay
}

// recordedStay is a recorded stay in a shell.
type recordedStay struct {
	Number int
	Began  time.Time
}

func (s *Server) replay(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("attempt")
	found, err := s.Desk.Replay(r.Context(), who, name)
	if err != nil {
		s.fail(w, r, who, attemptPath(name), err)
		return
	}
	page := replayPage{Attempt: found.Attempt}
	for i, one := range found.Recordings {
		page.Stays = append(page.Stays, recordedStay{i + 1, time.Unix(one.Timestamp, 0)})
	}
	stay, _ := strconv.Atoi(r.URL.Query().Get("stay"))
	page.Stay = max(1, min(stay, len(page.Stays)))
	s.write(w, http.StatusOK, pages.Page{Title: "Replay", Owner: who, Main: "replay", Script: "replay.js", Data: page})
}

// film is a recording as a page plays it.
type film struct {
	Columns int      `json:"columns"`
	Rows    int      `json:"rows"`
	Events  [][3]any `json:"events"` // seconds since the start, the kind, the data
}

// recording answers with the recording of a stay, by its number.
func (s *Server) recording(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("attempt")
	found, err := s.Desk.Replay(r.Context(), who, name)
	n, _ := strconv.Atoi(r.PathValue("n"))
	if err == nil && (n < 1 || n > len(found.Recordings)) {
		err = &labs.Problem{Code: labs.CodeNotFound, What: fmt.Sprintf("Attempt %d has no such recording", found.Attempt), Usage: true, Acts: []labs.Act{{Name: labs.ActShow, For: "Its story", Attempt: found.Attempt}}}
	}
	if err != nil {
		s.fail(w, r, who, attemptPath(name), err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(filmOf(found.Recordings[n-1])); err != nil {
		s.Log.Debug("write a recording", "error", err)
	}
}

func filmOf(one *recording.Recording) film {
	f := film{Columns: one.Width, Rows: one.Height, Events: make([][3]any, 0, len(one.Events))}
	for _, e := range one.Events {
		f.Events = append(f.Events, [3]any{e.At.Seconds(), e.Kind, e.Data})
	}
	return f
}

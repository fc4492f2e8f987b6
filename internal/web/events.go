package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"endstate/internal/web/feed"
	"endstate/internal/web/room"
	"endstate/labs"
)

// keepAlive is how often a quiet stream of events says that it is still there.
const keepAlive = 20 * time.Second

// events streams what happens at a lab.
func (s *Server) events(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	bench := s.benches.of(who, r.PathValue("lab"))
	defer bench.follow(s.Clock)()
	s.stream(w, r, who, &bench.Feed, nil)
}

// stream streams the messages of a feed, and others, as server-sent events: from the message that the
// page has, or that the browser had before it lost the connection.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, who labs.Learner, from *feed.Feed, others <-chan feed.Message) {
	defer s.meter.Stream()()
	after := int(room.After(r))
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	if after > from.Now().Last {
		writeEvent(w, feed.Message{Kind: messageAgain})
	}
	for {
		messages, changed := from.After(after)
		for _, m := range messages {
			writeEvent(w, m)
			after = m.ID
		}
		if len(messages) == 0 {
			fmt.Fprint(w, ":\n\n")
		}
		if flush.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case m := <-others:
			writeEvent(w, m)
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

func writeEvent(w http.ResponseWriter, m feed.Message) {
	if m.ID != 0 {
		fmt.Fprintf(w, "id: %d\n", m.ID)
	}
	fmt.Fprintf(w, "event: %s\n", m.Kind)
	for line := range strings.Lines(m.Data + "\n") {
		fmt.Fprintf(w, "data: %s\n", strings.TrimRight(line, "\r\n"))
	}
	fmt.Fprint(w, "\n")
}

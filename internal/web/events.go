package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"endstate/internal/web/feed"
	"endstate/labs"
)

// keepAlive is how often a quiet stream of events says that it is still there.
const keepAlive = 20 * time.Second

// events streams what happens at a lab, as server-sent events: from the message that the page has, or
// that the browser had before it lost the connection.
func (s *Server) events(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	defer s.meter.Stream()()
	bench := s.benches.of(who, r.PathValue("lab"))
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = r.URL.Query().Get("after")
	}
	after, _ := strconv.Atoi(last)
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	ctx, end := context.WithCancel(r.Context())
	defer end()
	defer s.whileIn(r, who, end)()
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for {
		messages, changed := bench.After(after)
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
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func writeEvent(w http.ResponseWriter, m feed.Message) {
	fmt.Fprintf(w, "id: %d\nevent: %s\n", m.ID, m.Kind)
	for line := range strings.Lines(m.Data + "\n") {
		fmt.Fprintf(w, "data: %s\n", strings.TrimRight(line, "\r\n"))
	}
	fmt.Fprint(w, "\n")
}

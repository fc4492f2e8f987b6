package web

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"time"

	"endstate/internal/desk/operate"
	"endstate/internal/web/meter"
	"endstate/internal/web/trace"
	"endstate/labs"
)

// readyTimeout limits how long the store and the engine may take to answer.
const readyTimeout = 5 * time.Second

// ready answers whether the store and the engine can be reached. Why not is for the log alone.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := operate.Ready(ctx, s.Desk); err != nil {
		s.Log.Error("not ready", "id", w.Header().Get(trace.Header), "error", err)
		http.Error(w, "The store or the engine can't be reached. The server's log says why.", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

// gauges are the numbers that are counted when the metrics are asked for.
func (s *Server) gauges() map[string]meter.Gauge {
	return map[string]meter.Gauge{
		"endstate_starts_waiting": {Help: "Starts that wait because the machine is full.", Value: func() float64 { return float64(operate.Waiting(s.Desk)) }},
		"endstate_labs": {Help: "Labs of everybody, with those of exams. NaN: the engine can't be reached.", Value: func() float64 {
			ctx, cancel := context.WithTimeout(s.ctx, readyTimeout)
			defer cancel()
			running, err := operate.Running(ctx, s.Desk)
			if err != nil {
				return math.NaN()
			}
			return float64(running)
		}},
	}
}

// whose returns who sent a request, or false if nobody has signed in.
func (s *Server) whose(r *http.Request) (labs.Learner, bool) {
	who, ok, err := s.who(r.Context())
	return who, ok && err == nil
}

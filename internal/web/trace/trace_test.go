package trace

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// ask sends a request through a handler, and returns the log, the answer and what was counted.
func ask(t *testing.T, all bool, path string) (string, *http.Response, *Request) {
	t.Helper()
	inside := http.NewServeMux()
	inside.HandleFunc("GET /labs/{lab}", func(_ http.ResponseWriter, r *http.Request) { Note(r, "ada") })
	inside.HandleFunc("GET /broken", func(w http.ResponseWriter, r *http.Request) {
		Note(r, "ada")
		http.Error(w, "broken", http.StatusServiceUnavailable)
	})
	outside := http.NewServeMux()
	outside.HandleFunc("GET /enter", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusSeeOther) })
	// Sessions copy the request, so that what matches inside is not seen outside.
	outside.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { inside.ServeHTTP(w, r.WithContext(r.Context())) })
	var log strings.Builder
	var counted *Request
	clock := time.Unix(0, 0)
	now := func() time.Time { clock = clock.Add(25 * time.Millisecond); return clock }
	w := httptest.NewRecorder()
	Handler(outside, slog.New(slog.NewTextHandler(&log, nil)), all, now, func(r *Request) { counted = r }).
		ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return log.String(), w.Result(), counted
}

func TestLogsWhatWasAsked(t *testing.T) {
	first, answer, _ := ask(t, true, "/labs/one?word=secret")
	for _, text := range []string{"level=INFO", "method=GET", `route="GET /labs/{lab}"`, "status=200", "took=25ms", "learner=ada", "id=" + answer.Header.Get(Header)} {
		if !strings.Contains(first, text) {
			t.Errorf("the log does not say %q: %s", text, first)
		}
	}
	second, other, _ := ask(t, true, "/enter?key=SECRET")
	if strings.Contains(first+second, "secret") || strings.Contains(second, "SECRET") {
		t.Errorf("the log says what follows a path: %s%s", first, second)
	}
	if !strings.Contains(second, `route="GET /enter"`) || !strings.Contains(second, "status=303") {
		t.Errorf("the log says %s", second)
	}
	if answer.Header.Get(Header) == other.Header.Get(Header) || len(answer.Header.Get(Header)) < 16 {
		t.Errorf("two requests have the IDs %q and %q", answer.Header.Get(Header), other.Header.Get(Header))
	}
}

// A handler that panics has failed, and net/http is told.
func TestCountsPanics(t *testing.T) {
	var counted *Request
	defer func() {
		if recover() == nil || counted == nil || counted.Status != http.StatusInternalServerError {
			t.Errorf("a panic is counted as %+v", counted)
		}
	}()
	broken := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })
	Handler(broken, slog.New(slog.DiscardHandler), false, time.Now, func(r *Request) { counted = r }).
		ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
}

// Without a log of all requests, only those that failed are logged.
func TestLogsFailures(t *testing.T) {
	log, _, counted := ask(t, false, "/labs/one")
	if log != "" || counted.Status != http.StatusOK {
		t.Errorf("a request that worked is logged: %s", log)
	}
	log, answer, counted := ask(t, false, "/broken")
	if !strings.Contains(log, "level=ERROR") || !strings.Contains(log, answer.Header.Get(Header)) || counted.Status != http.StatusServiceUnavailable {
		t.Errorf("one that failed with %d is logged as %q", counted.Status, log)
	}
}

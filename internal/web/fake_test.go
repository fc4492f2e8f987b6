package web

import (
	"context"
	"errors"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"endstate/internal/desk"
	"endstate/internal/desk/admission"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/desk/visit"
	"endstate/internal/images"
	"endstate/internal/scenario"
	"endstate/internal/seat"
	"endstate/labs"
	"endstate/labs/kit"
)

// engine is an engine that has every snapshot, and whose hosts are names.
type engine struct {
	labs.Engine // methods not overridden below must not be called

	mu   sync.Mutex
	labs []*labs.Lab
	// saved are the saved states of labs, by key.
	saved map[string]labs.Snapshot
	gate  chan struct{} // a launch waits for it; may be nil
	// later is how much time has passed since noon.
	later time.Duration
	// execute executes commands; nil: none can be executed.
	execute func(labs.Command) (labs.Process, error)
}

func (e *engine) Now() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return noon.Add(e.later)
}

// wait lets time pass.
func (e *engine) wait(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.later += d
}

func (e *engine) Labs(_ context.Context, which labs.Which) ([]*labs.Lab, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(e.labs), func(l *labs.Lab) bool {
		return which.ID != "" && l.ID != which.ID || which.Owner != "" && l.Owner != which.Owner || which.Scenario != "" && l.Scenario != which.Scenario
	}), nil
}

func (e *engine) Launch(ctx context.Context, plan labs.Plan, emit labs.Emit) (*labs.Lab, error) {
	end := emit.Step(labs.StartHost, "workspace")
	if e.gate != nil {
		<-e.gate
	}
	end(nil)
	lab := plan.Lab
	lab.Whole = true
	for _, host := range plan.Hosts {
		lab.Hosts = append(lab.Hosts, labs.Host{Name: host.Name, ID: host.Name, Image: host.Family, State: labs.HostRunning})
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.labs = append(e.labs, &lab)
	return &lab, nil
}

func (e *engine) Remove(_ context.Context, lab *labs.Lab) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.labs = slices.DeleteFunc(e.labs, func(l *labs.Lab) bool { return l.ID == lab.ID && l.Owner == lab.Owner })
	return nil
}

func (e *engine) Extend(_ context.Context, lab *labs.Lab, until time.Time) error {
	lab.Expires = until
	return nil
}

func (e *engine) Execute(_ context.Context, _ labs.Host, command labs.Command) (labs.Process, error) {
	if e.execute == nil {
		return nil, errors.New("it executes nothing")
	}
	return e.execute(command)
}

func (e *engine) Freeze(context.Context, labs.Host, bool) (func() error, error) {
	return func() error { return nil }, nil
}

func (e *engine) HandOver(context.Context, *labs.Lab, labs.Record) error {
	return errors.New("it hands nothing over")
}

func (e *engine) Written(context.Context, labs.Host) (int64, error) { return 0, nil }

func (e *engine) Find(_ context.Context, key string, _ []string) (*labs.Snapshot, error) {
	if strings.HasPrefix(key, "saved-") {
		e.mu.Lock()
		defer e.mu.Unlock()
		if one, ok := e.saved[key]; ok {
			return &one, nil
		}
		return nil, labs.ErrNotFound
	}
	return &labs.Snapshot{Key: key, Images: map[string]string{labs.Workspace: "snapshot"}}, nil
}

func (e *engine) Record(context.Context, *labs.Lab) (labs.Record, error) {
	return labs.Record{Facts: map[string]any{}}, nil
}

func (e *engine) Keep(_ context.Context, _ *labs.Lab, state labs.Snapshot, _ labs.Record) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.saved == nil {
		e.saved = map[string]labs.Snapshot{}
	}
	state.Made, state.Images = noon, map[string]string{labs.Workspace: "saved"}
	e.saved[state.Key] = state
	return nil
}

func (e *engine) List(context.Context) ([]labs.Snapshot, error) { return nil, nil }

func (e *engine) LastUsed(context.Context, labs.Snapshot) (time.Time, error) { return noon, nil }

func (e *engine) Drop(_ context.Context, s labs.Snapshot) (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.saved, s.Key)
	return true, nil
}

// shelf is an image store with every image.
type shelf struct{ images.Store } // methods not overridden below must not be called

func (shelf) Find(context.Context, string) (*images.Info, error) {
	return &images.Info{ID: "sha256:1"}, nil
}

func (shelf) List(context.Context, string) ([]images.Info, error) { return nil, nil }

// look observes what the test sets, or fails with it.
type look struct{ state func() any }

func (l *look) Variable() string    { return "state" }
func (l *look) SetShorthand(string) {}

func (l *look) Observe(context.Context, kit.Site) (any, error) {
	state := l.state()
	if err, fails := state.(error); fails {
		return nil, err
	}
	return state, nil
}

// hostile is a text that would be a script if it were not escaped.
const hostile = `<img src=x onerror="alert(1)"><script>alert(2)</script>`

const written = `
title: "Title TEXT"
question: "What would you do? TEXT"
topic: tests
level: 1
minutes: 5
hosts:
  workspace: {image: fake}
checks:
  - id: first
    title: "The state is good TEXT"
    points: 60
    look: at it
    expect: state == "good"
    otherwise: "The state is ${state}."
  - id: then
    title: It is still good
    points: 40
    needs: [first]
    look: at it
    expect: state == "good"
    otherwise: No.
hints:
  - {costs: 5, text: "The first hint TEXT"}
proofs:
  - {name: solution, script: solution.sh}
`

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// site is a server with a fake engine.
type site struct {
	*testing.T
	*httptest.Server
	engine  *engine
	entries chan string // addresses that let a browser in
	mu      sync.Mutex
	state   any // what checks observe
	server  *Server
	stop    func() // ends the server's context
}

func (s *site) observe() any { s.mu.Lock(); defer s.mu.Unlock(); return s.state }

func (s *site) set(state any) { s.mu.Lock(); defer s.mu.Unlock(); s.state = state }

func newSite(t *testing.T, limits ...admission.Limits) *site { return newSiteWith(t, nil, limits...) }

// newSiteWith returns a site with more folders of scenarios.
func newSiteWith(t *testing.T, more []scenario.Root, limits ...admission.Limits) *site {
	return newSiteAt(t, &engine{}, "", more, limits...)
}

// newSiteAt returns a site with an engine and a store that it may share with others.
func newSiteAt(t *testing.T, e *engine, store string, more []scenario.Root, limits ...admission.Limits) *site {
	s := &site{T: t, engine: e, entries: make(chan string, 100), state: "bad"}
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"scenario.yaml": strings.ReplaceAll(written, "TEXT", strings.ReplaceAll(hostile, `"`, `\"`)), "solution.sh": "true\n", "debrief.md": "Key points:\n\n- Look at the thing.\n- Never guess.\n",
		"task.md": "Do the thing. " + hostile + "\n\n[a link](javascript:alert(3))\n\n`code` and **bold**\n",
	} {
		files["first/"+name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	at := desk.New(desk.Config{
		Families: []kit.Family{{
			Name: "tests", Images: []kit.Image{{Name: "fake", Builds: []kit.Build{{Files: fstest.MapFS{}}}}},
			Probes: []kit.Probe{{Name: "look", New: func() kit.Look { return &look{s.observe} }}},
		}},
		Scenarios: append([]scenario.Root{{Files: files}}, more...), Clock: s.engine.Now, Version: "test",
		Settings: desk.Settings{Home: t.TempDir(), Store: store, Life: 8 * time.Hour, Cache: 1 << 30, Limits: append(limits, admission.Limits{})[0]},
		Open: func(context.Context) (*desk.Backend, error) {
			return &desk.Backend{
				Engine: s.engine, Snapshots: s.engine, Images: shelf{}, Close: func() error { return nil },
				Info: func(context.Context) (labs.EngineInfo, error) { return labs.EngineInfo{Name: "Fake"}, nil },
			}, nil
		},
	})
	t.Cleanup(at.Close)
	s.Server = httptest.NewUnstartedServer(nil)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	s.server = newServer(ctx, s.Listener.Addr().String(), Config{
		Desk: at, Exams: examdesk.NewServed(at), Clock: s.engine.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), NewEntry: func(a string) { s.entries <- a },
		Answer: func(labs.Learner, *visit.Visit) seat.Answer { return nil },
		AnswerExam: func(labs.Learner, *examdesk.Session) (seat.Answer, func() bool) {
			return nil, func() bool { return false }
		},
	})
	s.server.joinOthers(ctx)
	s.stop = cancel
	s.Config.Handler = s.server.Handler()
	s.Start()
	t.Cleanup(func() { cancel(); s.Close(); s.server.working.Wait() })
	return s
}

// browser is a browser that keeps cookies and follows redirects.
type browser struct {
	*site
	http.Client
}

// browser returns a browser that is let in as a learner.
func (s *site) browser(name string) *browser { return s.browserOf(labs.Learner{Name: name}) }

func (s *site) browserOf(who labs.Learner) *browser {
	s.Helper()
	b, name := s.stranger(), who.Name
	if status, _ := b.get(strings.TrimPrefix(s.server.entry(who), "http://"+s.server.address)); status != http.StatusOK {
		s.Fatalf("%s is not let in: %d", name, status)
	}
	return b
}

func (s *site) stranger() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatal(err)
	}
	return &browser{s, http.Client{Jar: jar}}
}

// send sends a request, with headers as name, value, and returns the answer with its body.
func (b *browser) send(method, path, body string, headers ...string) (*http.Response, string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, "http://"+b.server.address+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	answer, err := b.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	return answer, string(text)
}

func (b *browser) get(path string) (status int, body string) {
	b.Helper()
	answer, body := b.send(http.MethodGet, path, "")
	return answer.StatusCode, body
}

// page gets a page and demands texts in it; "!" before one forbids it.
func (b *browser) page(path string, texts ...string) string {
	b.Helper()
	status, body := b.get(path)
	if status != http.StatusOK {
		b.Errorf("%s answers %d: %s", path, status, body)
	}
	b.says(path, body, texts...)
	return body
}

func (s *site) says(what, body string, texts ...string) {
	s.Helper()
	for _, text := range texts {
		if forbidden, is := strings.CutPrefix(text, "!"); is {
			if strings.Contains(body, forbidden) {
				s.Errorf("%s says %q: %s", what, forbidden, body)
			}
		} else if !strings.Contains(body, text) {
			s.Errorf("%s does not say %q: %s", what, text, body)
		}
	}
}

// post submits a form as a page does, or with a script.
func (b *browser) post(path string, script bool, fields ...string) (*http.Response, string) {
	b.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	headers := []string{"Sec-Fetch-Site", "same-origin"}
	if script {
		headers = append(headers, scriptHeader, "1")
	}
	return b.send(http.MethodPost, path, form.Encode(), headers...)
}

// settles waits until nothing is being done at a lab.
func (s *site) settles(owner, lab string) {
	s.Helper()
	bench := s.server.benches.of(labs.Learner{Name: owner}, lab)
	for range 1000 {
		if !bench.Now().Running {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.Fatalf("%s is still being worked on", lab)
}

func escaped(text string) string { return html.EscapeString(text) }

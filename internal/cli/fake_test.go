package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/internal/images"
	"endstate/internal/scenario"
	"endstate/labs"
	"endstate/labs/kit"
)

// engine is a labs.Engine that has every snapshot. Its hosts are names. They can only
// execute a shell.
type engine struct {
	labs.Engine // methods not overridden below must not be called

	mu          sync.Mutex
	labs        []*labs.Lab
	stuck       string // the lab that can't be removed
	listing     func(context.Context) error
	now         func() time.Time
	struck      func(moment string) // called at every moment at which a command may be struck; may be nil
	launched    int
	extended    int   // lives
	lost        bool  // the records of all labs are
	written     int64 // by each host
	stopped     int
	typist      typist            // in its shells
	environment map[string]string // of the last shell
	saved       map[string]labs.Snapshot
	image       string // that the last lab was launched from
	home        string // the folder that is the home of its hosts
	down        bool   // its hosts execute nothing
	refuses     string // the image that no lab can be launched from
}

func (e *engine) Now() time.Time { return e.now() }

func (e *engine) Labs(ctx context.Context, which labs.Which) ([]*labs.Lab, error) {
	if e.listing != nil {
		if err := e.listing(ctx); err != nil {
			return nil, err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(e.labs), func(l *labs.Lab) bool {
		return which.ID != "" && l.ID != which.ID || which.Owner != "" && l.Owner != which.Owner || which.Scenario != "" && l.Scenario != which.Scenario
	}), nil
}

func (e *engine) Remove(_ context.Context, lab *labs.Lab) error {
	e.moment("remove")
	defer e.moment("removed")
	if lab.ID == e.stuck {
		return errors.New("device or resource busy")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.labs = slices.DeleteFunc(e.labs, func(l *labs.Lab) bool { return l.ID == lab.ID && l.Owner == lab.Owner })
	return nil
}

func (e *engine) Launch(_ context.Context, plan labs.Plan, _ labs.Emit) (*labs.Lab, error) {
	if e.refuses != "" && plan.Hosts[0].Image == e.refuses {
		return nil, errors.New("it does not start")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	lab := plan.Lab
	lab.Whole = true
	for _, host := range plan.Hosts {
		lab.Hosts = append(lab.Hosts, labs.Host{Name: host.Name, ID: host.Name, Image: host.Family, State: labs.HostRunning})
	}
	e.labs = append(e.labs, &lab)
	e.launched++
	e.image = plan.Hosts[0].Image
	e.moment("launched")
	return &lab, nil
}

func (e *engine) Extend(_ context.Context, lab *labs.Lab, until time.Time) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range e.labs {
		if l.ID == lab.ID && l.Owner == lab.Owner && until.After(l.Expires) {
			l.Expires = until
			e.extended++
		}
	}
	return nil
}

func (e *engine) moment(name string) {
	if e.struck != nil {
		e.struck(name)
	}
}

func (e *engine) Written(context.Context, labs.Host) (int64, error) { return e.written, nil }

func (e *engine) Restart(context.Context, *labs.Lab) error { return errors.New("it does not restart") }

func (e *engine) Stop(context.Context, labs.Host) error { e.stopped++; return nil }

// Freeze records that a host is frozen.
func (e *engine) Freeze(_ context.Context, host labs.Host, _ bool) (func() error, error) {
	e.mark(host, labs.HostFrozen)
	return func() error { e.mark(host, labs.HostRunning); return nil }, nil
}

func (e *engine) mark(host labs.Host, state labs.HostState) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for n, lab := range e.labs {
		changed := *lab // others may be reading it
		changed.Hosts = slices.Clone(lab.Hosts)
		for i := range changed.Hosts {
			if changed.Hosts[i].ID == host.ID {
				changed.Hosts[i].State = state
			}
		}
		e.labs[n] = &changed
	}
}

func (e *engine) Memory(context.Context, *labs.Lab) (int64, error) { return 190 << 20, nil }

// Find finds every snapshot of a variant, and the states that were saved.
func (e *engine) Find(_ context.Context, key string, _ []string) (*labs.Snapshot, error) {
	if strings.HasPrefix(key, "saved-") {
		if saved, ok := e.saved[key]; ok {
			return &saved, nil
		}
		return nil, labs.ErrNotFound
	}
	return &labs.Snapshot{Key: key, Images: map[string]string{labs.Workspace: "snapshot"}}, nil
}

func (e *engine) Record(context.Context, *labs.Lab) (labs.Record, error) {
	if e.lost {
		return labs.Record{}, labs.ErrNotFound
	}
	return labs.Record{Facts: map[string]any{}}, nil
}

// Keep saves a lab, all of whose hosts must be frozen.
func (e *engine) Keep(_ context.Context, lab *labs.Lab, snapshot labs.Snapshot, _ labs.Record) error {
	e.moment("keep")
	frozen := func(l *labs.Lab) bool {
		return l.ID == lab.ID && !slices.ContainsFunc(l.Hosts, func(h labs.Host) bool { return h.State != labs.HostFrozen })
	}
	e.mu.Lock()
	found := slices.ContainsFunc(e.labs, frozen)
	e.mu.Unlock()
	if !found {
		return errors.New("a host goes on while the lab is saved")
	}
	snapshot.Images, snapshot.Made = map[string]string{labs.Workspace: fmt.Sprintf("saved %d", len(e.saved))}, e.now()
	if e.saved == nil {
		e.saved = map[string]labs.Snapshot{}
	}
	e.saved[snapshot.Key] = snapshot
	e.moment("kept")
	return nil
}

func (e *engine) Drop(_ context.Context, snapshot labs.Snapshot) (bool, error) {
	delete(e.saved, snapshot.Key)
	return true, nil
}

func (e *engine) LastUsed(_ context.Context, snapshot labs.Snapshot) (time.Time, error) {
	return snapshot.Made, nil
}

func (e *engine) List(context.Context) ([]labs.Snapshot, error) {
	return slices.AppendSeq([]labs.Snapshot{}, maps.Values(e.saved)), nil
}

// shelf is an image store with every image.
type shelf struct {
	images.Store // methods not overridden below must not be called
}

func (shelf) Find(context.Context, string) (*images.Info, error) {
	return &images.Info{ID: "sha256:1"}, nil
}

func (shelf) Load(_ context.Context, from io.Reader) error {
	_, err := io.Copy(io.Discard, from)
	return err
}

func (shelf) Prune(context.Context, string) (int64, error) { return 0, nil }

func (shelf) Remove(context.Context, string) error { return nil }

func (shelf) Save(context.Context, []string, io.Writer) error { return nil }

func (shelf) List(context.Context, string) ([]images.Info, error) { return nil, nil }

// look observes what the test sets.
type look struct {
	State func() (any, error)
	asks  string
}

func (l *look) Variable() string                               { return "state" }
func (l *look) SetShorthand(string)                            {}
func (l *look) AnswerName() string                             { return l.asks }
func (l *look) AnswerUsage() string                            { return "answer " + l.asks + " VALUE" }
func (l *look) Observe(context.Context, kit.Site) (any, error) { return l.State() }

const written = `
title: TITLE
question: What would you do?
topic: tests
level: 1
minutes: 5
hosts:
  workspace: {image: fake}
checks:
  - id: good
    title: The state is good
    points: 100
    look: at it
    expect: state == "good"
    otherwise: The state is ${state}.
hints:
  - {costs: 5, text: The first hint.}
  - {costs: 7, text: The second hint.}
proofs:
  - {name: solution, script: solution.sh}
`

// console is a command line with a fake engine.
type console struct {
	testing.TB
	engine *engine
	env    map[string]string
	in     string
	mu     sync.Mutex // guards now while a command runs
	now    time.Time
	ahead  time.Duration     // how far the command's clock is ahead of the engine's
	state  any               // what checks observe
	failed error             // or why they can't
	asks   string            // the question whose answer they look at
	topics map[string]string // the existing scenarios; by default one of two
	adds   string            // more of every scenario
	lacks  string            // what the author has removed from every scenario since
	task   string            // more of every task
	keys   []string          // pressed at the ends of pages
	// minutes are the pars of scenarios; by default 5.
	minutes map[string]int
}

func newConsole(t testing.TB) *console {
	d := &console{
		TB: t, engine: &engine{}, now: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), state: "good",
		env: map[string]string{"ENDSTATE_HOME": t.TempDir(), "ENDSTATE_OWNER": "ada"},
	}
	d.engine.now = func() time.Time { return d.clock().Add(-d.ahead) }
	return d
}

func (d *console) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

// after advances the clock.
func (d *console) after(passed time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(passed)
}

func (d *console) families() []kit.Family {
	return []kit.Family{{
		Name:   "tests",
		Images: []kit.Image{{Name: "fake", Builds: []kit.Build{{Files: fstest.MapFS{}}}}},
		Probes: []kit.Probe{{Name: "look", New: func() kit.Look {
			return &look{State: func() (any, error) { return d.state, d.failed }, asks: d.asks}
		}}},
	}}
}

func (d *console) scenarios() fstest.MapFS {
	files := fstest.MapFS{}
	topics := d.topics
	if topics == nil {
		topics = map[string]string{"first": "tests", "second": "tests"}
	}
	for name, topic := range topics {
		for file, text := range map[string]string{
			"scenario.yaml": strings.NewReplacer("TITLE", "The "+name, "topic: tests", "topic: "+topic, "minutes: 5", fmt.Sprintf("minutes: %d", cmp.Or(d.minutes[name], 5))).Replace(d.written()), "task.md": "Do the " + name + " thing.\n" + d.task,
			"debrief.md": "I would do the thing.\n\nKey points:\n\n- Look at the state before you change it.\n- Never guess.\n", "solution.sh": "do-the-thing\n",
		} {
			files[name+"/"+file] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
		}
	}
	return files
}

// program returns the command line in its current state.
func (d *console) program(out, err *bytes.Buffer) Program {
	return Program{
		In: strings.NewReader(d.in), Out: out, Err: err, Env: func(name string) string { return d.env[name] },
		Clock: d.clock, Version: "test", Families: d.families(), Scenarios: d.scenarios(),
		Open: func(context.Context) (*desk.Backend, error) {
			return &desk.Backend{
				Engine: d.engine, Snapshots: d.engine, Images: shelf{}, Close: func() error { return nil },
				Info: func(context.Context) (labs.EngineInfo, error) {
					return labs.EngineInfo{Name: "Fake", Version: "27"}, nil
				},
			}, nil
		},
	}
}

// run runs a command line and returns its exit status and output.
func (d *console) run(args ...string) (status int, out, err string) {
	var outBuffer, errBuffer bytes.Buffer
	status = d.program(&outBuffer, &errBuffer).Run(d.Context(), args)
	return status, outBuffer.String(), errBuffer.String()
}

// strike runs a command line that is interrupted or killed at one of the engine's moments.
func (d *console) strike(how, at, line string) {
	d.Helper()
	ctx, cancel := context.WithCancel(d.Context())
	defer cancel()
	ended := make(chan struct{})
	d.engine.struck = func(moment string) {
		switch {
		case moment != at:
		case how == "interrupted":
			cancel()
		default: // nothing after this is done
			close(ended)
			runtime.Goexit()
		}
	}
	go func() {
		var out, err bytes.Buffer
		d.program(&out, &err).Run(ctx, strings.Fields(line))
		close(ended)
	}()
	<-ended
}

// remembered returns the stored attempts.
func (d *console) remembered() []*attempts.Attempt {
	d.Helper()
	store, err := attempts.Open(d.Context(), attempts.Path(d.env["ENDSTATE_HOME"]))
	if err != nil {
		d.Fatal(err)
	}
	defer store.Close()
	everyone, err := store.Everyone(labs.Learner{Role: labs.RoleExaminer})
	if err != nil {
		d.Fatal(err)
	}
	all, err := everyone.List(d.Context(), "")
	if err != nil {
		d.Fatal(err)
	}
	return all
}

// wants runs a command line and demands its exit status, and texts on either output stream.
func (d *console) wants(status int, line string, texts ...string) (out string) {
	d.Helper()
	got, out, err := d.run(strings.Fields(line)...)
	if got != status {
		d.Errorf("%s ended with %d, want %d: %s%s", line, got, status, out, err)
	}
	for _, text := range texts {
		if !strings.Contains(out+err, text) {
			d.Errorf("%s does not say %q: %s%s", line, text, out, err)
		}
	}
	return out
}

// lab adds a running lab.
func (d *console) lab(owner, name string) *labs.Lab {
	d.Helper()
	v, err := scenario.New(d.families()[0].Probes, nil, scenario.Root{Files: d.scenarios()}).Variant(name, 7)
	if err != nil {
		d.Fatal(err)
	}
	lab := &labs.Lab{
		ID: labs.LabID(owner, name), Role: labs.RoleLab, Scenario: name, Key: v.Key, Seed: 7, Owner: owner, Whole: true,
		Started: d.now, Expires: d.now.Add(time.Hour),
		Hosts: []labs.Host{{Name: labs.Workspace, Image: "fake", State: labs.HostRunning}},
	}
	d.engine.labs = append(d.engine.labs, lab)
	return lab
}

// written is a scenario as its author has it now.
func (d *console) written() string {
	text := written + d.adds
	if d.lacks == "" {
		return text
	}
	return strings.ReplaceAll(text, d.lacks, "")
}

package cli

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"endstate/internal/images"
	"endstate/internal/scenario"
	"endstate/labs"
)

// engine is a labs.Engine and a store of images of which every image and snapshot
// is there. Its hosts are names, and nothing can be executed in them.
type engine struct {
	labs.Engine  // what is not below is not to be called
	images.Store // likewise

	mu       sync.Mutex
	labs     []*labs.Lab
	stuck    string // the lab that can't be removed
	listing  func(context.Context) error
	launched int
}

func (e *engine) Labs(ctx context.Context) ([]*labs.Lab, error) {
	if e.listing != nil {
		if err := e.listing(ctx); err != nil {
			return nil, err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.labs), nil
}

func (e *engine) Remove(_ context.Context, id string) error {
	if id == e.stuck {
		return errors.New("device or resource busy")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.labs = slices.DeleteFunc(e.labs, func(l *labs.Lab) bool { return l.ID == id })
	return nil
}

func (e *engine) Launch(_ context.Context, plan labs.Plan, _ labs.Emit) (*labs.Lab, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	lab := plan.Lab
	lab.Whole = true
	for _, host := range plan.Hosts {
		lab.Hosts = append(lab.Hosts, labs.Host{Name: host.Name, ID: host.Name, Image: host.Family, Running: true})
	}
	e.labs = append(e.labs, &lab)
	e.launched++
	return &lab, nil
}

func (e *engine) Memory(context.Context, *labs.Lab) (int64, error) { return 190 << 20, nil }

func (e *engine) Snapshot(_ context.Context, key string, _ []string) (*labs.Snapshot, error) {
	return &labs.Snapshot{Key: key, Record: `{"facts":{}}`, Images: map[string]string{labs.Workspace: "snapshot"}}, nil
}

func (e *engine) Snapshots(context.Context) ([]labs.Snapshot, error) { return []labs.Snapshot{}, nil }

func (e *engine) Find(context.Context, string) (*images.Info, error) {
	return &images.Info{ID: "sha256:1"}, nil
}

func (e *engine) List(context.Context, string) ([]images.Info, error) { return nil, nil }

// look observes what the test says.
type look struct{ State func() (any, error) }

func (l *look) Variable() string                                 { return "state" }
func (l *look) SetShorthand(string)                              {}
func (l *look) Observe(context.Context, *labs.Site) (any, error) { return l.State() }

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

// desk is a command line with an engine that is not one.
type desk struct {
	testing.TB
	engine *engine
	env    map[string]string
	in     string
	now    time.Time
	state  any               // what checks observe
	failed error             // or why they can't
	topics map[string]string // of the scenarios there are; by default one of two
	lacks  string            // what the author took out of every scenario since
}

func newDesk(t testing.TB) *desk {
	return &desk{
		TB: t, engine: &engine{}, now: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), state: "good",
		env: map[string]string{"ENDSTATE_HOME": t.TempDir(), "ENDSTATE_OWNER": "ada"},
	}
}

func (d *desk) families() []labs.Family {
	return []labs.Family{{
		Name:   "tests",
		Images: []labs.Image{{Name: "fake", Builds: []labs.Build{{Files: fstest.MapFS{}, Dockerfile: "Dockerfile"}}}},
		Probes: []labs.Probe{{Name: "look", New: func() labs.Look {
			return &look{State: func() (any, error) { return d.state, d.failed }}
		}}},
	}}
}

func (d *desk) scenarios() fstest.MapFS {
	files := fstest.MapFS{}
	topics := d.topics
	if topics == nil {
		topics = map[string]string{"first": "tests", "second": "tests"}
	}
	for name, topic := range topics {
		for file, text := range map[string]string{
			"scenario.yaml": strings.NewReplacer("TITLE", "The "+name, "topic: tests", "topic: "+topic).Replace(d.written()), "task.md": "Do the " + name + " thing.\n",
			"debrief.md": "I would do the thing.\n\nKey points:\n\n- Look at the state before you change it.\n- Never guess.\n", "solution.sh": "do-the-thing\n",
		} {
			files[name+"/"+file] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
		}
	}
	return files
}

// program is the command line as it would be run now.
func (d *desk) program(out, err *bytes.Buffer) Program {
	return Program{
		In: strings.NewReader(d.in), Out: out, Err: err, Env: func(name string) string { return d.env[name] },
		Clock: func() time.Time { return d.now }, Version: "test", Families: d.families(), Scenarios: d.scenarios(),
		Open: func(context.Context, netip.Prefix) (*Backend, error) {
			return &Backend{
				Engine: d.engine, Images: d.engine, Close: func() error { return nil },
				Info: func(context.Context) (labs.EngineInfo, error) {
					return labs.EngineInfo{Version: "27", Limits: true}, nil
				},
			}, nil
		},
	}
}

// run runs a command line and returns its exit status and what it wrote.
func (d *desk) run(args ...string) (status int, out, err string) {
	var outBuffer, errBuffer bytes.Buffer
	status = d.program(&outBuffer, &errBuffer).Run(d.Context(), args)
	return status, outBuffer.String(), errBuffer.String()
}

// wants runs a command line and demands its exit status, and texts in what it wrote
// on either stream.
func (d *desk) wants(status int, line string, texts ...string) (out string) {
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

// lab adds a lab that runs.
func (d *desk) lab(owner, name string) *labs.Lab {
	d.Helper()
	v, err := scenario.New(d.families()[0].Probes, nil, scenario.Root{Files: d.scenarios()}).Variant(name, 7)
	if err != nil {
		d.Fatal(err)
	}
	lab := &labs.Lab{
		ID: labs.LabID(owner, name), Role: labs.RoleLab, Scenario: name, Key: v.Key, Seed: 7, Owner: owner, Whole: true,
		Started: d.now, Expires: d.now.Add(time.Hour), Record: `{"facts":{}}`,
		Hosts: []labs.Host{{Name: labs.Workspace, Image: "fake", Begun: true, Running: true}},
	}
	d.engine.labs = append(d.engine.labs, lab)
	return lab
}

// written is a scenario as its author has it now.
func (d *desk) written() string {
	if d.lacks == "" {
		return written
	}
	return strings.ReplaceAll(written, d.lacks, "")
}

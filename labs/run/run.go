// Package run provides a probe that tests behaviour: it runs a command over a copy of the
// learner's files, in a fresh host without a network.
package run

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// Checkout returns the files of a revision of the repository in a host's folder, or none if
// there is no such revision.
type Checkout func(ctx context.Context, site kit.Site, host labs.Host, path, revision string) ([]kit.Entry, error)

// Definitions returns what creates a database of a host's server without its rows, for
// judge/rebuilt.py.
type Definitions func(ctx context.Context, site kit.Site, host labs.Host, database string) ([]byte, error)

//go:embed image all:skeleton
var images embed.FS

// Family returns the family of programs: the run probe, and a workspace for writing and testing
// services in Python. It uses checkout to read repositories, and definitions to copy databases.
func Family(checkout Checkout, definitions Definitions) kit.Family {
	return kit.Family{
		Name: "run",
		Images: []kit.Image{{
			Name:    "python",
			Builds:  []kit.Build{{From: []string{"git"}, Files: kit.Folder(images, "image")}},
			Notable: []string{"python3", "python3-django", "python3-djangorestframework", "python3-flask", "gunicorn", "python3-pytest", "python3-behave"},
			State:   []string{labs.LearnerHome},
		}},
		Skeleton: kit.Folder(images, "skeleton"),
		Probes:   []kit.Probe{{Name: "run", New: func() kit.Look { return &Look{checkout: checkout, definitions: definitions} }}},
	}
}

// Look runs a command or a judge over a copy of the learner's files, in a fresh host without
// a network, to test behaviour. With a command, it observes:
//
//	status    its exit status
//	stdout    its output, at most 64 KiB; stderr likewise
//	overran   whether it was stopped because it did not end
//	why       how it was detected that it does not end, or ""
//
// A judge observes `found`, which is its report. Use a judge for all code that the learner
// wrote. The learner's code can't reach the judge's folder or memory: it runs as another
// user, answers one question at a time, and is ended after each. With a command, in contrast,
// the code can read everything that was added, and can write anything to the output.
type Look struct {
	// The image of the fresh host.
	Image string `yaml:"image"`
	// The host that the files are copied from; the workspace by default.
	Host string `yaml:"host,omitempty"`
	// The folder to copy, without `.git`. It may be left out if there are `databases`.
	Copy string `yaml:"copy,omitempty"`
	// Revisions of the repository in that folder, such as `main` or `v1.0`. Each is copied into
	// a folder of that name, instead of the folder's own files. A revision that does not exist
	// has no folder.
	Revisions []string `yaml:"revisions,omitempty"`
	// A Python program of the scenario, such as `hidden/judge.py`, in place of `command` and
	// `add`. It calls the copied code, and reports what it found.
	Judge string `yaml:"judge,omitempty"`
	// The image of a server that runs beside the judge, such as `mysql`: a new one for each check,
	// which only the judge and the learner's code can reach. It is at 127.0.0.1, and has the name of
	// the lab's host that runs this image, such as `db`.
	Server string `yaml:"server,omitempty"`
	// With `server`: databases of the lab's server that the judge can create on the server beside it,
	// with their tables, views, triggers and routines, but without rows.
	Databases []string `yaml:"databases,omitempty"`
	// With `command`: a folder of the scenario whose files are added to the copy. The copied
	// code can read them.
	Add string `yaml:"add,omitempty"`
	// A command for bash, run in the folder of the files.
	Command string `yaml:"command,omitempty"`
	// How many seconds of a processor the code may take; 3 by default. Waiting for a
	// processor costs nothing; any other wait may take 3 seconds in all.
	Seconds float64 `yaml:"seconds,omitempty" jsonschema:"maximum=10"`

	checkout    Checkout
	definitions Definitions
}

const (
	defaultSeconds = 3
	maxSeconds     = 10
	memory         = 512 << 20 // bytes
)

// Variable returns the name of the observation in expectations.
func (l *Look) Variable() string { return "run" }

// ImageNames returns the images of the fresh host and of the server beside it.
func (l *Look) ImageNames() []string {
	return slices.DeleteFunc([]string{l.Image, l.Server}, func(name string) bool { return name == "" })
}

// Validate returns an error if the fields make no sense.
func (l *Look) Validate() error {
	switch {
	case l.Image == "" || (l.Command == "") == (l.Judge == ""):
		return errors.New("image is needed, and either a command or a judge")
	case l.Judge != "" && (l.Add != "" || path.Dir(l.Judge) == "." || !fs.ValidPath(l.Judge)):
		return errors.New("a judge is a file in a folder of the scenario, and can't be combined with add")
	case l.Server != "" && l.Judge == "":
		return errors.New("a server needs a judge")
	case len(l.Databases) > 0 && l.Server == "":
		return errors.New("databases need a server")
	case !path.IsAbs(l.Copy) && (l.Copy != "" || len(l.Databases) == 0):
		return errors.New("copy must be an absolute path")
	case l.Seconds < 0 || l.Seconds > maxSeconds:
		return fmt.Errorf("seconds must be at most %d", maxSeconds)
	}
	for _, revision := range l.Revisions {
		if !fs.ValidPath(revision) {
			return fmt.Errorf("a revision must be a valid folder name, and %q is not", revision)
		}
	}
	return nil
}

// Observe runs the command once per round, for all checks that ask the same.
func (l *Look) Observe(ctx context.Context, site kit.Site) (any, error) {
	return kit.Once(site, l.key(), func() (any, error) { return l.observe(ctx, site) })
}

func (l *Look) observe(ctx context.Context, site kit.Site) (any, error) {
	host, err := kit.HostOf(site, l.Host)
	if err != nil {
		return nil, err
	}
	fresh, err := l.fresh(site)
	if err != nil {
		return nil, err
	}
	fresh.Files = func() ([]kit.Entry, error) {
		files, err := l.files(ctx, site, host)
		if err != nil {
			return nil, err
		}
		if files, err = l.overlay(files, site.Given()); err != nil {
			return nil, err
		}
		return l.withDatabases(ctx, site, files)
	}
	result, err := site.Fresh(ctx, fresh)
	if err != nil {
		return nil, err
	}
	if l.Judge != "" {
		return l.found(result)
	}
	return map[string]any{
		"status": result.Status, "stdout": result.Stdout, "stderr": result.Stderr,
		"overran": result.Overran != "", "why": why(result.Overran, l.seconds()),
	}, nil
}

func (l *Look) seconds() float64 { return cmp.Or(l.Seconds, defaultSeconds) }

// fresh returns the run, without its files.
func (l *Look) fresh(site kit.Site) (kit.FreshRun, error) {
	run := kit.FreshRun{Image: l.Image, Command: l.Command, Memory: memory, Time: time.Duration(l.seconds() * float64(time.Second))}
	if len(l.Revisions) > 0 {
		run.Lends = l.Copy // Git there may be needed to read these files
	}
	if l.Judge == "" {
		return run, nil
	}
	if run.Server = l.Server; run.Server != "" {
		for _, host := range site.Lab().Hosts {
			if host.Image == l.Server {
				run.ServerNames = append(run.ServerNames, host.Name)
			}
		}
	}
	var err error
	run.Apart, err = l.apart(site)
	run.Command = fmt.Sprintf("exec python3 -I -B host.py %s %v", path.Base(l.Judge), run.Time.Seconds())
	return run, err
}

// Prepare starts the fresh host, once per round like Observe.
func (l *Look) Prepare(ctx context.Context, site kit.Site) error {
	_, err := kit.Once(site, "prepare "+l.key(), func() (any, error) {
		run, err := l.fresh(site)
		if err != nil {
			return nil, err
		}
		return nil, site.Reserve(ctx, run)
	})
	return err
}

// key identifies looks that ask the same.
func (l *Look) key() string {
	asked := *l
	asked.checkout, asked.definitions = nil, nil
	return fmt.Sprintf("run %+v", asked)
}

// why says how it was detected that a command does not end.
func why(overran kit.Overrun, seconds float64) string {
	switch overran {
	case kit.UsedUp:
		return fmt.Sprintf("It does not end: it used %v seconds of processor time.", seconds)
	case kit.Waited:
		return "It does not end: it waits for something that does not come."
	}
	return ""
}

package labs

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	_ "embed" // watch.pl
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// FreshRun is a command to be run in a host that is made for it: without a network,
// read-only but for a copy of files, and gone afterwards.
type FreshRun struct {
	Image   string                  // the family's name
	Files   func() ([]Entry, error) // asked for while the host is being made
	Dir     string                  // the folder that they are put into, [freshDir] if it is not said
	Links   bool                    // links that lead out of it are kept too
	Command string                  // for bash, in the folder of the files
	// Time is the longest that the command may use a processor, all its processes together.
	// To wait for a processor costs nothing; for anything else it may wait for a few seconds.
	Time   time.Duration
	Memory int64 // bytes
	Output int64 // the most that is read of what it writes, in bytes; 0: 64 KiB
	// Read takes what the command writes, in place of Stdout. It may be nil.
	Read func(io.Reader) error
	// Apart are files that only root can read, in [ApartDir]. With them the command is
	// root's, and not watched: it keeps the learner's code apart from them, and to its time,
	// itself. Nothing that the learner wrote may come to be what it runs.
	Apart []Entry
}

// FreshResult is what came of a command in a fresh host.
type FreshResult struct {
	Status  int
	Stdout  string // its beginning, at most [FreshRun.Output], as of Stderr
	Stderr  string
	Overran Overrun
}

// Overrun tells why a command was ended.
type Overrun string

// Why a command was ended: it used up its time of a processor, or it waited for
// something that did not come. Empty: it ended by itself.
const (
	UsedUp Overrun = "processor"
	Waited Overrun = "waits"
)

// ApartDir is where files lie that only root can read.
const ApartDir = "/judge"

const (
	// freshName is the name of every fresh host.
	freshName   = "scratch"
	freshDir    = "/work"
	freshLife   = 2 * time.Minute
	freshOutput = 64 << 10
	// freshWaits is how long a command may wait for anything but a processor.
	freshWaits = 3 * time.Second
)

// watch runs a command as the learner, and ends it when it has had its time.
//
//go:embed watch.pl
var watch string

// overruns are the exit statuses of watch for a command that it ended.
var overruns = map[int]Overrun{124: UsedUp, 125: Waited}

// apartScript unpacks both kinds of files, and runs a command that is root's.
const apartScript = `tar -x --no-same-owner -C / -f - && cd "$0" && exec bash -c "$1" </dev/null`

// Fresh runs a command in a host made for it, which is gone once it has ended.
func (s *Site) Fresh(ctx context.Context, fresh FreshRun) (result FreshResult, err error) {
	leave, err := s.place(ctx)
	if err != nil {
		return result, err
	}
	defer leave()
	packed := make(chan error, 1)
	var archive io.Reader
	go func() {
		files, err := fresh.Files()
		if err == nil {
			archive, err = fresh.archive(files)
		}
		packed <- err
	}()
	process, err := s.engine.Run(ctx, s.freshPlan(fresh.host(s.Images), freshLife))
	if packErr := <-packed; packErr != nil {
		if err == nil {
			err = process.Close()
		}
		return result, errors.Join(packErr, err)
	}
	if err != nil {
		return result, fmt.Errorf("start a fresh host: %w", err)
	}
	defer process.Close()
	stop := context.AfterFunc(ctx, func() { _ = process.Close() })
	defer stop()
	go func() {
		_, _ = io.Copy(process.Stdin(), archive)
		_ = process.Stdin().Close()
	}()
	result, err = outcome(ctx, process, fresh)
	if fresh.Apart == nil {
		result.Overran = overruns[result.Status]
	}
	return result, err
}

// host is the plan of the host. Its command begins as root, which may do nothing there
// but become another user.
func (f *FreshRun) host(images map[string]ImageRef) HostPlan {
	dir := cmp.Or(f.Dir, freshDir)
	plan := HostPlan{
		Image: images[f.Image].Ref, Family: f.Image, Memory: f.Memory, CPUs: 1, PIDs: 128, ReadOnly: true, User: "root",
		CapAdd: []string{"SETUID", "SETGID"},
		Command: []string{
			"perl", "-e", watch, fmt.Sprint(math.Ceil(f.Time.Seconds())), fmt.Sprint(freshWaits.Seconds()), Learner, dir, f.Command,
		},
		Environment: map[string]string{"HOME": dir, "PYTHONDONTWRITEBYTECODE": "1"},
		Scratch:     map[string]string{dir: "size=192m,mode=1777,exec", "/tmp": "size=64m,mode=1777"},
	}
	if f.Apart != nil {
		plan.Command = []string{"bash", "-c", apartScript, ApartDir, f.Command}
		plan.Scratch[freshDir], plan.Scratch[ApartDir] = "size=96m,mode=755,exec", "size=32m,mode=700"
	}
	return plan
}

// archive packs the files as the host unpacks them.
func (f *FreshRun) archive(files []Entry) (io.Reader, error) {
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	if f.Apart == nil {
		return &buffer, errors.Join(archiveEntries(w, "", 0o400, f.within(files)), w.Close())
	}
	err := archiveEntries(w, ApartDir[1:]+"/", 0o400, f.Apart)
	return &buffer, errors.Join(err, archiveEntries(w, freshDir[1:]+"/", 0o444, f.within(files)), w.Close())
}

// outcome has what a process wrote read, and waits for its end.
func outcome(ctx context.Context, process Process, fresh FreshRun) (result FreshResult, err error) {
	var out bytes.Buffer
	read := fresh.Read
	if read == nil {
		read = func(from io.Reader) error {
			_, err := io.Copy(&out, io.LimitReader(from, cmp.Or(fresh.Output, freshOutput)))
			return err
		}
	}
	readErr := read(process.Stdout())
	_, _ = io.Copy(io.Discard, process.Stdout())
	if cause := context.Cause(ctx); cause != nil {
		return result, cause
	}
	status, err := process.Wait(ctx)
	return FreshResult{Status: status, Stdout: out.String(), Stderr: process.Stderr()}, errors.Join(readErr, err)
}

// freshPlan is the plan of a lab of one host without a network.
func (s *Site) freshPlan(host HostPlan, life time.Duration) Plan {
	now := s.engine.Now()
	host.Name = freshName
	return Plan{
		Lab: Lab{
			ID: "scratch-" + strings.ToLower(rand.Text()[:16]), Role: RoleScratch, Scenario: s.Lab.Scenario, Seed: s.Lab.Seed,
			Owner: s.Lab.Owner, Started: now, Expires: now.Add(life),
		},
		Hosts: []HostPlan{host},
	}
}

// waited begins work in the background and returns what waits for its end.
func waited(work func() error) func() error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	return sync.OnceValue(func() error { return <-done })
}

// within leaves out links that lead out of the folder, unless they are to be kept.
func (f *FreshRun) within(files []Entry) []Entry {
	return slices.DeleteFunc(slices.Clone(files), func(e Entry) bool {
		return !f.Links && e.Link != "" && (path.IsAbs(e.Link) || strings.HasPrefix(path.Join(path.Dir(e.Path), e.Link), ".."))
	})
}

// archiveEntries packs files below a folder. Each can be read by those whom the mode says.
func archiveEntries(w *tar.Writer, below string, readable fs.FileMode, entries []Entry) error {
	for _, entry := range entries {
		if entry.Path == "." {
			continue
		}
		header := &tar.Header{
			Name: below + entry.Path, Mode: int64(entry.Mode.Perm() | readable), Size: int64(len(entry.Data)),
			ModTime: time.Unix(entry.Modified, 0), Format: tar.FormatGNU, // which has names of any bytes
		}
		switch {
		case entry.Mode.IsDir():
			header.Typeflag, header.Mode, header.Name = tar.TypeDir, 0o755, header.Name+"/"
		case entry.Link != "":
			header.Typeflag, header.Linkname = tar.TypeSymlink, entry.Link
		}
		if err := w.WriteHeader(header); err != nil {
			return err
		}
		if _, err := w.Write(entry.Data); err != nil {
			return err
		}
	}
	return nil
}

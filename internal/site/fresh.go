package site

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

	"endstate/labs"
	"endstate/labs/kit"
)

const (
	// freshName is the name of every fresh host.
	freshName   = "scratch"
	freshLife   = 2 * time.Minute
	freshOutput = 64 << 10
	// freshWaits is how long a command may be idle, waiting for neither processor nor disk.
	freshWaits = 3 * time.Second
)

// watch runs a command as the learner, and kills it when its time is up.
//
//go:embed watch.pl
var watch string

// overruns maps watch's exit statuses to why it killed the command.
var overruns = map[int]kit.Overrun{124: kit.UsedUp, 125: kit.Waited}

// apartScript unpacks the files that only root can read, after a line with their archive's size
// in bytes, and runs the command as root.
const apartScript = `read -r size && head -c "$size" | tar -x --no-same-owner -C "$0" -f - && cd "$0" && exec bash -c "$1"`

// Fresh runs a command in a new host, which is removed when the command ends.
func (s *Site) Fresh(ctx context.Context, fresh kit.FreshRun) (result kit.FreshResult, err error) {
	l := s.offer(&fresh) // before it waits for a place, as a command that may borrow waits too
	leave, err := s.place(ctx)
	if err != nil {
		l.err = err
		close(l.started)
		s.withdraw(l)
		return result, err
	}
	defer leave()
	process, archive, err := s.startFresh(ctx, l)
	if err != nil {
		return result, err
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

// startFresh starts the command of an offer, in a borrowed host or in its own, and packs its
// files meanwhile.
func (s *Site) startFresh(ctx context.Context, l *loan) (labs.Process, io.Reader, error) {
	run := l.run
	packed := make(chan error, 1)
	var archive io.Reader
	go func() {
		files, err := run.Files()
		if err == nil {
			archive, err = packFor(run, files)
		}
		packed <- err
	}()
	process := s.borrow(ctx, run)
	if process == nil {
		l.host, process, l.err = s.runFresh(ctx, run)
	}
	close(l.started)
	packErr := <-packed
	s.withdraw(l)
	switch {
	case l.err != nil:
		return nil, nil, errors.Join(packErr, fmt.Errorf("start a fresh host: %w", l.err))
	case packErr != nil:
		return nil, nil, errors.Join(packErr, process.Close())
	case l.spoiled:
		_ = process.Close()
		var err error
		if _, process, err = s.launch(ctx, run, freshLife); err != nil {
			return nil, nil, fmt.Errorf("start a fresh host again: %w", err)
		}
	}
	return process, archive, nil
}

// runFresh starts the command in a host from the reserve, or in a new one.
func (s *Site) runFresh(ctx context.Context, run *kit.FreshRun) (labs.Host, labs.Process, error) {
	if host, process := s.fromReserve(ctx, run); process != nil {
		return host, process, nil
	}
	return s.launch(ctx, run, freshLife)
}

// launch starts the command in a new host, and sends the files that only root can read.
func (s *Site) launch(ctx context.Context, run *kit.FreshRun, life time.Duration) (labs.Host, labs.Process, error) {
	apart, err := packApart(run)
	if err != nil {
		return labs.Host{}, nil, err
	}
	host, process, err := s.runPlan(ctx, s.freshPlan(life, freshHosts(run, s.subject.Images)...))
	if err != nil {
		return labs.Host{}, nil, err
	}
	if _, err := process.Stdin().Write(apart); err != nil {
		return labs.Host{}, nil, errors.Join(err, process.Close())
	}
	return host, process, nil
}

// freshHost returns the plan of the host. Its command starts as root, whose only privilege
// there is to become another user.
func freshHost(f *kit.FreshRun, images map[string]labs.ImageRef) labs.HostPlan {
	dir := cmp.Or(f.Dir, kit.FreshDir)
	plan := labs.HostPlan{
		Image: images[f.Image].Ref, Family: f.Image, Memory: f.Memory, CPUs: 1, PIDs: 128, NetworkOf: f.NetworkOf.ID, ReadOnly: true, User: "root",
		CapAdd: []string{"SETUID", "SETGID"},
		Command: []string{
			"perl", "-e", watch, fmt.Sprint(math.Ceil(f.Time.Seconds())), fmt.Sprint(freshWaits.Seconds()), labs.UserName, dir, f.Command,
		},
		Environment: map[string]string{"HOME": dir, "PYTHONDONTWRITEBYTECODE": "1"},
		Scratch: []labs.Scratch{
			{Path: dir, Size: 192 << 20, Mode: fs.ModeSticky | 0o777, Exec: true},
			{Path: "/tmp", Size: 64 << 20, Mode: fs.ModeSticky | 0o777},
		},
	}
	if f.Lends != "" {
		plan.Scratch = append(plan.Scratch, labs.Scratch{Path: f.Lends, Size: 192 << 20, Mode: fs.ModeSticky | 0o777, Exec: true})
	}
	if f.Apart != nil {
		plan.Command = []string{"bash", "-c", apartScript, kit.ApartDir, f.Command}
		plan.Scratch[0] = labs.Scratch{Path: kit.FreshDir, Size: 96 << 20, Mode: 0o755, Exec: true}
		plan.Scratch = append(plan.Scratch, labs.Scratch{Path: kit.ApartDir, Size: 32 << 20, Mode: 0o700})
	}
	return plan
}

// packFor packs the files in the form that the host's command expects.
func packFor(f *kit.FreshRun, files []kit.Entry) (io.Reader, error) {
	readable := fs.FileMode(0o400)
	if f.Apart != nil {
		readable = 0o444
	}
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	return &buffer, errors.Join(archiveEntries(w, "", readable, within(f, files)), w.Close())
}

// packApart packs the files that only root can read, in the form that apartScript expects.
func packApart(f *kit.FreshRun) ([]byte, error) {
	if f.Apart == nil {
		return nil, nil
	}
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	err := errors.Join(archiveEntries(w, "", 0o400, f.Apart), w.Close())
	return fmt.Appendf(nil, "%d\n%s", buffer.Len(), buffer.Bytes()), err
}

// outcome reads a process's output and waits for its end.
func outcome(ctx context.Context, process labs.Process, fresh kit.FreshRun) (result kit.FreshResult, err error) {
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
	return kit.FreshResult{Status: status, Stdout: out.String(), Stderr: process.Stderr()}, errors.Join(readErr, err)
}

// freshPlan returns the plan of a lab without a network: one host, and perhaps a server within it.
func (s *Site) freshPlan(life time.Duration, hosts ...labs.HostPlan) labs.Plan {
	hosts[0].Name = freshName
	return labs.Plan{Lab: s.scratch(life), Hosts: hosts}
}

// scratch identifies a lab of the grader's own.
func (s *Site) scratch(life time.Duration) labs.Lab {
	now := s.engine.Now()
	return labs.Lab{
		ID: "scratch-" + strings.ToLower(rand.Text()[:16]), Role: labs.RoleScratch, Scenario: s.subject.Lab.Scenario, Seed: s.subject.Lab.Seed,
		Owner: s.subject.Lab.Owner, Started: now, Expires: now.Add(life),
	}
}

// InBackground starts work in the background. The returned function waits for its end and
// returns its error.
func InBackground(work func() error) func() error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	return sync.OnceValue(func() error { return <-done })
}

// within drops symbolic links that lead out of the folder, unless the run asks for them.
func within(f *kit.FreshRun, files []kit.Entry) []kit.Entry {
	return slices.DeleteFunc(slices.Clone(files), func(e kit.Entry) bool {
		return !f.Links && e.Link != "" && (path.IsAbs(e.Link) || strings.HasPrefix(path.Join(path.Dir(e.Path), e.Link), ".."))
	})
}

// archiveEntries packs files below a folder. The permissions in readable are added to each
// file's mode.
func archiveEntries(w *tar.Writer, below string, readable fs.FileMode, entries []kit.Entry) error {
	for _, entry := range entries {
		if entry.Path == "." {
			continue
		}
		mode := entry.Mode.Perm() | readable
		if entry.Mode.IsDir() {
			mode = 0o755
		}
		if err := writeEntry(w, below+entry.Path, mode, entry); err != nil {
			return err
		}
	}
	return nil
}

// writeEntry packs an entry under a name.
func writeEntry(w *tar.Writer, name string, mode fs.FileMode, entry kit.Entry) error {
	header := &tar.Header{
		Name: name, Mode: int64(mode), Size: int64(len(entry.Data)),
		ModTime: time.Unix(entry.Modified, 0), Format: tar.FormatGNU, // allows any bytes in names
	}
	switch {
	case entry.Mode.IsDir():
		header.Typeflag, header.Name = tar.TypeDir, name+"/"
	case entry.Link != "":
		header.Typeflag, header.Linkname = tar.TypeSymlink, entry.Link
	case isPipe(entry):
		header.Typeflag = tar.TypeFifo
	}
	if err := w.WriteHeader(header); err != nil {
		return err
	}
	_, err := w.Write(entry.Data)
	return err
}

package labs

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"
	"sync"
	"time"
)

// FreshRun is a command to be run in a host that is made for it: without a network,
// read-only but for a copy of files, and gone afterwards.
type FreshRun struct {
	Image   string                  // the family's name
	Files   func() ([]Entry, error) // asked for while the host is being made
	Command string                  // for bash, in the folder of the files
	Time    time.Duration           // the longest it may take of a processor, in whole seconds
	Memory  int64                   // bytes
}

// FreshResult is what came of a command in a fresh host.
type FreshResult struct {
	Status  int
	Stdout  string // its beginning, at most 64 KiB, as of Stderr
	Stderr  string
	Overran bool // it was ended because its time was up
}

const (
	// freshName is the name of every fresh host.
	freshName   = "scratch"
	freshDir    = "/work"
	freshLife   = 2 * time.Minute
	freshOutput = 64 << 10
	// What timeout(1) exits with when it ended the command, and when it had to kill it.
	statusOverran, statusKilled = 124, 137
)

// freshScript unpacks its input and runs the command over it. Its time is the
// processor's: on a machine that is busy with others a right program is as right. By the
// clock it may take longer, but not without end.
const freshScript = `cd "$3" && tar -x -f - && ulimit -t "$2" && exec timeout -k 1 "$0" bash -c "$1" </dev/null`

// freshWait is how much longer a command may take by the clock.
const freshWait = 3 * time.Second

// Fresh runs a command in a host made for it, which is gone once it has ended.
func (s *Site) Fresh(ctx context.Context, fresh FreshRun) (result FreshResult, err error) {
	clock, processor := fmt.Sprintf("%.3f", (fresh.Time+freshWait).Seconds()), fmt.Sprintf("%.0f", math.Ceil(fresh.Time.Seconds()))
	packed := make(chan error, 1)
	var archive io.Reader
	go func() {
		files, err := fresh.Files()
		if err == nil {
			archive, err = archiveEntries(files)
		}
		packed <- err
	}()
	process, err := s.engine.Run(ctx, s.freshPlan(HostPlan{
		Image: s.Images[fresh.Image].Ref, Family: fresh.Image, Memory: fresh.Memory, CPUs: 1, PIDs: 128, ReadOnly: true, User: Learner,
		Command:     []string{"bash", "-c", freshScript, clock, fresh.Command, processor, freshDir},
		Environment: map[string]string{"HOME": freshDir, "PYTHONDONTWRITEBYTECODE": "1"},
		Scratch:     map[string]string{freshDir: "size=192m,mode=1777,exec", "/tmp": "size=64m,mode=1777"},
	}, freshLife))
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
	return outcome(ctx, process)
}

// outcome reads what a process wrote, and waits for its end.
func outcome(ctx context.Context, process Process) (result FreshResult, err error) {
	var out bytes.Buffer
	_, readErr := io.Copy(&out, io.LimitReader(process.Stdout(), freshOutput))
	_, _ = io.Copy(io.Discard, process.Stdout())
	if cause := context.Cause(ctx); cause != nil {
		return result, cause
	}
	if readErr != nil {
		return result, readErr
	}
	status, err := process.Wait(ctx)
	return FreshResult{
		Status: status, Stdout: out.String(), Stderr: process.Stderr(),
		Overran: status == statusOverran || status == statusKilled,
	}, err
}

// freshPlan is the plan of a lab of one host without a network.
func (s *Site) freshPlan(host HostPlan, life time.Duration) Plan {
	now := time.Now()
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

// archiveEntries packs files again, links that lead out of their folder left out.
func archiveEntries(entries []Entry) (io.Reader, error) {
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	for _, entry := range entries {
		if entry.Path == "." {
			continue
		}
		header := &tar.Header{Name: entry.Path, Mode: int64(entry.Mode.Perm() | 0o400), Size: int64(len(entry.Data))}
		switch {
		case entry.Mode.IsDir():
			header.Typeflag, header.Mode, header.Name = tar.TypeDir, 0o755, entry.Path+"/"
		case entry.Link != "":
			if path.IsAbs(entry.Link) || strings.HasPrefix(path.Join(path.Dir(entry.Path), entry.Link), "..") {
				continue
			}
			header.Typeflag, header.Linkname = tar.TypeSymlink, entry.Link
		}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(entry.Data); err != nil {
			return nil, err
		}
	}
	return &buffer, w.Close()
}

package labs

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

// FreshRun is a command to be run in a host that is made for it: without a network,
// read-only but for a copy of files, and gone afterwards.
type FreshRun struct {
	Image   string // the family's name
	Files   []Entry
	Command string        // for bash, in the folder of the files
	Time    time.Duration // the longest it may take
	Memory  int64         // bytes
}

// FreshResult is what came of a command in a fresh host.
type FreshResult struct {
	Status  int
	Stdout  string // its beginning, at most 64 KiB, as of Stderr
	Stderr  string
	Overran bool // it was ended because its time was up
}

const (
	freshDir    = "/work"
	freshLife   = 2 * time.Minute
	freshOutput = 64 << 10
	// What timeout(1) exits with when it ended the command, and when it had to kill it.
	statusOverran, statusKilled = 124, 137
)

// freshScript unpacks its input and runs the command over it.
const freshScript = `tar -x -f - && exec timeout -k 1 "$0" bash -c "$1" </dev/null`

// Fresh runs a command in a host made for it. The host is removed in the
// background; the round's end waits for that.
func (s *Site) Fresh(ctx context.Context, fresh FreshRun) (result FreshResult, err error) {
	lab, err := s.engine.Launch(ctx, s.freshPlan(fresh), nil)
	if err != nil {
		return result, fmt.Errorf("start a fresh host: %w", err)
	}
	defer s.removeLater(ctx, lab.ID)
	archive, err := archiveEntries(fresh.Files)
	if err != nil {
		return result, err
	}
	seconds := fmt.Sprintf("%.3f", fresh.Time.Seconds())
	process, err := s.engine.Execute(ctx, lab.Hosts[0], Command{
		Args: []string{"bash", "-c", freshScript, seconds, fresh.Command}, User: Learner, Dir: freshDir,
		Environment: map[string]string{"HOME": freshDir, "PYTHONDONTWRITEBYTECODE": "1"},
	})
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

func (s *Site) freshPlan(fresh FreshRun) Plan {
	now := time.Now()
	return Plan{
		Lab: Lab{
			ID: "scratch-" + strings.ToLower(rand.Text()[:16]), Role: RoleScratch, Scenario: s.Lab.Scenario, Seed: s.Lab.Seed,
			Owner: s.Lab.Owner, Started: now, Expires: now.Add(freshLife),
		},
		Hosts: []HostPlan{{
			Name: "scratch", Image: s.Images[fresh.Image].Ref, Family: fresh.Image, Command: []string{"sleep", "120"},
			Memory: fresh.Memory, CPUs: 1, PIDs: 128, ReadOnly: true,
			Scratch: map[string]string{freshDir: "size=192m,mode=1777,exec", "/tmp": "size=64m,mode=1777"},
		}},
	}
}

func (s *Site) removeLater(ctx context.Context, id string) {
	removed := make(chan struct{})
	go func() {
		defer close(removed)
		// What could not be removed is past its time soon, and swept.
		_ = s.engine.Remove(context.WithoutCancel(ctx), id)
	}()
	s.OnClose(func() { <-removed })
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

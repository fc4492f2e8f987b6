//go:build engine && linux

package enginetest

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/docker/docker/client"

	"endstate/labs"
)

// Second is an engine for one test, in an isolated network namespace, so that it can't
// affect other tests or be affected by them.
type Second struct {
	Host string // for DOCKER_HOST

	t       *testing.T
	dir     string
	process *exec.Cmd
	log     bytes.Buffer
	ended   chan struct{}
}

// StartSecond starts an engine that is stopped when the test ends, together with everything
// in it. It skips the test unless it runs as root on Linux with dockerd installed.
func StartSecond(t *testing.T) *Second {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can start a second engine")
	}
	if _, err := exec.LookPath("dockerd"); err != nil {
		t.Skipf("no second engine can be started: %v", err)
	}
	// Keep it short: a socket's path is limited to 107 bytes.
	dir, err := os.MkdirTemp("", "second-")
	if err != nil {
		t.Fatal(err)
	}
	s := &Second{Host: "unix://" + dir + "/docker.sock", t: t, dir: dir}
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("the last output of the second engine:\n%s", s.log.Bytes()[max(0, s.log.Len()-4000):])
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.WriteFile(filepath.Join(dir, "daemon.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Start()
	return s
}

// Start starts the engine and waits until it answers. It can be called again after Stop.
func (s *Second) Start() {
	s.t.Helper()
	s.process = exec.Command("dockerd", "--config-file", s.dir+"/daemon.json", "--host", s.Host, "--data-root", s.dir+"/data",
		"--exec-root", s.dir+"/exec", "--pidfile", s.dir+"/pid", "--containerd-namespace", "second", "--containerd-plugins-namespace", "second-plugins")
	s.process.Stdout, s.process.Stderr = &s.log, &s.log
	s.process.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS, Setpgid: true}
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.ended = make(chan struct{})
	go func() { defer close(s.ended); _ = s.process.Wait() }()
	api, err := client.NewClientWithOpts(client.WithHost(s.Host))
	if err != nil {
		s.t.Fatal(err)
	}
	defer api.Close()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	gone := func(error) bool {
		select {
		case <-s.ended:
			return true
		default:
			return false
		}
	}
	err = labs.Poll(ctx, 100*time.Millisecond, gone, func(ctx context.Context) error { _, err := api.Ping(ctx); return err })
	if err != nil {
		s.t.Fatalf("the second engine does not answer: %v\n%s", err, s.log.String())
	}
}

// Stop stops the engine as a shutdown of the machine does, and waits until it has ended.
func (s *Second) Stop() {
	s.t.Helper()
	_ = s.process.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(time.Minute):
		s.t.Errorf("the second engine does not end")
		_ = syscall.Kill(-s.process.Process.Pid, syscall.SIGKILL)
		<-s.ended
	}
}

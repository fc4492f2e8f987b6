//go:build engine && linux

package supervisor_test

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
	"github.com/docker/docker/pkg/stdcopy"

	"endstate/internal/enginetest"
	"endstate/internal/supervisor/wire"
	"endstate/labs"
)

// host is a container whose first process is a supervisor. Its processes have the learner's user ID
// and no capabilities.
type host struct {
	*testing.T
	api *client.Client
	id  string
	dir string // which belongs to the learner
}

const path = "/usr/lib/supervisor"

func start(t *testing.T, command ...string) *host {
	t.Helper()
	r := enginetest.Open(t)
	images, err := r.Library.Ensure(t.Context(), []string{"git"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := &host{T: t, api: r.API, dir: labs.LearnerHome}
	created, err := r.API.ContainerCreate(t.Context(), &container.Config{
		Image: images["git"].Ref, Entrypoint: append([]string{path, "init", "--"}, command...), User: labs.UserName,
	}, &container.HostConfig{CapDrop: []string{"ALL"}, SecurityOpt: []string{"no-new-privileges"}, NetworkMode: "none"}, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	h.id = created.ID
	t.Cleanup(func() {
		if err := r.API.ContainerRemove(context.WithoutCancel(t.Context()), h.id, container.RemoveOptions{Force: true}); err != nil {
			t.Error(err)
		}
	})
	if err := r.API.CopyToContainer(t.Context(), h.id, "/", program(t), container.CopyToContainerOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := r.API.ContainerStart(t.Context(), h.id, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	return h
}

// program builds the supervisor, and returns an archive with it.
func program(t *testing.T) io.Reader {
	t.Helper()
	file := filepath.Join(t.TempDir(), "supervisor")
	build := exec.Command("go", "build", "-o", file, "endstate/cmd/supervisor")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	err = w.WriteHeader(&tar.Header{Name: path[1:], Mode: 0o111, Size: int64(len(data))})
	if err == nil {
		_, err = w.Write(data)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return &archive
}

// session is a request that an attendant serves.
type session struct {
	*wire.Conn
	attached types.HijackedResponse
}

// begin sends a request as an engine does: through a process that comes from outside of the host.
func (h *host) begin(asked wire.Request) *session {
	h.Helper()
	created, err := h.api.ContainerExecCreate(h.Context(), h.id, container.ExecOptions{Cmd: []string{path, "attend"}, AttachStdin: true, AttachStdout: true, AttachStderr: true})
	if err != nil {
		h.Fatal(err)
	}
	attached, err := h.api.ContainerExecAttach(h.Context(), created.ID, container.ExecAttachOptions{})
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(attached.Close)
	read, write := io.Pipe()
	go func() {
		_, err := stdcopy.StdCopy(write, h.Output(), attached.Reader)
		_ = write.CloseWithError(err)
	}()
	s := &session{Conn: wire.NewConn(read, attached.Conn), attached: attached}
	if err := s.SendJSON(wire.Begin, asked); err != nil {
		h.Fatal(err)
	}
	return s
}

// end follows a request to its end.
func (h *host) end(s *session) (result wire.Result, failed wire.Failure, out string) {
	h.Helper()
	for {
		kind, data, err := s.Receive()
		if err != nil {
			h.Fatalf("after %q: %v", out, err)
		}
		switch kind {
		case wire.Output, wire.Errors:
			out += string(data)
		case wire.End:
			if err := json.Unmarshal(data, &result); err != nil {
				h.Fatal(err)
			}
			return result, failed, out
		case wire.Failed:
			if err := json.Unmarshal(data, &failed); err != nil {
				h.Fatal(err)
			}
			return result, failed, out
		}
	}
}

// run runs a script to its end and returns its output.
func (h *host) run(script string) string {
	h.Helper()
	result, failed, out := h.end(h.begin(wire.Request{Execute: &labs.Command{Args: []string{"bash", "-c", script}, Dir: h.dir}}))
	if result.Status != 0 || failed.Code != "" {
		h.Errorf("%s: status %d, %+v: %s", script, result.Status, failed, out)
	}
	return strings.TrimSpace(out)
}

func (h *host) state() labs.HostState {
	h.Helper()
	result, failed, _ := h.end(h.begin(wire.Request{Vitals: true}))
	if failed.Code != "" || result.Vitals == nil {
		h.Fatalf("vitals: %+v", failed)
	}
	return result.Vitals.State
}

// An engine that is cut off without a word leaves nothing running, whatever its command ignores.
func TestCutOff(t *testing.T) {
	t.Parallel()
	h := start(t, "sleep", "1000")
	s := h.begin(wire.Request{Execute: &labs.Command{Args: []string{"bash", "-c", "trap '' HUP TERM; setsid sleep 4711 & echo up; sleep 4712"}}})
	for out := ""; !strings.Contains(out, "up"); {
		kind, data, err := s.Receive()
		if err != nil {
			t.Fatal(err)
		}
		if kind == wire.Output {
			out += string(data)
		}
	}
	s.attached.Close()
	h.run(`for i in {1..100}; do grep -qsaz '^471[12]$' /proc/[0-9]*/cmdline || exit 0; sleep 0.1; done; exit 1`)
}

// While a host is frozen, files can be read by several at once, and nothing else moves.
func TestFreeze(t *testing.T) {
	t.Parallel()
	h := start(t, "sleep", "1000")
	h.run("(trap '' HUP; while sleep 0.02; do echo x >>ticks; done) >/dev/null 2>&1 </dev/null & until [ -s ticks ]; do sleep 0.02; done")
	hold := func() *session {
		s := h.begin(wire.Request{Freeze: &wire.Freeze{}})
		if kind, data, err := s.Receive(); err != nil || kind != wire.Begun {
			t.Fatalf("kind %q, %s, %v", kind, data, err)
		}
		return s
	}
	one, two := hold(), hold()
	if state := h.state(); state != labs.HostFrozen {
		t.Errorf("it is %s", state)
	}
	copied := func() int {
		_, failed, out := h.end(h.begin(wire.Request{CopyOut: h.dir + "/ticks"}))
		if failed.Code != "" {
			t.Fatalf("copy: %+v", failed)
		}
		return strings.Count(out, "x\n")
	}
	before := copied()
	waits := h.begin(wire.Request{Execute: &labs.Command{Args: []string{"touch", h.dir + "/touched"}}})
	if err := one.Send(wire.Leave, nil); err != nil {
		t.Fatal(err)
	}
	h.end(one)
	time.Sleep(200 * time.Millisecond)
	if after := copied(); after != before {
		t.Errorf("a frozen host wrote %d lines", after-before)
	}
	if _, failed, _ := h.end(h.begin(wire.Request{CopyOut: h.dir + "/touched"})); failed.Code != wire.NotFound {
		t.Error("a command ran in a frozen host")
	}
	two.attached.Close() // as if its process had been killed
	h.end(waits)
	h.run(`n=$(wc -l <ticks); until [ "$(wc -l <ticks)" -gt "$n" ]; do sleep 0.05; done; [ -e touched ]`)
}

// What a learner with the same user ID can't do: end, stop or trace the first process or an
// attendant, read what they run, or ask in an engine's place.
func TestLearnersAttacks(t *testing.T) {
	t.Parallel()
	h := start(t, "sleep", "1000")
	h.run("kill -KILL 1; kill -STOP 1; kill -TERM 99999; true")
	if state := h.state(); state != labs.HostRunning {
		t.Errorf("after signals to process 1, the host is %s", state)
	}
	out := h.run(`cat /proc/1/environ /proc/1/maps >/dev/null 2>&1 && echo read 1
		cat /proc/$PPID/environ >/dev/null 2>&1 && echo read the attendant
		cat ` + path + ` >/dev/null 2>&1 && echo read the program
		perl -e 'syscall(101, 16, $_, 0, 0) == 0 and print "traced $_\n" for 1, $ARGV[0]' $PPID
		perl -e '
			use Socket; my $space = readlink "/proc/self/ns/pid";
			socket(my $s, AF_UNIX, SOCK_STREAM, 0); my $name = "\0endstate-supervisor-$space";
			connect($s, pack("S a*", AF_UNIX, $name)) or exit;
			syswrite $s, qq({"stop":true}\n); print "answered\n" if sysread($s, my $answer, 100)'
		true`)
	if out != "" {
		t.Errorf("a learner could: %s", out)
	}
	if state := h.state(); state != labs.HostRunning {
		t.Errorf("afterwards, the host is %s", state)
	}
}

// A main program that ends is told apart from one that was stopped.
func TestLife(t *testing.T) {
	t.Parallel()
	h := start(t, "sleep", "1000")
	for _, asked := range []struct {
		wire.Request
		state labs.HostState
	}{
		{wire.Request{Stop: true}, labs.HostStopped}, {wire.Request{Restart: true}, labs.HostRunning}, {wire.Request{Restart: true}, labs.HostRunning},
	} {
		if _, failed, _ := h.end(h.begin(asked.Request)); failed.Code != "" {
			t.Fatalf("%+v: %+v", asked.Request, failed)
		}
		if state := h.state(); state != asked.state {
			t.Errorf("after %+v it is %s", asked.Request, state)
		}
		_, failed, _ := h.end(h.begin(wire.Request{Execute: &labs.Command{Args: []string{"true"}}}))
		if down := failed.Code == wire.Down; down != (asked.state == labs.HostStopped) {
			t.Errorf("after %+v, a command gives %+v", asked.Request, failed)
		}
	}
	if _, failed, _ := h.end(h.begin(wire.Request{Execute: &labs.Command{Args: []string{"id"}, User: "root"}})); failed.Code != wire.NoUser {
		t.Errorf("a command of another user gives %+v", failed)
	}
}

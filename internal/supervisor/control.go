//go:build linux

package supervisor

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"endstate/internal/supervisor/wire"
)

// socket returns the name of the socket, without a file, that the first process listens on. Hosts
// may share a network, but no processes. Learners may connect to it, and are refused. Its name is
// free when the first process starts, before anything else can take it.
func socket() (string, error) {
	space, err := os.Readlink("/proc/self/ns/pid")
	return "@endstate-supervisor-" + space, err
}

var (
	errDown   = errors.New("the host is not running")
	errFrozen = errors.New("the host stays frozen")
)

// call is a question to the first process: a part of a request.
type call struct {
	wire.Request
	Ready bool `json:"ready,omitempty"` // may a command begin?
}

// answer is the answer to a call.
type answer struct {
	Failure *wire.Failure `json:"failure,omitempty"`
	Result  wire.Result   `json:"result"`
	Made    time.Time     `json:"made"` // when the host was started first
	User    string        `json:"user"` // of the main program; empty: the supervisor's own
}

func listen() (*net.UnixListener, error) {
	name, err := socket()
	if err != nil {
		return nil, err
	}
	return net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
}

func (h *host) serve(listener *net.UnixListener) {
	for {
		conn, err := listener.AcceptUnix()
		if err != nil {
			continue
		}
		go func() {
			defer conn.Close()
			pid, err := peer(conn)
			if err != nil {
				return
			}
			if p, ok := processOf(pid); !ok || !p.outside {
				return // a learner's
			}
			h.handle(conn)
		}()
	}
}

// peer returns the process at the other end of a connection; 0: one of another host.
func peer(conn *net.UnixConn) (pid int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		var found *syscall.Ucred
		if found, failed = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED); failed == nil {
			pid = int(found.Pid)
		}
	})
	return pid, errors.Join(err, failed)
}

// handle answers one call. A freeze lasts until the caller closes the connection.
func (h *host) handle(conn *net.UnixConn) {
	var asked call
	decoder := json.NewDecoder(conn)
	if err := decoder.Decode(&asked); err != nil {
		return
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		var nothing json.RawMessage
		_ = decoder.Decode(&nothing) // fails when the caller is gone
	}()
	given := answer{Made: h.made, User: h.options.User}
	var err error
	switch {
	case asked.Ready:
		err = h.begin(gone)
	case asked.Freeze != nil:
		if err = h.freeze(asked.Freeze.Lasting); err == nil {
			defer h.release(asked.Freeze.Lasting)
		}
	case asked.Thaw:
		h.thaw()
	case asked.Stop:
		h.stop()
	case asked.Restart:
		err = h.restart()
	case asked.Vitals:
		v := h.vitals()
		given.Result = measure()
		given.Result.Vitals = &v
	}
	if err != nil {
		given.Failure = failureOf(err)
	}
	if json.NewEncoder(conn).Encode(given) == nil && asked.Freeze != nil && err == nil {
		<-gone
	}
}

func failureOf(err error) *wire.Failure {
	failure := &wire.Failure{Code: wire.Other, Text: err.Error()}
	var refused refusal
	switch {
	case errors.As(err, &refused):
		failure.Code = refused.Code
	case errors.Is(err, errDown):
		failure.Code = wire.Down
	case errors.Is(err, errFrozen):
		failure.Code = wire.Frozen
	case errors.Is(err, errNoUser):
		failure.Code = wire.NoUser
	case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENOTDIR):
		failure.Code = wire.NotFound
	}
	return failure
}

// ask asks the first process. The connection stays open until done is called.
func ask(asked call) (given answer, done func(), err error) {
	name, err := socket()
	if err != nil {
		return given, nil, err
	}
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: name, Net: "unix"})
	if err != nil {
		return given, nil, fmt.Errorf("reach the first process: %w", err)
	}
	done = func() { _ = conn.Close() }
	if pid, err := peer(conn); err != nil || pid != 1 {
		done()
		return given, nil, fmt.Errorf("process %d answers in the place of the first one: %w", pid, err)
	}
	if err = json.NewEncoder(conn).Encode(asked); err == nil {
		err = json.NewDecoder(conn).Decode(&given)
	}
	if err != nil {
		done()
		return given, nil, fmt.Errorf("ask the first process: %w", err)
	}
	return given, done, nil
}

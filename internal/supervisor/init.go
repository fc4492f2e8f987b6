//go:build linux

package supervisor

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"endstate/labs"
)

// Options say how the first process runs a host.
type Options struct {
	Command []string // the main program; empty: none, the host just stays
	User    string   // of the main program; empty: the supervisor's own
	Restart bool     // start the main program again when it ends by itself
	Log     io.Writer
	Folders []Folder // in memory; empty at each start
}

// Folder is a folder with permissions of its own.
type Folder struct {
	Path string
	Mode uint32
}

// tidy empties the folders in memory. Only root may set their permissions.
func (o Options) tidy() {
	for _, folder := range o.Folders {
		entries, _ := os.ReadDir(folder.Path)
		for _, entry := range entries {
			_ = os.RemoveAll(folder.Path + "/" + entry.Name())
		}
		_ = syscall.Chmod(folder.Path, folder.Mode)
	}
}

const (
	stopGrace    = 5 * time.Second
	firstBackoff = 100 * time.Millisecond
	lastBackoff  = time.Minute
	// A main program that ran so long starts again without a longer wait.
	settled = 10 * time.Second
)

// host is the state of a host, as the first process knows it.
type host struct {
	options Options
	made    time.Time

	mu       sync.Mutex
	wake     chan struct{} // closed and replaced when the state changes
	pid      int           // of the main program; 0: none
	began    time.Time
	ended    time.Time // zero: never
	exit     int
	oom      bool
	kills    int64 // by the kernel for lack of memory, when the main program was started
	restarts int
	stopped  bool // from outside
	pending  bool // the main program is about to be started again
	backoff  time.Duration
	freezes  int  // held by engines that are there
	lasting  bool // frozen until somebody thaws it
	halted   bool // everything stands still
	resting  map[int]bool
}

// Init is the first process of a host. It ends when the engine ends the host.
func Init(options Options) error {
	if os.Getpid() != 1 {
		return errors.New("init must be the first process of a host")
	}
	if err := hide(); err != nil {
		return err
	}
	h := &host{options: options, made: time.Now(), wake: make(chan struct{}), resting: map[int]bool{}}
	children := make(chan os.Signal, 16)
	signal.Notify(children, syscall.SIGCHLD)
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGINT)
	listener, err := listen()
	if err != nil {
		return err
	}
	go h.serve(listener)
	if err := h.start(); err != nil {
		fmt.Fprintln(options.Log, err)
	}
	for {
		select {
		case <-children:
			h.reap()
		case <-ends:
			h.stop()
			return nil
		}
	}
}

// hide keeps other processes of the same user from tracing this one, and from reading its memory.
// The kernel does so by itself if they can't read its program.
func hide() error { return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }

// start starts the main program.
func (h *host) start() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.startLocked()
}

func (h *host) startLocked() error {
	h.pending, h.oom = false, false
	h.options.tidy()
	h.kills = oomKills()
	if len(h.options.Command) == 0 {
		h.began = time.Now()
		h.pid = -1 // there is nothing that could end
		h.changed()
		return nil
	}
	account, err := accountOf(h.options.User)
	if err != nil {
		return err
	}
	path, env, err := account.program(h.options.Command[0], os.Environ())
	if err == nil {
		// Its standard input is empty, as that of a host that nobody is attached to.
		var null *os.File
		if null, err = os.Open(os.DevNull); err == nil {
			defer null.Close()
			h.pid, err = syscall.ForkExec(path, h.options.Command, &syscall.ProcAttr{
				Env: env, Files: []uintptr{null.Fd(), 1, 2}, Sys: account.attributes(&syscall.SysProcAttr{Setsid: true}),
			})
		}
	}
	h.began = time.Now()
	if err != nil {
		h.pid, h.exit, h.ended = 0, 127, time.Now()
		err = fmt.Errorf("start %s: %w", h.options.Command[0], err)
	}
	h.changed()
	return err
}

// changed wakes everyone who waits for another state.
func (h *host) changed() {
	close(h.wake)
	h.wake = make(chan struct{})
}

// reap takes the status of all processes that have ended.
func (h *host) reap() {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if pid <= 0 {
			return
		}
		h.mainEnded(pid, status)
	}
}

func (h *host) mainEnded(pid int, status syscall.WaitStatus) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if pid != h.pid {
		return
	}
	h.pid, h.exit, h.ended = 0, exitStatus(status), time.Now()
	h.oom = status.Signaled() && status.Signal() == syscall.SIGKILL && oomKills() > h.kills
	if h.options.Restart && !h.stopped {
		if time.Since(h.began) > settled {
			h.backoff = 0
		}
		wait := max(h.backoff, firstBackoff)
		h.backoff, h.pending = min(2*wait, lastBackoff), true
		time.AfterFunc(wait, h.startAgain)
	}
	h.changed()
}

func (h *host) startAgain() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pending && !h.stopped && h.pid == 0 {
		h.restarts++
		_ = h.startLocked() // its state tells
	}
}

// exitStatus returns the status of a process as a shell does.
func exitStatus(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// stop ends all processes, the main program first, and keeps it from being started again.
func (h *host) stop() {
	h.mu.Lock()
	h.stopped, h.pending = true, false
	h.lasting = false
	h.thawLocked()
	pid, wake := h.pid, h.wake
	h.mu.Unlock()
	if pid > 0 {
		_ = syscall.Kill(pid, syscall.SIGTERM)
		deadline := time.After(stopGrace)
		for running := true; running; {
			select {
			case <-wake:
				h.mu.Lock()
				running, wake = h.pid == pid, h.wake
				h.mu.Unlock()
			case <-deadline:
				running = false
			}
		}
	}
	h.killAll()
	h.mu.Lock()
	if h.pid == -1 {
		h.pid, h.exit, h.ended = 0, 0, time.Now()
		h.changed()
	}
	h.mu.Unlock()
}

// killAll kills everything but this process and those that serve an engine, and waits for the
// main program's end.
func (h *host) killAll() {
	for range 1000 {
		h.mu.Lock()
		main := h.pid > 0
		h.mu.Unlock()
		left := 0
		for _, p := range processes() {
			if p.pid != 1 && !p.outside && p.state != 'Z' {
				_ = syscall.Kill(p.pid, syscall.SIGKILL)
				left++
			}
		}
		if left == 0 && !main {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// restart ends all processes and starts the main program.
func (h *host) restart() error {
	h.stop()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped, h.backoff = false, 0
	return h.startLocked()
}

// vitals returns the state of the host.
func (h *host) vitals() labs.Vitals {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	v := labs.Vitals{State: labs.HostRunning, Restarts: h.restarts, Age: now.Sub(h.began), Down: never}
	if !h.ended.IsZero() {
		v.Again, v.Down = true, now.Sub(h.ended)
	}
	switch {
	case h.halted:
		v.State = labs.HostFrozen
	case h.pid != 0:
	case h.pending:
		v.State = labs.HostRestarting
	case h.oom:
		v.State = labs.HostOutOfMemory
	default:
		v.State = labs.HostStopped
	}
	if h.pid == 0 {
		v.Exit = h.exit
	}
	return v
}

// never is how long ago something was that never was.
const never = time.Duration(1<<63 - 1)

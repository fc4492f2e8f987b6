//go:build linux

package supervisor

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is one that runs in the host.
type process struct {
	pid, parent int
	state       byte
	outside     bool // an engine executed it: its parent is outside of the host
}

// processes lists all processes of the host.
func processes() []process {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var all []process
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			if p, ok := processOf(pid); ok {
				all = append(all, p)
			}
		}
	}
	return all
}

func processOf(pid int) (process, bool) {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return process{}, false
	}
	// The name before the state may hold anything, brackets too.
	text := string(data)
	end := strings.LastIndexByte(text, ')')
	if end < 0 {
		return process{}, false
	}
	fields := strings.Fields(text[end+1:])
	if len(fields) < 2 || fields[0] == "" {
		return process{}, false
	}
	parent, err := strconv.Atoi(fields[1])
	if err != nil {
		return process{}, false
	}
	return process{pid: pid, parent: parent, state: fields[0][0], outside: pid != 1 && parent == 0}, true
}

// freeze makes everything in the host stand still, but the processes that serve an engine.
func (h *host) freeze(lasting bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pid == 0 {
		return errDown
	}
	if !h.halted {
		clear(h.resting)
		for _, p := range processes() {
			if p.state == 'T' || p.state == 't' {
				h.resting[p.pid] = true // by the learner's own wish
			}
		}
		h.halted = true
		h.haltLocked()
	}
	if lasting {
		h.lasting = true
	} else {
		h.freezes++
	}
	h.changed()
	return nil
}

// haltLocked stops all processes at one moment: the kernel signals all of them before any of them
// can start another one. Those that serve an engine go on, as they may be reading files for somebody
// who waits for them while the host is frozen. It returns when the others stand still.
func (h *host) haltLocked() {
	for range 400 {
		_ = syscall.Kill(-1, syscall.SIGSTOP)
		moving := false
		for _, p := range processes() {
			switch {
			case p.pid == 1:
			case p.outside:
				_ = syscall.Kill(p.pid, syscall.SIGCONT)
			case p.state != 'T' && p.state != 't' && p.state != 'Z' && p.state != 'X':
				moving = true
			}
		}
		if !moving {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// release ends a freeze that an engine held.
func (h *host) release(lasting bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !lasting {
		h.freezes--
	}
	if h.freezes == 0 && !h.lasting {
		h.thawLocked()
	}
}

// thaw ends a lasting freeze.
func (h *host) thaw() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lasting = false
	if h.freezes == 0 {
		h.thawLocked()
	}
}

func (h *host) thawLocked() {
	if !h.halted {
		return
	}
	h.halted = false
	for _, p := range processes() {
		if p.pid != 1 && !h.resting[p.pid] {
			_ = syscall.Kill(p.pid, syscall.SIGCONT)
		}
	}
	h.changed()
}

// begin waits until a command may begin.
func (h *host) begin(gone <-chan struct{}) error {
	for {
		h.mu.Lock()
		down, lasting, halted, wake := h.pid == 0 && !h.pending, h.lasting, h.halted, h.wake
		h.mu.Unlock()
		switch {
		case lasting:
			return errFrozen
		case down:
			return errDown
		case !halted:
			return nil
		}
		select {
		case <-wake:
		case <-gone:
			return errDown
		}
	}
}

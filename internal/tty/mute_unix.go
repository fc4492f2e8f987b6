//go:build unix

package tty

import (
	"os"
	"os/signal"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Mute turns off the echo of typed keys, so that they don't get into what is drawn meanwhile. They
// stay in the terminal's queue for whoever reads it next. The returned function turns the echo on
// again; a signal that asks the process to end does so, too. A process in the background may not
// change its terminal, so Mute does nothing there.
func (t Terminal) Mute() (unmute func()) {
	fd := int(t.in.Fd())
	if !setEcho(fd, false) {
		return func() {}
	}
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	restore := sync.OnceFunc(func() { setEcho(fd, true) })
	go func() {
		select {
		case <-signals:
			signal.Stop(signals) // a second signal ends the process
			restore()
		case <-done:
			signal.Stop(signals)
		}
	}()
	return sync.OnceFunc(func() { close(done); restore() })
}

// setEcho turns the echo of a terminal on or off, and reports whether that changed it.
func setEcho(fd int, on bool) bool {
	if group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err == nil && group != unix.Getpgrp() {
		return false
	}
	settings, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil || (settings.Lflag&unix.ECHO != 0) == on {
		return false
	}
	settings.Lflag ^= unix.ECHO
	return unix.IoctlSetTermios(fd, setTermios, settings) == nil
}

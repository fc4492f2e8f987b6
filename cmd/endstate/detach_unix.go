//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
)

// detach runs this program with arguments in a process of its own, which outlives this one
// and its terminal.
func detach(args ...string) error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	command := exec.Command(path, args...)
	command.Args[0] = os.Args[0]
	command.Dir = "/"
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		return err
	}
	return command.Process.Release()
}

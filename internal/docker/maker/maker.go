// Package maker identifies the process that made something, so that others can tell when it has
// ended.
package maker

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// This identifies this process: the boot ID of the machine, the PID namespace, the PID,
// and the process's start time. It is empty if these are not available.
func This() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return strings.Join([]string{strings.TrimSpace(string(boot)), space, strconv.Itoa(os.Getpid()), startTime(os.Getpid())}, " ")
}

// HasEnded reports whether the process identified by [This] has certainly ended. It returns
// false for processes on other machines.
func HasEnded(made, self string) bool {
	of, own := strings.Fields(made), strings.Fields(self)
	if len(of) < 4 || len(own) < 4 || of[0] != own[0] || of[1] != own[1] {
		return false
	}
	pid, err := strconv.Atoi(of[2])
	if err != nil || pid <= 0 {
		return false
	}
	if err := syscall.Kill(pid, 0); err == syscall.ESRCH {
		return true
	}
	// Another process may have the PID by now. A process of another user may be hidden.
	now := startTime(pid)
	return now != "" && now != of[3]
}

// startTime returns when a process started, in the kernel's units; empty if that is hidden.
func startTime(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// The name in parentheses may contain anything; the third field follows it.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	const field = 22
	if len(fields) < field-2 {
		return ""
	}
	return fields[field-3]
}

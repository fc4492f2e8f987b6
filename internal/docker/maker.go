package docker

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// maker tells which process made something: the boot of the machine, the namespace of
// process IDs, the ID, and when the process began. Empty where this can't be told.
func maker() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return strings.Join([]string{strings.TrimSpace(string(boot)), space, strconv.Itoa(os.Getpid()), begun(os.Getpid())}, " ")
}

// gone reports whether the process that [maker] told of is known to have ended. Of one on
// another machine nothing is known.
func gone(made, self string) bool {
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
	// Another process may have the number by now. What belongs to another user may be hidden.
	now := begun(pid)
	return now != "" && now != of[3]
}

// begun returns when a process began, in the kernel's own units; empty if that is hidden.
func begun(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// The name in parentheses may hold anything; after it the third field follows.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	const field = 22
	if len(fields) < field-2 {
		return ""
	}
	return fields[field-3]
}

package maker

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

func TestMakerIsGoneWithItsProcess(t *testing.T) {
	self := This()
	if self == "" {
		t.Skip("processes can't be identified here")
	}
	if HasEnded(self, self) {
		t.Errorf("%s counts as ended", self)
	}
	other := exec.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	fields := strings.Split(self, " ")
	of := func(pid int, begun string) string {
		return strings.Join([]string{fields[0], fields[1], strconv.Itoa(pid), begun}, " ")
	}
	pid := other.Process.Pid
	lives, another := of(pid, startTime(pid)), of(pid, "1")
	if HasEnded(lives, self) {
		t.Errorf("%s counts as ended", lives)
	}
	if !HasEnded(another, self) {
		t.Error("a process with a reused PID counts as the old one")
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	if !HasEnded(lives, self) {
		t.Errorf("%s has ended, but does not count as ended", lives)
	}
	for _, unknown := range []string{"", "x", fields[0], "another-boot " + strings.Join(fields[1:], " "), fields[0] + " pid:[1] 1 1", of(-1, "1"), of(0, "1")} {
		if HasEnded(unknown, self) {
			t.Errorf("%q counts as ended", unknown)
		}
	}
}

func TestStartTime(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err == nil && startTime(os.Getpid()) == "" {
		t.Error("this process's start time is unknown")
	}
}

package docker

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestMakerIsGoneWithItsProcess(t *testing.T) {
	self := maker()
	if self == "" {
		t.Skip("processes can't be identified here")
	}
	if hasEnded(self, self) {
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
	if hasEnded(lives, self) {
		t.Errorf("%s counts as ended", lives)
	}
	if !hasEnded(another, self) {
		t.Error("a process with a reused PID counts as the old one")
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	if !hasEnded(lives, self) {
		t.Errorf("%s has ended, but does not count as ended", lives)
	}
	for _, unknown := range []string{"", "x", fields[0], "another-boot " + strings.Join(fields[1:], " "), fields[0] + " pid:[1] 1 1", of(-1, "1"), of(0, "1")} {
		if hasEnded(unknown, self) {
			t.Errorf("%q counts as ended", unknown)
		}
	}
}

func TestClockGoesOnByItself(t *testing.T) {
	var c clock
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	c.set(at)
	if now, old := c.now(); old || now.Before(at) || now.Sub(at) > time.Minute {
		t.Errorf("it is %v, old: %v", now, old)
	}
	c.heardAt = c.heardAt.Add(-time.Hour)
	if now, old := c.now(); !old || now.Sub(at) < time.Hour {
		t.Errorf("an hour later it is %v, old: %v", now, old)
	}
	if _, err := os.Stat("/proc/self/stat"); err == nil && startTime(os.Getpid()) == "" {
		t.Error("this process's start time is unknown")
	}
}

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
		t.Skip("processes can't be told apart here")
	}
	if gone(self, self) {
		t.Errorf("%s is held to have ended", self)
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
	lives, another := of(pid, begun(pid)), of(pid, "1")
	if gone(lives, self) {
		t.Errorf("%s is held to have ended", lives)
	}
	if !gone(another, self) {
		t.Error("a process that has the number of one that ended is held to be it")
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	if !gone(lives, self) {
		t.Errorf("%s has ended, which is not known", lives)
	}
	for _, unknown := range []string{"", "x", fields[0], "another-boot " + strings.Join(fields[1:], " "), fields[0] + " pid:[1] 1 1", of(-1, "1"), of(0, "1")} {
		if gone(unknown, self) {
			t.Errorf("%q is held to have ended", unknown)
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
	c.heard = c.heard.Add(-time.Hour)
	if now, old := c.now(); !old || now.Sub(at) < time.Hour {
		t.Errorf("an hour later it is %v, old: %v", now, old)
	}
	if _, err := os.Stat("/proc/self/stat"); err == nil && begun(os.Getpid()) == "" {
		t.Error("when this process began is not known")
	}
}

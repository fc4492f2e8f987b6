//go:build engine

package docker_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

func TestHostsHaveNoCapability(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := r.Lab(r.Variant(enginetest.MySQL, enginetest.Seed))
	_, learner := r.Learner(lab, "cat /proc/self/status")
	_, root := r.Root(lab, labs.Workspace, "cat /proc/self/status")
	_, first := r.Root(lab, labs.Workspace, "cat /proc/1/status")
	_, server := r.Root(lab, "db", "cat /proc/1/status")
	for who, status := range map[string]string{"the learner": learner, "root": root, "the first process": first, "the server": server} {
		for _, want := range []string{
			"CapInh:\t0000000000000000", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000",
			"CapBnd:\t0000000000000000", "CapAmb:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2",
		} {
			if !strings.Contains(status, want) {
				t.Errorf("%s has not %q:\n%s", who, want, status)
			}
		}
	}
}

func TestSetuidProgramsGiveNothing(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := r.Lab(r.Variant(enginetest.Git, enginetest.Seed))
	if status, out := r.Root(lab, labs.Workspace, "cp /bin/bash /bin/python3 /tmp && chmod 6755 /tmp/bash /tmp/python3 && stat -c %u:%a /tmp/bash"); status != 0 || out != "0:6755" {
		t.Fatalf("no setuid program could be made (%d): %s", status, out)
	}
	_, want := r.Learner(lab, "id --user")
	for _, script := range []string{"/tmp/bash -p -c 'echo $EUID'", "/tmp/python3 -c 'import os; print(os.geteuid())'"} {
		if _, out := r.Learner(lab, script); out != want {
			t.Errorf("%s makes %s of user %s", script, out, want)
		}
	}
	// Programs of Debian: each refuses, or does nothing that it should not.
	for _, script := range []string{
		"su --command id </dev/null", "su - <<<root", "mount -t tmpfs none /mnt", "unshare --map-root-user --mount true",
		"newgrp root <<<id", "passwd --delete root", "cat /etc/shadow", "chroot / id", "mknod /tmp/disk b 8 0",
		"dmesg --clear", "sysctl --write kernel.core_pattern=x", "hostname other", "date --set 2020-01-01", "ip link add x type dummy",
		"echo 1 > /proc/sys/kernel/sysrq", "echo x > /sys/kernel/uevent_helper", "nice --adjustment=-5 true 2>&1 | grep .; exit ${PIPESTATUS[1]}",
	} {
		if status, out := r.Learner(lab, script); status == 0 && (strings.Contains(out, "uid=0") || !strings.HasPrefix(script, "newgrp") && !strings.HasPrefix(script, "nice")) {
			t.Errorf("%s is let through:\n%s", script, out)
		}
	}
}

func TestForkBombStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.Git, enginetest.Seed)
	lab := r.Lab(v)
	r.Solve(lab, v)
	limit := *inspect(t, r, lab, labs.Workspace).HostConfig.PidsLimit
	bomb := r.Begin(t.Context(), lab, labs.Workspace, labs.Command{
		Args: []string{"bash", "-c", "bomb() { bomb | bomb & sleep 600; }; bomb"}, User: labs.UserName,
	})
	defer bomb.Close()
	host, err := lab.Host(labs.Workspace)
	if err != nil {
		t.Fatal(err)
	}
	var most int64
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = labs.Poll(ctx, 200*time.Millisecond, func(error) bool { return false }, func(ctx context.Context) error {
		top, err := r.API.ContainerTop(ctx, host.ID, []string{"-eLo", "pid,comm"})
		if err != nil {
			return err
		}
		if most = max(most, int64(len(top.Processes))); most < limit*9/10 {
			return fmt.Errorf("%d processes", most)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("the bomb does not come near its limit of %d: %v", limit, err)
	}
	if most > limit {
		t.Errorf("%d processes run, %d is the limit", most, limit)
	}
	r.Passes(lab, v)
	if lab, err = r.Reset(t.Context(), lab, v, nil); err != nil {
		t.Fatal(err)
	}
	if status, out := r.Learner(lab, "echo there"); status != 0 || out != "there" {
		t.Errorf("after a reset the workspace answers %q, %d", out, status)
	}
}

func TestMemoryHogIsStopped(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.Git, enginetest.Seed)
	lab := r.Lab(v)
	r.Solve(lab, v)
	// tail keeps a line until it has read all of it.
	status, out := r.Learner(lab, "head --bytes 2G /dev/zero | tail --lines 1 | wc --bytes; exit ${PIPESTATUS[1]}")
	if status != labs.ExitKilled {
		t.Errorf("a program that wants 2 GB ends with %d, not killed: %s", status, out)
	}
	if status, out := r.Learner(lab, "head --bytes 2G /dev/zero > /dev/shm/hog"); status == 0 {
		t.Errorf("2 GB went into shared memory: %s", out)
	}
	if status, out := r.Learner(lab, "rm -f /dev/shm/hog && echo there"); status != 0 || out != "there" {
		t.Errorf("after it the workspace answers %q, %d", out, status)
	}
	r.Passes(lab, v)
}

func TestOpenFilesAndLogsAreBounded(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := r.Lab(r.Variant(enginetest.MySQL, enginetest.Seed))
	_, out := r.Learner(lab, "ulimit -Hn; ulimit -Hc")
	files, _, _ := strings.Cut(out, "\n")
	if n, err := strconv.Atoi(files); err != nil || n > 1<<16 {
		t.Errorf("the workspace may open %s files", files)
	}
	if !strings.HasSuffix(out, "\n0") {
		t.Errorf("the workspace may write core files: %q", out)
	}
	for _, host := range lab.Hosts {
		log := inspect(t, r, lab, host.Name).HostConfig.LogConfig
		if log.Config["max-size"] == "" {
			t.Errorf("the log of %s grows without end: %v", host.Name, log)
		}
	}
}

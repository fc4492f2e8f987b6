package cli

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// expires returns when the only lab expires, for the engine and for its attempt.
func (d *console) expires() time.Duration {
	d.Helper()
	lab, all := d.engine.labs[0], d.remembered()
	if len(all) != 1 || all[0].Expires.Sub(lab.Expires).Abs() > time.Second {
		d.Fatalf("the lab expires at %v, its attempts are %+v", lab.Expires, all)
	}
	return lab.Expires.Sub(lab.Started)
}

// An extension is two hours, up to 24 hours from the start. The attempt follows the lab.
func TestExtend(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.lab("ada", "second")
	d.wants(StatusMisused, "extend", "Several labs are running")
	d.wants(StatusDone, "stop second")
	d.wants(StatusDone, "extend", "The lab of first ends in 3 h 00 min, at 13:00.")
	if got := d.expires(); got != 3*time.Hour {
		t.Errorf("it lives %v", got)
	}
	d.after(2 * time.Hour)
	for range 10 {
		d.wants(StatusDone, "extend first")
	}
	d.wants(StatusDone, "extend", "ends in 22 h 00 min")
	if got := d.expires(); got != 24*time.Hour {
		t.Errorf("it lives %v", got)
	}
	d.wants(StatusMisused, "extend", "The lab of first can't live longer: 24 hours from its start is the limit.", "It ends at 10:00.")
	d.wants(StatusMisused, "extend none")
	if d.expires() != 24*time.Hour {
		t.Error("it was extended beyond the limit")
	}
}

// Who runs the machine can let labs live for less.
func TestLongestLife(t *testing.T) {
	d := newConsole(t)
	d.env["ENDSTATE_LIFE"], d.env["ENDSTATE_LONGEST_LIFE"] = "30m", "90m"
	d.lab("ada", "first") // for an hour
	d.wants(StatusDone, "extend", "The lab of first ends in 90 min")
	d.wants(StatusMisused, "extend", "The lab of first can't live longer: 90 minutes from its start is the limit.")
	if got := d.expires(); got != 90*time.Minute {
		t.Errorf("it lives %v", got)
	}
}

// A check keeps a lab alive for half an hour, and an act after a crash corrects the attempt.
func TestChecksKeepALabAlive(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.wants(StatusDone, "check")
	if got := d.expires(); got != time.Hour || d.engine.extended != 0 {
		t.Errorf("it lives %v, extended %d times", got, d.engine.extended)
	}
	d.after(50 * time.Minute)
	d.wants(StatusDone, "check")
	if got := d.expires(); got != 80*time.Minute {
		t.Errorf("it lives %v", got)
	}
	d.engine.labs[0].Expires = d.engine.labs[0].Expires.Add(time.Hour) // by a process that was killed then
	d.wants(StatusDone, "task")
	if got := d.expires(); got != 140*time.Minute {
		t.Errorf("it lives %v", got)
	}
	d.wants(StatusDone, "reset --yes")
	if got := d.expires(); got != 140*time.Minute {
		t.Errorf("after a reset, it lives %v", got)
	}
}

// Nobody's command ends a lab that was extended, and when it has expired, others are not told.
func TestOthersDoNotEndALab(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.wants(StatusDone, "extend")
	d.after(2 * time.Hour) // beyond its first expiry
	d.env["ENDSTATE_OWNER"] = "eve"
	for _, line := range []string{"sweep --everyone", "sweep", "status", "stop --all"} {
		d.wants(StatusDone, line)
		if len(d.engine.labs) != 1 {
			t.Fatalf("%s ended it", line)
		}
	}
	d.after(2 * time.Hour)
	for _, line := range []string{"status", "sweep", "stop --all", "list"} {
		if _, out, err := d.run(line); len(d.engine.labs) != 1 || containsAny(out+err, "first was", "past its time", "ada") {
			t.Errorf("%s: %s%s", line, out, err)
		}
	}
	d.wants(StatusDone, "sweep --everyone", "The lab of first was past its time and has been removed")
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

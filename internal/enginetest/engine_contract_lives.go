//go:build engine

package enginetest

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"endstate/labs"
)

func (c *engineContract) restart() {
	lab := c.launch(c.plan(labs.RoleLab))
	host := c.host(lab, labs.Workspace)
	address := "getent hosts db; echo kept; cat " + c.Folder + "/file"
	c.script(host, "echo work >"+c.Folder+"/file; (sleep 1000) >/dev/null 2>&1 &")
	before := c.script(host, address)
	if err := c.Engine.Stop(c.Context(), host); err != nil {
		c.Fatal(err)
	}
	if _, err := c.Engine.Execute(c.Context(), host, labs.Command{Args: []string{"true"}}); !errors.Is(err, labs.ErrDown) {
		c.Errorf("a command in a stopped host: %v", err)
	}
	for range 2 { // from stopped, and from running
		if err := c.Engine.Restart(c.Context(), lab); err != nil {
			c.Fatal(err)
		}
		c.becomes(host, labs.HostRunning)
		if after := c.script(host, address); after != before {
			c.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
	}
	c.script(host, "! grep -qa 'sleep.100[0]' /proc/[1-9]*/cmdline")
}

func (c *engineContract) tellStates() {
	plan := c.plan(labs.RoleLab)
	plan.Hosts[0].Command = []string{"bash", "-c", "echo last words; exit 3"}
	plan.Hosts[1].Command = []string{"perl", "-e", `sleep 1; $x = "a" x 5e8; sleep 1000`}
	plan.Hosts[1].Memory = 64 << 20
	lab := c.launch(plan)
	ended := c.host(lab, labs.Workspace)
	if v := c.becomes(ended, labs.HostStopped); v.Exit != 3 {
		c.Errorf("its exit status is %d", v.Exit)
	}
	if now := c.listed(lab, labs.Workspace); now.State != labs.HostStopped || now.Exit != 3 {
		c.Errorf("it is listed as %+v", now)
	}
	if lines, err := c.Engine.Logs(c.Context(), ended, 5); !strings.Contains(lines, "last words") {
		c.Errorf("its last lines: %q, %v", lines, err)
	}
	c.becomes(c.host(lab, "db"), labs.HostOutOfMemory)
	c.remove(lab)
	if _, err := c.Engine.Vitals(c.Context(), ended); !errors.Is(err, labs.ErrNotFound) {
		c.Errorf("a removed host: %v", err)
	}
}

func (c *engineContract) isolateOwners() {
	lab := c.launch(c.plan(labs.RoleLab))
	other := *lab
	other.Owner = c.Owner + "-other"
	c.remove(&other)
	for which, want := range map[labs.Which]bool{
		{Owner: c.Owner, Scenario: "contract"}: true, {ID: lab.ID}: true, {}: true,
		{Owner: other.Owner}: false, {ID: lab.ID, Owner: other.Owner}: false, {ID: lab.ID, Scenario: "other"}: false,
	} {
		found, err := c.Engine.Labs(c.Context(), which)
		if err != nil {
			c.Fatal(err)
		}
		i := slices.IndexFunc(found, func(l *labs.Lab) bool { return l.ID == lab.ID })
		if i >= 0 != want {
			c.Errorf("%+v finds it: %v", which, i >= 0)
		}
		if i < 0 {
			continue
		}
		one := found[i]
		if !one.Whole || one.Owner != lab.Owner || one.Seed != 7 || one.Role != labs.RoleLab || len(one.Hosts) != 2 || one.Expires.Sub(lab.Expires).Abs() > time.Second {
			c.Errorf("%+v finds %+v", which, one)
		}
	}
	c.remove(lab)
	c.remove(lab) // nothing there is success
	if found, err := c.Engine.Labs(c.Context(), labs.Which{ID: lab.ID}); err != nil || len(found) > 0 {
		c.Errorf("after its removal: %v, %v", found, err)
	}
}

func (c *engineContract) extendLife() {
	lab := c.launch(c.plan(labs.RoleLab))
	expires := func() time.Time {
		found, err := c.Engine.Labs(c.Context(), labs.Which{ID: lab.ID, Owner: c.Owner})
		if err != nil || len(found) != 1 || len(found[0].Hosts) != 2 || !found[0].Whole {
			c.Fatalf("the lab is %+v, %v", found, err)
		}
		return found[0].Expires
	}
	latest := lab.Expires
	for _, until := range []time.Time{lab.Expires.Add(time.Hour), lab.Expires.Add(time.Minute), lab.Expires.Add(3 * time.Hour), lab.Expires.Add(2 * time.Hour)} {
		if err := c.Engine.Extend(c.Context(), lab, until); err != nil {
			c.Fatal(err)
		}
		if until.After(latest) {
			latest = until
		}
		if got := expires(); got.Sub(latest).Abs() > time.Second {
			c.Errorf("extended until %v, it expires at %v, want %v", until, got, latest)
		}
	}
	c.remove(lab)
	if found, err := c.Engine.Labs(c.Context(), labs.Which{ID: lab.ID}); err != nil || len(found) > 0 {
		c.Errorf("after its removal: %v, %v", found, err)
	}
	if err := c.Engine.Extend(c.Context(), lab, latest.Add(time.Hour)); !errors.Is(err, labs.ErrNotFound) {
		c.Errorf("a removed lab is extended: %v", err)
	}
	if found, err := c.Engine.Labs(c.Context(), labs.Which{ID: lab.ID}); err != nil || len(found) > 0 {
		c.Errorf("extending a removed lab left %v, %v", found, err)
	}
}

func (c *engineContract) refuseSecond() {
	plan := c.plan(labs.RoleLab)
	lab := c.launch(plan)
	if _, err := c.Engine.Launch(c.Context(), plan, nil); !errors.Is(err, labs.ErrConflict) {
		c.Errorf("a second launch: %v", err)
	}
	for _, host := range lab.Hosts {
		if now := c.listed(lab, host.Name); now.ID != host.ID || now.State != labs.HostRunning {
			c.Errorf("afterwards the first lab has %+v", now)
		}
	}
}

// A lab is handed over by one step, after helpers in its hosts could do what the hosts can't.
func (c *engineContract) handOver() {
	plan := c.plan(labs.RoleLab)
	plan.Setup = true
	lab := c.launch(plan)
	if now := c.found(lab); now.Handed() || now.Whole || c.listed(lab, labs.Workspace).State != labs.HostPreparing {
		c.Errorf("before it is handed over, it is %+v", now)
	}
	workspace := c.host(lab, labs.Workspace)
	helping := c.plan(labs.RoleSetup)
	helping.Network, helping.Hosts = false, []labs.HostPlan{helping.Hosts[0]}
	helper := &helping.Hosts[0]
	helper.Within, helper.Trusted, helper.User, helper.CapAdd = workspace.ID, true, "root", []string{"SYS_PTRACE"}
	helper.Command = []string{"sleep", "infinity"}
	helpers := c.launch(helping)
	c.script(c.host(helpers, labs.Workspace), "chroot /proc/1/root install -o nobody -d /srv/nobody")
	c.remove(helpers)
	c.script(workspace, `[ "$(stat -c %U /srv/nobody)" = nobody ]`)
	if _, err := c.Snapshots.Record(c.Context(), lab); !errors.Is(err, labs.ErrNotFound) {
		c.Errorf("before it is handed over, it has a record: %v", err)
	}
	record := labs.Record{Facts: map[string]any{"n": int64(7)}, Secret: "secret"}
	if err := c.Engine.HandOver(c.Context(), lab, record); err != nil {
		c.Fatal(err)
	}
	if now := c.found(lab); !now.Handed() || !now.Whole || !now.Running() {
		c.Errorf("after it was handed over, it is %+v", now)
	}
	if err := c.Engine.Extend(c.Context(), lab, lab.Expires.Add(time.Hour)); err != nil {
		c.Error(err)
	}
	if kept, err := c.Snapshots.Record(c.Context(), lab); err != nil || kept.Secret != "secret" || kept.Facts["n"] != int64(7) {
		c.Errorf("its record is %+v, %v", kept, err)
	}
	if _, err := c.Engine.Launch(c.Context(), plan, nil); !errors.Is(err, labs.ErrConflict) {
		c.Errorf("a second lab of the same ID: %v", err)
	}
	c.remove(lab)
	if left, err := c.Engine.Labs(c.Context(), labs.Which{ID: lab.ID}); err != nil || len(left) > 0 {
		c.Errorf("after it was removed: %v, %v", left, err)
	}
}

// found returns the lab as it is listed.
func (c *engineContract) found(lab *labs.Lab) *labs.Lab {
	c.Helper()
	all, err := c.Engine.Labs(c.Context(), labs.Which{ID: lab.ID})
	if err != nil || len(all) != 1 {
		c.Fatalf("the lab is listed as %v, %v", all, err)
	}
	return all[0]
}

func (c *engineContract) keepSnapshot() {
	ctx, key, hosts := c.Context(), "contract-"+strings.ToLower(rand.Text()), []string{labs.Workspace, "db"}
	setup := c.launch(c.plan(labs.RoleSetup))
	c.script(c.host(setup, "db"), "echo state >"+c.Folder+"/state")
	kept := labs.Record{Facts: map[string]any{"n": int64(7)}, Secret: "secret"}
	if err := c.Snapshots.Keep(ctx, setup, labs.Snapshot{Key: key, Scenario: "contract", Seed: 7}, kept); err != nil {
		c.Fatal(err)
	}
	c.remove(setup)
	snapshot, err := c.Snapshots.Find(ctx, key, hosts)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _, _ = c.Snapshots.Drop(context.WithoutCancel(ctx), *snapshot) })
	if _, err := c.Snapshots.Find(ctx, key, append(hosts, "other")); !errors.Is(err, labs.ErrNotFound) {
		c.Errorf("a snapshot that lacks a host: %v", err)
	}
	if used, err := c.Snapshots.LastUsed(ctx, *snapshot); err != nil || c.Engine.Now().Sub(used).Abs() > time.Minute {
		c.Errorf("it was last used at %v, %v", used, err)
	}
	plan := c.plan(labs.RoleLab)
	plan.Lab.Snapshot = key
	for i, host := range plan.Hosts {
		plan.Hosts[i].Image = snapshot.Images[host.Name]
	}
	lab := c.launch(plan)
	if out := c.script(c.host(lab, "db"), "cat "+c.Folder+"/state"); out != "state" {
		c.Errorf("a lab started from it has %q", out)
	}
	if record, err := c.Snapshots.Record(ctx, lab); err != nil || record.Secret != kept.Secret || !maps.Equal(record.Facts, kept.Facts) {
		c.Errorf("its record is %+v, %v", record, err)
	}
	c.dropSnapshot(lab, *snapshot)
}

// dropSnapshot drops a snapshot that a lab uses, once that is gone.
func (c *engineContract) dropSnapshot(lab *labs.Lab, snapshot labs.Snapshot) {
	ctx := c.Context()
	if dropped, err := c.Snapshots.Drop(ctx, snapshot); err != nil || dropped {
		c.Errorf("a snapshot in use is dropped: %v, %v", dropped, err)
	}
	c.remove(lab)
	for range 2 { // none there is success
		if dropped, err := c.Snapshots.Drop(ctx, snapshot); err != nil || !dropped {
			c.Errorf("drop: %v, %v", dropped, err)
		}
	}
	all, err := c.Snapshots.List(ctx)
	if err != nil || slices.ContainsFunc(all, func(s labs.Snapshot) bool { return s.Key == snapshot.Key }) {
		c.Errorf("it is still listed, or %v", err)
	}
	if _, err := c.Snapshots.Find(ctx, snapshot.Key, []string{labs.Workspace, "db"}); !errors.Is(err, labs.ErrNotFound) {
		c.Errorf("a dropped snapshot: %v", err)
	}
}

func (c *engineContract) measure() {
	lab := c.launch(c.plan(labs.RoleLab))
	host := c.host(lab, "db")
	c.script(host, "head -c 8000000 /dev/urandom >"+c.Folder+"/random; perl -e 'my $i = 0; $i++ while $i < 2e6'")
	if written, err := c.Engine.Written(c.Context(), host); err != nil || written < 8_000_000 || written > 20_000_000 {
		c.Errorf("it has written %d bytes, %v", written, err)
	}
	if usage, err := c.Engine.Usage(c.Context(), host); err != nil || usage.Worked < 10*time.Millisecond || usage.Worked > time.Minute {
		c.Errorf("it had %+v, %v", usage, err)
	}
	if memory, err := c.Engine.Memory(c.Context(), lab); err != nil || memory <= 0 || memory > 1<<30 {
		c.Errorf("the lab uses %d bytes, %v", memory, err)
	}
}

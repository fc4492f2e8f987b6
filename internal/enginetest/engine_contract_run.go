//go:build engine

package enginetest

import (
	"errors"
	"io"
	"strings"
	"time"

	"endstate/labs"
)

func (c *engineContract) runCommand() {
	for name, finish := range map[string]func(labs.Process){
		"its command ends": func(p labs.Process) {
			_, writeErr := io.WriteString(p.Stdin(), "typed\n")
			out, readErr := io.ReadAll(p.Stdout())
			status, waitErr := p.Wait(c.Context())
			if err := errors.Join(writeErr, readErr, waitErr, p.Close()); err != nil || string(out) != "typed\n" || status != 4 {
				c.Errorf("status %d, %v: %q", status, err, out)
			}
		},
		"its process is closed": func(p labs.Process) {
			if err := p.Close(); err != nil {
				c.Error(err)
			}
		},
	} {
		plan := c.plan(labs.RoleScratch)
		plan.Network, plan.Hosts = false, plan.Hosts[:1]
		plan.Hosts[0].Command = []string{"bash", "-c", `read -r line; echo "$line"; exit 4`}
		plan.Hosts[0].Scratch = []labs.Scratch{{Path: "/work", Size: 1 << 20, Mode: 0o700}}
		host, process, err := c.Engine.Run(c.Context(), plan)
		if err != nil {
			c.Fatal(err)
		}
		if out := c.script(host, "stat -c %a /work; df --output=size --block-size=1K /work | tail -1"); strings.Join(strings.Fields(out), " ") != "700 1024" {
			c.Errorf("its folder in memory: %s", out)
		}
		finish(process)
		c.isGone(name, host)
	}
}

// runWithin checks a host that shares the network and the processes of another, has the walls of any
// host, and ends with it.
func (c *engineContract) runWithin() {
	plan := c.plan(labs.RoleScratch)
	plan.Network = false
	outer, inner := plan, plan
	outer.Hosts, inner.Hosts = plan.Hosts[:1], plan.Hosts[1:]
	outer.Hosts[0].Command, outer.Hosts[0].Loopback = []string{"cat"}, []string{"store"}
	host, process, err := c.Engine.Run(c.Context(), outer)
	if err != nil {
		c.Fatal(err)
	}
	defer process.Close()
	inner.Hosts[0].Within, inner.Hosts[0].Command = host.ID, []string{"sleep", "4711"}
	within, beside, err := c.Engine.Run(c.Context(), inner)
	if err != nil {
		c.Fatal(err)
	}
	defer beside.Close()
	if out := c.script(host, `getent hosts store | tr -s " "; grep -lz '[4]711' /proc/[0-9]*/cmdline | wc -l`); out != "127.0.0.1 store\n1" {
		c.Errorf("the outer host sees %q", out)
	}
	if out := c.script(within, `getent hosts store | tr -s " "; grep -lx cat /proc/[0-9]*/comm | wc -l; grep CapEff /proc/self/status`); out != "127.0.0.1 store\n1\nCapEff:\t0000000000000000" {
		c.Errorf("the inner host sees %q", out)
	}
	c.refused(host)
	c.refused(within)
	if err := process.Close(); err != nil {
		c.Error(err)
	}
	c.isGone("the outer host ends", within)
}

// refused checks that a host reaches no network: neither the documentation's address nor a name.
func (c *engineContract) refused(host labs.Host) {
	c.Helper()
	const try = `use IO::Socket::INET; print IO::Socket::INET->new(PeerAddr => shift, Timeout => 2) ? "open" : "shut"`
	for _, address := range []string{"192.0.2.1:80", "10.96.0.1:443", "172.17.0.1:22"} {
		if out := c.script(host, "perl -e '"+try+"' "+address); out != "shut" {
			c.Errorf("from %s, %s is %s", host.Name, address, out)
		}
	}
}

// isGone waits until the engine has no such host any more.
func (c *engineContract) isGone(when string, host labs.Host) {
	c.Helper()
	for range 100 {
		if _, err := c.Engine.Vitals(c.Context(), host); errors.Is(err, labs.ErrNotFound) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.Errorf("when %s, the host stays", when)
}

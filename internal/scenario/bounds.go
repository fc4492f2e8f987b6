package scenario

import (
	"fmt"
	"regexp"

	"endstate/labs"
)

// Host names become container names, networks become interfaces, and param names become shell variables.
var (
	hostShape    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)
	networkShape = regexp.MustCompile(`^[a-z][a-z0-9]{0,11}$`)
	paramShape   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,60}$`)
)

// The limits of a host's memory, in bytes.
const (
	minMemory = 16 << 20
	maxMemory = 64 << 30
)

// checkBounds finds numbers out of range and invalid names.
func (d *builder) checkBounds() {
	doc := d.folder.doc
	d.whole("level", doc.Level, 1, 3)
	d.whole("minutes", doc.Minutes, 1, 240)
	for _, check := range doc.Checks {
		d.whole("points", check.Points, 1, labs.Total)
	}
	for _, guard := range doc.Guards {
		d.whole("costs", guard.Costs, 1, labs.Total)
	}
	for _, hint := range doc.Hints {
		d.whole("costs", hint.Costs, 0, labs.Total)
	}
	for _, one := range doc.Params {
		if !paramShape.MatchString(one.Name) {
			d.mistake(one.node, "the param name %q may only have letters, digits and _, because it becomes a shell variable", one.Name)
		}
	}
	for _, one := range doc.Hosts {
		d.checkHostBounds(one)
	}
	for _, step := range doc.steps() {
		if what := notOneLine(step.Name.Value); what != "" {
			d.mistake(step.node(), "name: %s", what)
		}
	}
}

func (d *builder) checkHostBounds(one entry[host]) {
	if !hostShape.MatchString(one.Name) {
		d.mistake(one.node, "the host name %q must be at most 31 lowercase letters, digits and hyphens, a letter first", one.Name)
	}
	if cpus := one.Value.CPUs; cpus.node != nil && !(cpus.Value >= 0.1 && cpus.Value <= 8) {
		d.mistake(cpus.node, "cpus must be from 0.1 to 8")
	}
	for _, name := range one.Value.Networks {
		if !networkShape.MatchString(name) {
			d.mistake(one.node, "the network name %q must be at most 12 lowercase letters and digits, a letter first", name)
		}
	}
	if first := d.folder.doc.Hosts[0].Value.Networks; len(first) != 0 != (len(one.Value.Networks) != 0) {
		d.mistake(one.node, "if one host has networks, all must have some")
	}
	if forward := one.Value.Sysctls.Forward; forward.node != nil {
		d.whole("net.ipv4.ip_forward", forward, 0, 1)
	}
	if pids := one.Value.PIDsLimit; pids.node != nil {
		d.whole("pids_limit", pids, 16, 4096)
	}
}

// whole reports a number that is missing or out of range.
func (d *builder) whole(name string, n whole, least, most int) {
	if n.Value < least || n.Value > most {
		d.mistake(n.node, "%s must be a whole number from %d to %d%s", name, least, most, describeWhole(n))
	}
}

func describeWhole(n whole) string {
	if n.node == nil {
		return "; it is missing"
	}
	return fmt.Sprintf(", not %d", n.Value)
}

package scenario

import (
	"fmt"
	"regexp"

	"endstate/labs"
)

// Names of hosts become names of containers, names of params variables of a shell.
var (
	hostShape  = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)
	paramShape = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,60}$`)
)

// The least and the most memory of a host, in bytes.
const (
	leastMemory = 16 << 20
	mostMemory  = 64 << 30
)

// bounds finds numbers and names that can't be, whatever they were to mean.
func (d *drawing) bounds() {
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
			d.mistake(one.node, "the param %q must be named by letters, digits and _: scripts have it as a variable", one.Name)
		}
	}
	for _, one := range doc.Hosts {
		d.hostBounds(one)
	}
	for _, step := range doc.steps() {
		if what := titled(step.Name.Value); what != "" {
			d.mistake(step.node(), "name: %s", what)
		}
	}
}

func (d *drawing) hostBounds(one entry[host]) {
	if !hostShape.MatchString(one.Name) {
		d.mistake(one.node, "the host %q must be named by small letters, digits and hyphens, 31 at most", one.Name)
	}
	if cpus := one.Value.CPUs; cpus.node != nil && !(cpus.Value >= 0.1 && cpus.Value <= 8) {
		d.mistake(cpus.node, "cpus must be from 0.1 to 8")
	}
	if pids := one.Value.PIDsLimit; pids.node != nil {
		d.whole("pids_limit", pids, 16, 4096)
	}
}

// whole notes a number that is missing or out of its bounds.
func (d *drawing) whole(name string, n whole, least, most int) {
	if n.Value < least || n.Value > most {
		d.mistake(n.node, "%s must be a whole number from %d to %d%s", name, least, most, given(n))
	}
}

func given(n whole) string {
	if n.node == nil {
		return "; it is missing"
	}
	return fmt.Sprintf(", not %d", n.Value)
}

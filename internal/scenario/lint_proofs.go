package scenario

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"endstate/labs"
)

// How many proofs a scenario needs besides its solution.
const (
	minOtherWays  = 2
	minNearMisses = 4
)

var idShape = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// needs returns the checks that every check needs, by ID.
func (l *lint) needs() map[string][]string {
	needs := map[string][]string{}
	for _, check := range l.folder.doc.Checks {
		needs[check.ID.Value] = check.Needs
	}
	return needs
}

// assertions checks points, IDs and needs.
func (l *lint) assertions() {
	doc, needs, seen := l.folder.doc, l.needs(), map[string]bool{}
	sum := 0
	for _, check := range doc.Checks {
		sum += check.Points.Value
		l.assertion(check.assertion, seen)
		for _, need := range check.Needs {
			if _, there := needs[need]; !there {
				l.mistake(check.ID.node, "%s needs %s, which is not a check", check.ID.Value, need)
			}
		}
		if slices.Contains(allNeeds(needs, check.ID.Value), check.ID.Value) {
			l.mistake(check.ID.node, "%s needs itself, directly or through other checks", check.ID.Value)
		}
	}
	if sum != labs.Total {
		l.mistake(nil, "the points of the checks add up to %d, not %d", sum, labs.Total)
	}
	for _, guard := range doc.Guards {
		l.assertion(guard.assertion, seen)
	}
}

func (l *lint) assertion(a assertion, seen map[string]bool) {
	switch {
	case !idShape.MatchString(a.ID.Value):
		l.mistake(a.ID.node, "the id %q must be lowercase letters, digits and hyphens, a letter first", a.ID.Value)
	case seen[a.ID.Value]:
		l.mistake(a.ID.node, "the id %s is used twice", a.ID.Value)
	case strings.TrimSpace(a.Title.Value) == "":
		l.mistake(a.ID.node, "%s has no title", a.ID.Value)
	case strings.TrimSpace(a.Otherwise.Value) == "":
		l.mistake(a.ID.node, "%s has no otherwise, which says what is wrong if it does not hold", a.ID.Value)
	}
	seen[a.ID.Value] = true
}

// allNeeds returns the checks that a check needs, directly or indirectly.
func allNeeds(needs map[string][]string, id string) []string {
	var all []string
	for next := slices.Clone(needs[id]); len(next) > 0; next = next[1:] {
		if !slices.Contains(all, next[0]) {
			all = append(all, next[0])
			next = append(next, needs[next[0]]...)
		}
	}
	return all
}

// proofs checks that there are enough proofs and that their verdicts are possible.
func (l *lint) proofs() {
	doc, names, failed := l.folder.doc, map[string]bool{}, map[string]bool{}
	ways, misses := 0, 0
	for _, step := range doc.steps() {
		name := step.Name.Value
		if names[name] || name == "" || name == labs.Untouched {
			l.mistake(step.node(), "the name %q is empty, reserved or used twice", name)
		}
		names[name] = true
		for _, id := range step.Fails {
			failed[id] = failed[id] || !slices.Contains(step.before, id)
		}
		l.verdicts(step)
		switch {
		case name == labs.Solution:
		case len(step.Fails) > 0:
			misses++
		default:
			ways++
		}
	}
	if !names[labs.Solution] {
		l.mistake(nil, "no proof is called %s", labs.Solution)
	}
	if ways < minOtherWays {
		l.mistake(nil, "proofs of other right ways: %d; at least %d are needed", ways, minOtherWays)
	}
	if misses < minNearMisses {
		l.mistake(nil, "proofs of near misses: %d; at least %d are needed", misses, minNearMisses)
	}
	l.unproved(failed)
}

// unproved finds checks and guards that no proof makes fail.
func (l *lint) unproved(failed map[string]bool) {
	for _, check := range l.folder.doc.Checks {
		if !failed[check.ID.Value] {
			l.mistake(check.ID.node, "no proof fails the check %s: nothing shows that it can fail", check.ID.Value)
		}
	}
	for _, guard := range l.folder.doc.Guards {
		if !failed[guard.ID.Value] {
			l.mistake(guard.ID.node, "no proof breaks the guard %s: nothing shows that it can break", guard.ID.Value)
		}
	}
}

// verdicts checks the verdicts that one proof states.
func (l *lint) verdicts(p orderedStep) {
	needs := l.needs()
	guards := map[string]bool{}
	for _, guard := range l.folder.doc.Guards {
		guards[guard.ID.Value] = true
	}
	if p.Name.Value == labs.Solution && len(p.Fails)+len(p.Skips) > 0 {
		l.mistake(p.node(), "the solution must pass every check: it can't have fails or skips")
	}
	if p.goesOn && len(p.Fails) > 0 && slices.Equal(slices.Sorted(slices.Values(p.Fails)), slices.Sorted(slices.Values(p.before))) {
		l.mistake(p.node(), "%s: it only fails what had already failed in the same lab, so it shows nothing", p.Name.Value)
	}
	for _, id := range p.Fails {
		if _, check := needs[id]; !check && !guards[id] {
			l.mistake(p.node(), "%s: there is no check or guard %q", p.Name.Value, id)
		}
	}
	unpassed := append(slices.Clone(p.Fails), p.Skips...)
	for _, id := range p.Skips {
		if _, check := needs[id]; !check && !guards[id] {
			l.mistake(p.node(), "%s: there is no check or guard %q", p.Name.Value, id)
		}
	}
	for id := range needs {
		waits := slices.ContainsFunc(needs[id], func(need string) bool { return slices.Contains(unpassed, need) })
		l.waits(p.node(), p.Name.Value, id, waits, slices.Contains(p.Skips, id))
	}
}

func (l *lint) waits(node *yaml.Node, proof, id string, waits, skipped bool) {
	switch {
	case waits && !skipped:
		l.mistake(node, "%s: %s needs a check that does not pass, so it must be among the skips", proof, id)
	case skipped && !waits:
		l.mistake(node, "%s: everything that %s needs passes, so it is not skipped", proof, id)
	}
}

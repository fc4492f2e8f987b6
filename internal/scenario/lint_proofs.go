package scenario

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"endstate/labs"
)

// What every scenario must bring beside its solution.
const (
	leastOtherWays  = 2
	leastNearMisses = 4
)

var idShape = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// needs returns for every check, by ID, the checks that it needs.
func (l *lint) needs() map[string][]string {
	needs := map[string][]string{}
	for _, check := range l.folder.doc.Checks {
		needs[check.ID.Value] = check.Needs
	}
	return needs
}

// assertions looks at points, IDs and at which checks need which.
func (l *lint) assertions() {
	doc, needs, seen := l.folder.doc, l.needs(), map[string]bool{}
	sum := 0
	for _, check := range doc.Checks {
		sum += check.Points.Value
		l.assertion(check.assertion, seen)
		for _, need := range check.Needs {
			if _, there := needs[need]; !there {
				l.mistake(check.ID.node, "%s needs %s, which is no check", check.ID.Value, need)
			}
		}
		if slices.Contains(allNeeds(needs, check.ID.Value), check.ID.Value) {
			l.mistake(check.ID.node, "%s needs itself, by a round of needs", check.ID.Value)
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
		l.mistake(a.ID.node, "the id %q is not of small letters, digits and hyphens", a.ID.Value)
	case seen[a.ID.Value]:
		l.mistake(a.ID.node, "the id %s is there twice", a.ID.Value)
	case strings.TrimSpace(a.Title.Value) == "":
		l.mistake(a.ID.node, "%s has no title", a.ID.Value)
	case strings.TrimSpace(a.Otherwise.Value) == "":
		l.mistake(a.ID.node, "%s does not say what is wrong otherwise", a.ID.Value)
	}
	seen[a.ID.Value] = true
}

// allNeeds returns the checks that a check needs, those that these need included.
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

// proofs looks at whether what the proofs state can be, and whether they are enough.
func (l *lint) proofs() {
	doc, names, failed := l.folder.doc, map[string]bool{}, map[string]bool{}
	ways, misses := 0, 0
	for _, step := range doc.steps() {
		name := step.Name.Value
		if names[name] || name == "" || name == labs.Untouched {
			l.mistake(step.node(), "the name %q is empty, taken, or there twice", name)
		}
		names[name] = true
		for _, id := range step.Fails {
			failed[id] = failed[id] || !slices.Contains(step.before, id)
		}
		l.stated(step)
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
	if ways < leastOtherWays {
		l.mistake(nil, "%d proofs play another right way; %d or more are wanted", ways, leastOtherWays)
	}
	if misses < leastNearMisses {
		l.mistake(nil, "%d proofs play a near miss; %d or more are wanted", misses, leastNearMisses)
	}
	l.unproved(failed)
}

// unproved finds checks and guards that no proof shows to fail.
func (l *lint) unproved(failed map[string]bool) {
	for _, check := range l.folder.doc.Checks {
		if !failed[check.ID.Value] {
			l.mistake(check.ID.node, "no proof fails the check %s: nothing shows that it can", check.ID.Value)
		}
	}
	for _, guard := range l.folder.doc.Guards {
		if !failed[guard.ID.Value] {
			l.mistake(guard.ID.node, "no proof breaks the guard %s: nothing shows that it can be", guard.ID.Value)
		}
	}
}

// stated looks at the verdicts that one proof states.
func (l *lint) stated(p played) {
	needs := l.needs()
	guards := map[string]bool{}
	for _, guard := range l.folder.doc.Guards {
		guards[guard.ID.Value] = true
	}
	if p.Name.Value == labs.Solution && len(p.Fails)+len(p.Skips) > 0 {
		l.mistake(p.node(), "the solution fails nothing")
	}
	if p.goesOn && len(p.Fails) > 0 && slices.Equal(slices.Sorted(slices.Values(p.Fails)), slices.Sorted(slices.Values(p.before))) {
		l.mistake(p.node(), "%s: what fails is what failed before it in the same lab, so it shows nothing", p.Name.Value)
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
		l.mistake(node, "%s: %s needs a check that does not pass, so it is skipped", proof, id)
	case skipped && !waits:
		l.mistake(node, "%s: all that %s needs passes, so it is not skipped", proof, id)
	}
}

//go:build engine && linux

package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/internal/practice"
	"endstate/labs"
)

// fortnight is a learner who practises for two weeks. Only the days are simulated, with the
// program's clock; labs, answers and grades are real.
type fortnight struct {
	*machine
	day int
}

// says runs a command line on the learner's day.
func (f *fortnight) says(args ...string) string {
	f.t.Helper()
	command := f.command("endstate-later", args...)
	command.Env = append(slices.Clone(f.env), "LATER="+(time.Duration(f.day)*24*time.Hour).String())
	end := f.wait(command, nil)
	if end.status > 1 || end.status == 1 && args[0] != "check" {
		f.t.Fatalf("day %d: endstate %s: status %d\n%s%s", f.day, strings.Join(args, " "), end.status, end.out, end.err)
	}
	return end.out + end.err
}

// sees runs a command line and fails the test unless its output contains all wanted texts.
func (f *fortnight) sees(args []string, wanted ...string) {
	f.t.Helper()
	said := f.says(args...)
	for _, text := range wanted {
		if !strings.Contains(said, text) {
			f.t.Errorf("day %d: the output of endstate %s lacks %q:\n%s", f.day, strings.Join(args, " "), text, said)
		}
	}
}

// practises goes through one attempt at a scenario: with help, or to its solution.
func (f *fortnight) practises(scenario string, help string) (seed uint64) {
	f.t.Helper()
	f.says("start", scenario, "--no-shell")
	lab := f.lab(f.t)
	if help != "" {
		f.says(strings.Fields(help)...)
	}
	if help != "hint --yes" {
		f.Solve(lab, f.Variant(scenario, lab.Seed))
	}
	f.says("check")
	f.says("stop")
	return lab.Seed
}

func (f *fortnight) next() (pick practice.Pick, why string) {
	f.t.Helper()
	if err := json.Unmarshal([]byte(f.says("next", "--json")), &pick); err != nil {
		f.t.Fatal(err)
	}
	return pick, strings.Join(pick.Why, " ")
}

func practiseForAFortnight(t *testing.T) {
	f := &fortnight{machine: newMachine(t)}
	const conflict, undone = enginetest.Git, "git-undo-merge"
	seeds := map[uint64]bool{}

	if pick, why := f.next(); pick.State != practice.Untried || !strings.Contains(why, "not finished anything yet") {
		t.Errorf("at first, next is %+v", pick)
	}
	seeds[f.practises(conflict, "hint --yes")] = true
	f.sees([]string{"history"}, conflict, "1 hint")
	f.sees([]string{"progress"}, "1 shaky", conflict)

	// A scenario that went badly is due within two days, before all new ones.
	f.day = 2
	pick, why := f.next()
	if pick.Scenario.Name != conflict || !strings.Contains(why, "It is due") || !strings.Contains(why, "1 hint") || seeds[pick.Seed] {
		t.Errorf("on day 2, next is %s at seed %d, as %s", pick.Scenario.Name, pick.Seed, why)
	}
	seeds[f.practises(conflict, "")] = true
	f.sees([]string{"history", conflict}, "Trend: rising")
	f.sees([]string{"progress"}, "1 solved", "once more, on another seed")
	if pick, why := f.next(); pick.State != practice.Untried || strings.HasPrefix(pick.Scenario.Name, "git-") || !strings.Contains(why, "never tried it") {
		t.Errorf("with one topic under way, next is %s, as %s", pick.Scenario.Name, why)
	}

	// Twice, at two seeds, more than a day apart.
	f.day = 4
	seeds[f.practises(conflict, "")] = true
	f.sees([]string{"progress"}, "1 mastered")
	f.practises(undone, "solution --yes")
	f.sees([]string{"history"}, undone, "solution")
	f.sees([]string{"progress"}, "1 mastered", undone)

	f.day = 14
	if pick, why := f.next(); pick.Scenario.Name != undone || !strings.Contains(why, "solution seen") {
		t.Errorf("on day 14, next is %s, as %s", pick.Scenario.Name, why)
	}
	f.says("next", "--start", "--no-shell")
	lab := f.lab(t)
	if lab.Scenario != undone || lab.Role != labs.RoleLab {
		t.Errorf("next --start starts %+v", lab)
	}
	f.Solve(lab, f.Variant(undone, lab.Seed))
	f.sees([]string{"check"}, "Score 100 of 100")
	f.says("stop", "--all")
	f.sees([]string{"history", undone}, "100")
	if len(seeds) != 3 {
		t.Errorf("three attempts had the seeds %v", seeds)
	}
	if err := nothing(f.machine); err != nil {
		t.Errorf("labs left: %v", err)
	}
}

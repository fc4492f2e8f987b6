package pages

import (
	"endstate/internal/practice"
	"endstate/labs"
)

// Line is a verdict with what it was before.
type Line struct {
	Result labs.Result
	Change *practice.Change
	Guard  bool
}

// Lines returns the verdicts of a report.
func Lines(found *labs.Report, change *practice.Change) (checks, guards []Line) {
	for _, result := range found.Checks {
		checks = append(checks, Line{result, change, false})
	}
	for _, result := range found.Guards {
		guards = append(guards, Line{result, change, true})
	}
	return checks, guards
}

// Terminals is where a page has its terminals.
type Terminals struct {
	Base     string   // the address that they are below
	Hosts    []string // that are open
	Recorded bool     // what they show is recorded
	Built    bool     // the program has them
	Instead  string   // the command that opens one elsewhere
	Watchers []string // who may watch them
}

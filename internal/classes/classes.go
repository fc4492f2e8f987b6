// Package classes has groups of learners, what is assigned to them, and how they get on. It decides
// without a database and without an engine.
package classes

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"endstate/labs"
)

// Group is learners whom a teacher leads.
type Group struct {
	ID      int64
	Name    string
	Leader  string // the teacher's name
	Watch   bool   // the teacher may watch the members' terminals; it can't be changed later
	Created time.Time
	Members []string // by name
}

// Has reports whether a learner is a member.
func (g *Group) Has(name string) bool {
	for _, member := range g.Members {
		if member == name {
			return true
		}
	}
	return false
}

// Limits of what a teacher writes.
const (
	longestName    = 100 // characters
	longestText    = 2000
	mostMembers    = 500
	mostScenarios  = 50
	mostExtraHours = 24
)

// Validate returns an error if the group can't be stored.
func (g *Group) Validate() error {
	if !isName(g.Name) {
		return badName("The group's name is invalid")
	}
	if len(g.Members) > mostMembers {
		return labs.Misuse("The group has too many members", fmt.Sprintf("A group has at most %d.", mostMembers))
	}
	for _, member := range g.Members {
		if !isName(member) || strings.Contains(member, "/") {
			return badName(fmt.Sprintf("%q is not a learner's name", member))
		}
	}
	return nil
}

func badName(what string) error {
	return labs.Misuse(what, fmt.Sprintf("A name is a single line of 1 to %d characters.", longestName))
}

func isName(name string) bool {
	return name != "" && strings.TrimSpace(name) == name && utf8.ValidString(name) && utf8.RuneCountInString(name) <= longestName && !strings.ContainsFunc(name, unicode.IsControl)
}

// Assignment is what a group has to do: scenarios, or an exam.
type Assignment struct {
	ID        int64
	Group     int64
	Title     string
	Scenarios []string // by name; none if it is an exam
	Exam      string   // the name of a blueprint; empty: it is scenarios
	Blueprint string   // the text of a blueprint of one's own, as it was when it was assigned; empty: it is built in
	Topic     string   // of an exam about one topic
	Seed      uint64   // from which the members' seeds follow
	Each      bool     // each member has a seed of their own
	Opens     time.Time
	Due       time.Time                // zero: there is no date
	Extra     map[string]time.Duration // extra time in the exam, by member
}

// Validate returns an error if the assignment can't be stored.
func (a *Assignment) Validate() error {
	switch {
	case !isName(a.Title):
		return badName("The assignment's title is invalid")
	case (len(a.Scenarios) == 0) == (a.Exam == ""):
		return labs.Misuse("An assignment is either labs or an exam", "Choose at least one lab, or an exam.")
	case len(a.Scenarios) > mostScenarios:
		return labs.Misuse("The assignment has too many labs", fmt.Sprintf("An assignment has at most %d.", mostScenarios))
	case !a.Due.IsZero() && !a.Due.After(a.Opens):
		return labs.Misuse("The assignment is due before it opens", "Choose a later date.")
	case len(a.Extra) > 0 && a.Exam == "":
		return labs.Misuse("Extra time is for exams", "Labs have no clock: leave it out.")
	}
	for name, extra := range a.Extra {
		if extra <= 0 || extra > mostExtraHours*time.Hour {
			return labs.Misuse("The extra time of "+name+" is invalid", fmt.Sprintf("Give between one minute and %d hours.", mostExtraHours))
		}
	}
	return nil
}

// IsOpen reports whether members see the assignment.
func (a *Assignment) IsOpen(now time.Time) bool { return !now.Before(a.Opens) }

// IsLate reports whether a time is past the date.
func (a *Assignment) IsLate(at time.Time) bool { return !a.Due.IsZero() && at.After(a.Due) }

// SeedFor returns a member's seed, from 1 to most.
func (a *Assignment) SeedFor(member string, most uint64) uint64 {
	if !a.Each {
		return a.Seed
	}
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%d %d %s", a.Seed, a.ID, member)
	return hash.Sum64()%most + 1
}

// Message is what a teacher wrote to a learner.
type Message struct {
	ID   int64
	From string
	To   string
	Text string
	At   time.Time
}

// ValidateText returns an error if a text can't be a message.
func ValidateText(text string) error {
	if strings.TrimSpace(text) != "" && utf8.ValidString(text) && utf8.RuneCountInString(text) <= longestText {
		return nil
	}
	return labs.Misuse("The message is empty or too long", fmt.Sprintf("Write at most %d characters.", longestText))
}

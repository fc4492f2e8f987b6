package desk

import (
	"strings"

	"endstate/labs"
)

// The codes of problems that only the desk has.
const (
	CodeSeveralLabs = "several-labs" // which one is meant was not said
	CodeExpired     = "lab-expired"
	CodeCutOff      = "cut-off"     // an interrupted act left something behind
	CodeRunning     = "lab-running" // already
	CodeStopped     = "lab-stopped"
	CodeReset       = "lab-reset"       // from elsewhere, while somebody was in its shell
	CodeShellLost   = "shell-lost"      // the lab goes on
	CodeDisk        = "disk"            // a host has written much
	CodeExamLab     = "exam-lab"        // the lab or attempt is an exam's
	CodeOthers      = "other-terminals" // open in the same lab
	CodeLabEnds     = "lab-ends"        // soon
	CodeLongestLife = "longest-life"    // a lab can't be extended any more
)

// Unconfirmed is the error of an act that needs the learner's consent. Call it again once the
// learner has agreed.
type Unconfirmed struct{ Question string }

// Error returns the question.
func (u *Unconfirmed) Error() string { return u.Question }

// Several is the error of an act that must be told which of several labs it is about.
type Several struct{ Scenarios []string }

// Error says that several labs are running.
func (s *Several) Error() string { return s.problem().Error() }

// Unwrap returns the problem, for doors that can't ask.
func (s *Several) Unwrap() error { return s.problem() }

func (s *Several) problem() *labs.Problem {
	return &labs.Problem{
		Code: CodeSeveralLabs, What: "Several labs are running", Advice: "Name one of: " + strings.Join(s.Scenarios, ", "), Usage: true,
	}
}

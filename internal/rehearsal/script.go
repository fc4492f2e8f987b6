package rehearsal

import "time"

// Which identifies a script of a learner.
type Which struct {
	// Question is the number of the interview's question, or 0.
	Question int `json:"question,omitempty"`
	// Scenario names the scenario whose debrief the script is for, if Question is 0.
	Scenario string `json:"scenario,omitempty"`
	Company  string `json:"company,omitempty"` // empty: for any company
	Tone     string `json:"tone,omitempty"`    // such as formal; empty: the usual one
}

// Script is what a learner wants to say.
type Script struct {
	ID int64 `json:"id"`
	Which
	Text    string    `json:"text"`
	Changed time.Time `json:"changed"`
	// Recitals are the times that it was said, oldest first. Those of an earlier text count too.
	Recitals []Recital `json:"recitals"`
}

// Recital is one time that a learner said a script.
type Recital struct {
	At      time.Time `json:"at"`
	Hidden  int       `json:"hidden"`  // the share of the words that were hidden, in percent; [Free] for none shown
	Seconds float64   `json:"seconds"` // how long it took; 0: not measured
	Percent int       `json:"percent"` // of the script's words that were said
}

// Free is the hidden share of a recital that shows nothing of the script, not even its gaps.
const Free = 101

// Steps are the hidden shares through which a script is learned, in percent.
var Steps = []int{0, 25, 50, 75, 100, Free}

// passing is how much of a script must be said to go on to the next step, in percent.
const passing = 90

// Step returns the hidden share that a learner should try next: the one after the last that they
// passed, or the one before it if they have failed it since.
func (s *Script) Step() int {
	at := 0
	for _, r := range s.Recitals {
		for i, hidden := range Steps {
			switch {
			case hidden != r.Hidden:
			case r.Percent >= passing:
				at = max(at, min(i+1, len(Steps)-1))
			case at >= i:
				at = max(0, i-1)
			}
		}
	}
	return Steps[at]
}

// Company is what a learner found out about a company.
type Company struct {
	Name     string    `json:"name"`
	Does     string    `json:"does"`     // what it does
	Projects string    `json:"projects"` // its projects and products
	Values   string    `json:"values"`
	Sources  string    `json:"sources"` // where the learner found this
	Changed  time.Time `json:"changed"`
}

// Notes returns what a script for the company should draw on.
func (c *Company) Notes() []string {
	var notes []string
	for _, note := range []string{c.Does, c.Projects, c.Values} {
		if note != "" {
			notes = append(notes, note)
		}
	}
	return notes
}

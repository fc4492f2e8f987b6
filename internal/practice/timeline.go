package practice

import (
	"slices"
	"time"

	"endstate/internal/attempts"
	"endstate/labs"
)

// MomentKind is the kind of a moment in a timeline.
type MomentKind string

// The kinds of moments.
const (
	Began         MomentKind = "began"
	Entered       MomentKind = "entered" // a shell was opened
	Left          MomentKind = "left"
	Typed         MomentKind = "typed" // a line was entered in a shell
	Checked       MomentKind = "check"
	Hinted        MomentKind = "hint"
	SolutionShown MomentKind = "solution" // the solution was shown
	Reset         MomentKind = "reset"
	Saved         MomentKind = "save"   // the lab was saved
	Returned      MomentKind = "return" // the lab was put back to a saved state
	Paused        MomentKind = "paused" // this time does not count
	Explained     MomentKind = "explained"
	Ended         MomentKind = "ended"
)

// Moment is one point in a timeline.
type Moment struct {
	At     time.Time    `json:"at"`
	After  labs.Seconds `json:"after"` // since the start
	Kind   MomentKind   `json:"kind"`
	Text   string       `json:"text,omitempty"`   // a host, a typed line, or how the attempt ended
	Number int          `json:"number,omitempty"` // of the hint
	AtEnd  bool         `json:"at_end,omitempty"` // the check graded an exam after its end
	Took   labs.Seconds `json:"took,omitzero"`    // the length of a pause
	Report *labs.Report `json:"report,omitempty"` // of a check
}

// Line is a line that was entered in a shell.
type Line struct {
	At   time.Time
	Text string
}

// Timeline returns the moments of an attempt, in order.
func Timeline(story *attempts.Story, typed []Line, now time.Time) []Moment {
	all := []Moment{{At: story.Started, Kind: Began}}
	for _, v := range story.Visits {
		all = append(all, Moment{At: v.Began, Kind: Entered, Text: v.Host})
		if v.Ended != nil {
			all = append(all, Moment{At: *v.Ended, Kind: Left, Text: v.Host})
		}
	}
	for _, line := range typed {
		all = append(all, Moment{At: line.At, Kind: Typed, Text: line.Text})
	}
	for _, check := range story.Rounds {
		all = append(all, Moment{At: check.At, Kind: Checked, Report: check.Report, AtEnd: check.AtEnd})
	}
	kinds := map[attempts.Kind]MomentKind{
		attempts.HintOpened: Hinted, attempts.SolutionSeen: SolutionShown, attempts.LabReset: Reset,
		attempts.LabSaved: Saved, attempts.LabReturned: Returned,
	}
	for _, e := range story.Events {
		if kind, ok := kinds[e.Kind]; ok {
			all = append(all, Moment{At: e.At, Kind: kind, Number: e.Number})
		}
	}
	all = append(all, pauses(story.Spans)...)
	for _, e := range story.Explanations {
		all = append(all, Moment{At: e.At, Kind: Explained})
	}
	if end, over := story.Over(now); over {
		how := story.Ending
		if how == "" {
			how = attempts.Expired
		}
		all = append(all, Moment{At: end, Kind: Ended, Text: string(how)})
	}
	slices.SortStableFunc(all, func(a, b Moment) int { return a.At.Compare(b.At) })
	for i := range all {
		all[i].After.Duration = max(0, all[i].At.Sub(story.Started))
	}
	return all
}

// minPause is the shortest pause in a timeline.
const minPause = time.Minute

func pauses(spans []attempts.Span) []Moment {
	var all []Moment
	for i := 1; i < len(spans); i++ {
		if d := spans[i].Began.Sub(spans[i-1].Ended); d >= minPause {
			all = append(all, Moment{At: spans[i-1].Ended, Kind: Paused, Took: labs.Seconds{Duration: d}})
		}
	}
	return all
}

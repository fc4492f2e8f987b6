package report

import (
	"fmt"
	"time"

	"endstate/internal/exams"
	"endstate/internal/practice"
)

// Brief formats a time that goes on, such as the time left: in seconds, minutes, or hours and minutes.
// A duration that is over is written by [labs.Duration].
func Brief(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}

// Span formats a duration like [Brief], or in days from two days on.
func Span(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day {
		return fmt.Sprintf("%d days", int(d.Round(day)/day))
	}
	return Brief(d)
}

// TimeLeft says how much time is left; a minute that is begun is one.
func TimeLeft(v exams.View) string {
	left := time.Duration(v.Left * float64(time.Second))
	if left > 2*time.Minute {
		left += time.Minute - 1
	}
	return Brief(left) + " left"
}

// StateName names how well a learner knows a scenario.
func StateName(state practice.State) string {
	if state == practice.Untried {
		return "not tried"
	}
	return string(state)
}

// LevelName names a scenario's level.
func LevelName(level int) string {
	return map[int]string{1: "core", 2: "working", 3: "expert"}[level]
}

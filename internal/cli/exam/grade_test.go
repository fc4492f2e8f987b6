package exam

import (
	"testing"
	"time"

	"endstate/internal/exams"
)

// When a shell has closed because the clock was stopped, the clock may run again already.
func TestStoppedTextIsTrueWhenTheClockRunsAgain(t *testing.T) {
	for name, test := range map[string]struct {
		phase exams.Phase
		why   exams.PauseKind
		want  string
	}{
		"the examiner's pause lasts": {exams.Paused, exams.ExaminerPause, "The examiner has paused the exam. Go on when it runs again: endstate exam resume --exam 3"},
		"the examiner's pause ended": {exams.Running, exams.ExaminerPause, "The examiner paused the exam. The clock runs again, 10 min left. Go on: endstate exam resume --exam 3"},
		"another pause ended":        {exams.Running, exams.UngradedPause, "The clock was stopped. It runs again, 10 min left. Go on: endstate exam resume --exam 3"},
		"another pause lasts": {
			exams.Paused, exams.UngradedPause,
			"The clock is stopped. It runs again when the question can be graded (endstate exam grade --exam 3) or when you continue (endstate exam resume --exam 3).",
		},
	} {
		pause := exams.Pause{From: noon, Why: test.why}
		if test.phase == exams.Running {
			pause.To = noon.Add(time.Second)
		}
		if got := stoppedText(exams.View{ID: 3, Phase: test.phase, Left: 600, Pauses: []exams.Pause{pause}}); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

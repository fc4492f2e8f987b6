package report

import (
	"fmt"
	"time"

	"endstate/internal/exams"
	"endstate/internal/recording"
	"endstate/labs"
)

// Stay is what a terminal showed while a candidate was in a shell.
type Stay struct {
	Began time.Time
	Host  string
	Rows  []recording.Row
}

// TranscriptRows is how many rows of a stay a report shows at most.
const TranscriptRows = 400

// QuestionName is the name of a question's attempt, by which commands find it.
func QuestionName(exam int64, question int) string { return fmt.Sprintf("exam-%d/%d", exam, question) }

// evidence returns the commands that show what a candidate did at a question. It is empty if
// the candidate never opened it.
func evidence(exam int64, q exams.QuestionView) string {
	if !q.Opened {
		return ""
	}
	name := QuestionName(exam, q.Number)
	return fmt.Sprintf("endstate show %s · endstate replay %s", name, name)
}

// omitted says how many rows of a transcript were left out.
func omitted(row recording.Row) string {
	return "… " + labs.Count(row.Omitted, "row") + " left out …"
}

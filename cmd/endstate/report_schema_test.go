package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"endstate/internal/attempts"
	"endstate/internal/exams"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/labs"
)

// reportSchemaFile is the schema of the output of check --json and report --format json.
const reportSchemaFile = "../../docs/report.schema.json"

// The smallest and the fullest reports fit the schema.
func TestReportsFitTheirSchema(t *testing.T) {
	score, at := 40, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	checked := &labs.Report{Scenario: "a", At: at, Servers: []string{}, Checks: []labs.Result{{ID: "b", Verdict: labs.Failed}}, Guards: []labs.Result{}, Hints: []labs.Hint{}, Score: &score, Total: 100}
	ungraded := *checked
	ungraded.Score = nil
	story := attempts.Story{Attempt: attempts.Attempt{Scenario: "a", Started: at, Ended: &at}, Rounds: []attempts.Check{{At: at, Report: checked}}}
	sitting := &exams.Sitting{ID: 1, Started: at, Ended: at, Questions: []exams.Question{{Number: 1, Points: 10, Grade: &exams.Grade{At: at, Score: &score, Report: checked}}, {Number: 2, Points: 5}}}
	exam, err := report.OfExam([]*exams.Sitting{sitting}, at, "1")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile(reportSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	outcome := &practice.Outcome{Report: checked, Solved: practice.ClosingOf(&story.Attempt, &practice.Pick{Why: []string{}})}
	outcome.Compare(&attempts.Check{At: at, Report: checked})
	for name, value := range map[string]any{"check": outcome, "report": &practice.Outcome{Report: checked}, "ungraded": &practice.Outcome{Report: &ungraded}, "attempt": report.OfAttempt(story, nil, at, "1"), "exam": exam} {
		var out bytes.Buffer
		if err := report.JSON(&out, value); err != nil {
			t.Fatal(err)
		}
		read, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(read); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/exams"
	"endstate/internal/practice"
	"endstate/labs"
)

// Attempt is the report of an attempt.
type Attempt struct {
	Made    time.Time      `json:"made"`    // when the report was made
	Version string         `json:"version"` // of Endstate
	Story   attempts.Story `json:"attempt"`
	Again   string         `json:"again"`  // the command that starts the same exercise
	Next    []Advice       `json:"next"`   // what to practise next
	Digest  string         `json:"digest"` // of everything else: see [Verify]
}

// Exam is the report of the sittings of one blueprint.
type Exam struct {
	Made     time.Time `json:"made"`
	Version  string    `json:"version"`
	Title    string    `json:"title"`
	Sittings []Sitting `json:"sittings"`
	Digest   string    `json:"digest"` // of everything else: see [Verify]
}

// Sitting is the report of one candidate's exam after its end.
type Sitting struct {
	exams.View
	Turns []exams.Turn `json:"turns"`
	Next  []Advice     `json:"next"`
	Late  int          `json:"late"` // whole seconds after the end, of the lab that was frozen last
	// Stays is what the terminals showed, by question; see the desk.
	Stays map[int][]Stay `json:"-"`
}

// Advice is something to practise, and why.
type Advice struct {
	Scenario string   `json:"scenario"`
	Title    string   `json:"title"`
	Why      []string `json:"why"`
	Command  string   `json:"command"`
}

// OfAttempt returns the report of an attempt. next is what to practise next; it may be nil.
func OfAttempt(story attempts.Story, next *practice.Pick, now time.Time, version string) *Attempt {
	a := &Attempt{Made: now, Version: version, Story: story, Again: again(story.Scenario, story.Seed), Next: []Advice{}}
	if next != nil {
		a.Next = append(a.Next, Advice{
			Scenario: next.Scenario.Name, Title: next.Scenario.Title, Why: next.Why, Command: again(next.Scenario.Name, next.Seed),
		})
	}
	a.Digest = seal(a)
	return a
}

// again returns the command that starts the same exercise.
func again(scenario string, seed uint64) string {
	return fmt.Sprintf("endstate start %s --seed %d", scenario, seed)
}

// Last returns the report of the last round that could be graded, or nil if there is none.
func (a *Attempt) Last() *labs.Report {
	for _, round := range slices.Backward(a.Story.Rounds) {
		if round.Report.Graded() {
			return round.Report
		}
	}
	return nil
}

// OfExam returns the report of sittings of one blueprint. It returns an error if one of them
// is still running, because the report would tell the candidate too much.
func OfExam(sittings []*exams.Sitting, now time.Time, version string) (*Exam, error) {
	e := &Exam{Made: now, Version: version, Sittings: []Sitting{}}
	for _, s := range sittings {
		if s.Ended.IsZero() {
			return nil, labs.Misuse(fmt.Sprintf("Exam %d of %s is still running", s.ID, s.Candidate), "", labs.Act{Name: labs.ActExamSubmit, For: "End it first", Exam: s.ID})
		}
		one := Sitting{View: s.View(now), Turns: append([]exams.Turn{}, s.Turns...)}
		one.Next = one.advice()
		for _, q := range one.Questions {
			one.Late = max(one.Late, lateSeconds(q.Grade))
		}
		e.Title, e.Sittings = s.Blueprint.Title, append(e.Sittings, one)
	}
	slices.SortStableFunc(e.Sittings, func(a, b Sitting) int {
		return cmp.Or(cmp.Compare(a.Candidate, b.Candidate), a.Started.Compare(b.Started))
	})
	e.Digest = seal(e)
	return e, nil
}

// maxAdvice limits the advice that a candidate gets.
const maxAdvice = 3

// advice names the questions with the lowest scores, those of the weakest topic first.
func (s *Sitting) advice() []Advice {
	weak := map[string]float64{}
	for _, topic := range s.Topics() {
		weak[topic.Name] = topic.Share()
	}
	var short []exams.QuestionView
	for _, q := range s.Questions {
		if q.Grade != nil && q.Grade.Score != nil && *q.Grade.Score < labs.Total {
			short = append(short, q)
		}
	}
	slices.SortStableFunc(short, func(a, b exams.QuestionView) int {
		return cmp.Or(cmp.Compare(weak[a.Topic], weak[b.Topic]), *a.Grade.Score-*b.Grade.Score)
	})
	next := []Advice{}
	for _, q := range short[:min(maxAdvice, len(short))] {
		next = append(next, Advice{
			Scenario: q.Scenario, Title: q.Title, Command: "endstate start " + q.Scenario,
			Why: []string{fmt.Sprintf("%d of 100 here; %.0f %% in %s", *q.Grade.Score, 100*weak[q.Topic], q.Topic)},
		})
	}
	return next
}

// Topic is what a candidate earned in a topic.
type Topic struct {
	Name   string
	Earned float64
	Points int
}

// Share returns the earned share of the points, from 0 to 1.
func (t Topic) Share() float64 {
	if t.Points == 0 {
		return 0
	}
	return t.Earned / float64(t.Points)
}

// Topics returns what was earned by topic, ordered by name. Questions that could not be
// graded are left out.
func (s *Sitting) Topics() []Topic {
	var all []Topic
	for _, q := range s.Questions {
		if q.Grade == nil || q.Grade.Score == nil {
			continue
		}
		i := slices.IndexFunc(all, func(t Topic) bool { return t.Name == q.Topic })
		if i < 0 {
			i = len(all)
			all = append(all, Topic{Name: q.Topic})
		}
		earned, _ := q.Earned()
		all[i].Earned += earned
		all[i].Points += q.Points
	}
	slices.SortFunc(all, func(a, b Topic) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Reports returns the reports of all graded questions. A question that could not be
// graded has a report that says so.
func (e *Exam) Reports() []*labs.Report {
	var all []*labs.Report
	for _, s := range e.Sittings {
		for _, q := range s.Questions {
			if q.Grade != nil {
				all = append(all, reportOf(s, q))
			}
		}
	}
	return all
}

// reportOf returns a question's report, named after the candidate and the question.
func reportOf(s Sitting, q exams.QuestionView) *labs.Report {
	name := fmt.Sprintf("%s.%d.%s", s.Candidate, q.Number, q.Scenario)
	if q.Grade.Report != nil {
		named := *q.Grade.Report
		named.Scenario, named.Score = name, q.Grade.Score
		return &named
	}
	verdict := labs.Ungraded
	if q.Grade.Score != nil {
		verdict = labs.Skipped
	}
	return &labs.Report{
		Scenario: name, Title: q.Title, Seed: *q.Seed, At: q.Grade.At, Score: q.Grade.Score, Total: labs.Total,
		Checks: []labs.Result{{ID: "question", Title: q.Title, Verdict: verdict, Points: labs.Total, Message: q.Grade.Why}},
	}
}

// Lateness says how long after the exam's end the lab was frozen, in words. It is empty if there was
// no lab.
func Lateness(g *exams.Grade) string {
	if g.NeverOpened() {
		return ""
	}
	return AsAt(lateSeconds(g))
}

// AsAt says that something is as it was some seconds after the exam's end, in words.
func AsAt(seconds int) string {
	if seconds == 0 {
		return "as it was at the end"
	}
	return "as it was " + labs.Duration(time.Duration(seconds)*time.Second) + " after the end"
}

// lateSeconds returns how late a grade is, in whole seconds. A question that was never
// opened is not late.
func lateSeconds(g *exams.Grade) int {
	if g == nil || g.NeverOpened() {
		return 0
	}
	return int(g.Late.Seconds())
}

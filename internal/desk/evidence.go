package desk

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

// ExamQuestion is the question of an exam that an attempt belongs to.
type ExamQuestion struct {
	Exam      int64  `json:"exam"`
	Question  int    `json:"question"`
	Candidate string `json:"candidate"`
	// What examiners decided while the exam ran, and wrote about the exam as a whole.
	Extra    []exams.ExtraTime `json:"extra,omitempty"`
	Pauses   []exams.Pause     `json:"pauses,omitempty"`
	Comments []exams.Comment   `json:"comments,omitempty"`
	// Result has the grade of the question, and what examiners added by hand. It is missing while the
	// exam runs.
	Result *exams.QuestionView `json:"result,omitempty"`
}

// examQuestion returns a question of an exam as it is at a time.
func examQuestion(s *exams.Sitting, n int, now time.Time) *ExamQuestion {
	v := s.View(now)
	one := &ExamQuestion{Exam: s.ID, Question: n, Candidate: s.Candidate, Extra: v.Extra, Comments: v.Comments}
	for _, p := range v.Pauses {
		if p.Why == exams.ExaminerPause {
			one.Pauses = append(one.Pauses, p)
		}
	}
	if !s.Ended.IsZero() {
		one.Result = &v.Questions[n-1]
	}
	return one
}

// tellAsExam makes the story of a question's attempt say what the exam says: how long the candidate
// worked on it by the exam's clock, and which rounds graded it after the end, as these are no checks of
// its candidate.
func tellAsExam(story *attempts.Story, s *exams.Sitting, n int, now time.Time) {
	story.Active.Duration = s.Spent(n, now).Round(time.Second)
	if story.Took != nil {
		story.Took.Duration = min(story.Took.Duration, story.Active.Duration)
	}
	for i := range story.Rounds {
		round := &story.Rounds[i]
		if round.AtEnd = !round.At.Before(s.Ended); !round.AtEnd {
			continue
		}
		story.Gradings++
		story.Checks--
		if !round.Report.Graded() {
			story.Ungraded--
		}
	}
}

// namesQuestion matches the name of a question of an exam.
var namesQuestion = regexp.MustCompile(`^exam-([0-9]{1,18})/([0-9]{1,4})$`)

// attemptOfQuestion finds the attempt of a question by its name, such as exam-3/2.
func attemptOfQuestion(ctx context.Context, store *attempts.View, exam, question string) (*attempts.Attempt, error) {
	id, err := strconv.ParseInt(exam, 10, 64)
	if err != nil {
		return nil, err
	}
	s, err := store.Exam(ctx, id)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(question)
	if err != nil {
		return nil, err
	}
	q, err := s.Question(n)
	if err != nil {
		return nil, err
	}
	if q.Attempt == "" {
		return nil, labs.Misuse(fmt.Sprintf("Question %d of exam %d was never opened", n, id), "", labs.Act{Name: labs.ActExamStatus, For: "See the others", Exam: id})
	}
	return store.Find(ctx, q.Attempt)
}

// questionOf returns the exam that an attempt belongs to, and which question it is; nil if it
// belongs to none.
func (d *Desk) questionOf(ctx context.Context, store *attempts.View, attempt *attempts.Attempt) (*exams.Sitting, *ExamQuestion, error) {
	if !exams.OwnsLabs(attempt.Owner) {
		return nil, nil, nil
	}
	all, err := store.Exams(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range all {
		for _, q := range s.Questions {
			if s.LabOwner == attempt.Owner && q.Scenario == attempt.Scenario {
				return s, examQuestion(s, q.Number, d.Clock()), nil
			}
		}
	}
	return nil, nil, nil
}

// Evidence adds to a report of exams what the terminals of the candidates showed, as far as
// recordings exist.
func (d *Desk) Evidence(ctx context.Context, who labs.Learner, e *report.Exam) error {
	store, err := d.memory(ctx, who)
	if err != nil {
		return err
	}
	for i := range e.Sittings {
		one := &e.Sittings[i]
		one.Stays = map[int][]report.Stay{}
		for _, q := range one.Questions {
			if q.Attempt == "" {
				continue
			}
			if one.Stays[q.Number], err = d.staysAt(ctx, store, q.Attempt); err != nil {
				return err
			}
		}
	}
	return nil
}

// staysAt returns what the terminals of an attempt showed. It leaves out recordings that are
// gone or can't be read.
func (d *Desk) staysAt(ctx context.Context, store *attempts.View, uid string) ([]report.Stay, error) {
	attempt, err := store.Find(ctx, uid)
	if err != nil {
		return nil, err
	}
	story, err := store.Story(ctx, attempt)
	if err != nil {
		return nil, err
	}
	var stays []report.Stay
	for _, visit := range story.Visits {
		if recorded, err := d.recordingOf(story, visit); err == nil && recorded != nil {
			stays = append(stays, report.Stay{Began: visit.Began, Host: visit.Host, Rows: recorded.Transcript(report.TranscriptRows)})
		}
	}
	return stays, nil
}

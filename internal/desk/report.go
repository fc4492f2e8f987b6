package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"endstate/internal/attempts"
	"endstate/internal/exams"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/labs"
)

// Report returns a report of an attempt, named as for [Desk.Show]; of a candidate's exam, as exam-N; or
// of all finished sittings of a blueprint, by its name or title. One of the two results is nil.
func (d *Desk) Report(ctx context.Context, who labs.Learner, name string) (*report.Attempt, *report.Exam, error) {
	store, err := d.memory(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	sittings, err := sittingsOf(ctx, store, name)
	if err != nil {
		return nil, nil, err
	}
	if len(sittings) > 0 {
		exam, err := report.OfExam(sittings, d.Clock(), d.Version)
		return nil, exam, err
	}
	story, err := d.story(ctx, who, name)
	if err != nil {
		return nil, nil, err
	}
	var next *practice.Pick
	if story.Owner == who.Name {
		next, _ = d.Next(ctx, who) // without a suggestion if there is nothing to choose from
	}
	return report.OfAttempt(*story, next, d.Clock(), d.Version), nil, nil
}

// sittingsOf returns the sitting exam-N, or the finished ones of a blueprint. It returns none if
// the name is not that of an exam.
func sittingsOf(ctx context.Context, store *attempts.View, name string) ([]*exams.Sitting, error) {
	if number, is := strings.CutPrefix(name, "exam-"); is && !namesQuestion.MatchString(name) {
		id, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, labs.Misuse(fmt.Sprintf("%q is not the number of an exam", number), "", labs.Act{Name: labs.ActExamList, For: "See them"})
		}
		s, err := store.Exam(ctx, id)
		return []*exams.Sitting{s}, err
	}
	all, err := store.Exams(ctx)
	if err != nil {
		return nil, err
	}
	of := slices.DeleteFunc(all, func(s *exams.Sitting) bool { return s.Blueprint.Name != name && s.Blueprint.Title != name })
	over := slices.DeleteFunc(slices.Clone(of), func(s *exams.Sitting) bool { return s.Ended.IsZero() })
	if len(of) > 0 && len(over) == 0 {
		return nil, labs.Misuse("No exam "+name+" is over", "", labs.Act{Name: labs.ActExamSubmit, For: "End one first"})
	}
	return over, ofOneTitle(name, over)
}

// ofOneTitle returns an error if sittings belong to different exams of the same name.
func ofOneTitle(name string, sittings []*exams.Sitting) error {
	var titles []string
	for _, s := range sittings {
		titles = append(titles, fmt.Sprintf("%q", s.Blueprint.Title))
	}
	slices.Sort(titles)
	if titles = slices.Compact(titles); len(titles) > 1 {
		return labs.Misuse("Several exams are called "+name, "Name one by its title: "+strings.Join(titles, ", "))
	}
	return nil
}

package class

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"endstate/internal/attempts"
	"endstate/internal/classes"
	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

// Gradebook is what the members of a group did for each part of each assignment.
type Gradebook struct {
	Group   *classes.Group
	Columns []Column
	Rows    []Row
}

// Column is a part of an assignment: a lab, or an exam.
type Column struct {
	Assignment *classes.Assignment
	Scenario   string // empty: an exam
	Title      string // of the lab or the exam
}

// Name returns the name of the lab or the exam.
func (c Column) Name() string { return cmp.Or(c.Scenario, c.Assignment.Exam) }

// SeedFor returns a member's seed.
func (c Column) SeedFor(member string) uint64 { return c.Assignment.SeedFor(member, desk.MaxSeed) }

// Row is a member's work, for each column.
type Row struct {
	Member string
	Works  []classes.Work
}

// Gradebook returns the gradebook of a group.
func (d *Desk) Gradebook(ctx context.Context, who labs.Learner, group int64) (*Gradebook, error) {
	g, store, err := d.group(ctx, who, group)
	if err != nil {
		return nil, err
	}
	given, err := store.Assignments(ctx, g.ID)
	if err != nil {
		return nil, err
	}
	book := &Gradebook{Group: g, Columns: columnsOf(given, d.titles())}
	for _, member := range g.Members {
		row, err := d.row(ctx, member, given)
		if err != nil {
			return nil, err
		}
		book.Rows = append(book.Rows, row)
	}
	return book, nil
}

func columnsOf(given []*classes.Assignment, titles map[string]string) []Column {
	var all []Column
	for _, a := range given {
		for _, name := range a.Scenarios {
			title := titles[name]
			if title == "" {
				title = name
			}
			all = append(all, Column{a, name, title})
		}
		if a.Exam != "" {
			all = append(all, Column{a, "", a.Exam})
		}
	}
	return all
}

func (d *Desk) row(ctx context.Context, member string, given []*classes.Assignment) (Row, error) {
	row := Row{Member: member}
	store, err := d.parts.Memory(ctx, labs.Learner{Name: member})
	if err != nil {
		return row, err
	}
	for _, a := range given {
		works, err := d.works(ctx, store, member, a)
		if err != nil {
			return row, err
		}
		row.Works = append(row.Works, works...)
	}
	return row, nil
}

// works returns what a member did for each part of an assignment.
func (d *Desk) works(ctx context.Context, store *attempts.View, member string, a *classes.Assignment) ([]classes.Work, error) {
	var all []classes.Work
	seed := a.SeedFor(member, desk.MaxSeed)
	for _, name := range a.Scenarios {
		work, err := d.workAt(ctx, store, a, name, seed)
		if err != nil {
			return nil, err
		}
		all = append(all, work)
	}
	if a.Exam != "" {
		work, err := d.examWork(ctx, store, a, seed)
		if err != nil {
			return nil, err
		}
		all = append(all, work)
	}
	return all, nil
}

// workAt returns what a member did at a scenario: all attempts at their seed since the assignment opened.
func (d *Desk) workAt(ctx context.Context, store *attempts.View, a *classes.Assignment, scenario string, seed uint64) (classes.Work, error) {
	work := classes.Work{}
	found, err := store.At(ctx, scenario, seed, a.Opens)
	if err != nil {
		return work, err
	}
	for _, one := range found {
		work.Attempts++
		work.Spent += one.Active.Duration
		work.Hints += one.Hints
		if work.Best == nil {
			work.Attempt = one.ID
		}
		_, over := one.Over(d.parts.Now())
		work.Running = !over
		scores, err := store.Scores(ctx, one)
		if err != nil {
			return work, err
		}
		for _, c := range scores {
			work.Add(a, c)
		}
	}
	return work, nil
}

// examWork returns what a member did in an assigned exam. Its first sitting counts: whoever sits it again
// knows its questions.
func (d *Desk) examWork(ctx context.Context, store *attempts.View, a *classes.Assignment, seed uint64) (classes.Work, error) {
	work := classes.Work{}
	all, err := store.Exams(ctx)
	if err != nil {
		return work, err
	}
	var first *exams.Sitting
	for _, s := range all { // the latest first
		if s.Seed == seed && s.Blueprint.Name == a.Exam && !s.Created.Before(a.Opens) {
			first = s
			work.Attempts++
		}
	}
	if first == nil {
		return work, nil
	}
	work.Exam, work.Running = first.ID, first.Ended.IsZero()
	for _, q := range first.Questions {
		work.Hints += q.Hints
		work.Spent += first.Spent(q.Number, d.parts.Now())
	}
	if work.Running {
		return work, nil
	}
	if percent := first.Result().Percent; percent != nil {
		score := int(*percent)
		work.Best, work.Last, work.Late = &score, &score, a.IsLate(first.Ended)
	}
	return work, nil
}

// Report returns the report of an attempt that the gradebook of a group names, for its teacher.
func (d *Desk) Report(ctx context.Context, who labs.Learner, group, attempt int64) (*report.Attempt, error) {
	member, err := d.whose(ctx, who, group, func(w classes.Work) bool { return attempt != 0 && w.Attempt == attempt })
	if err != nil {
		return nil, err
	}
	found, _, err := d.base.Report(ctx, member, strconv.FormatInt(attempt, 10))
	return found, err
}

// ExamReport returns the report of an exam that the gradebook of a group names, for its teacher.
func (d *Desk) ExamReport(ctx context.Context, who labs.Learner, group, id int64) (*report.Exam, error) {
	member, err := d.whose(ctx, who, group, func(w classes.Work) bool { return id != 0 && w.Exam == id })
	if err != nil {
		return nil, err
	}
	_, found, err := d.base.Report(ctx, member, fmt.Sprintf("exam-%d", id))
	return found, err
}

// whose returns the member of a group whose gradebook has work of which is is true.
func (d *Desk) whose(ctx context.Context, who labs.Learner, group int64, is func(classes.Work) bool) (labs.Learner, error) {
	book, err := d.Gradebook(ctx, who, group)
	if err != nil {
		return labs.Learner{}, err
	}
	for _, row := range book.Rows {
		if slices.ContainsFunc(row.Works, is) {
			return labs.Learner{Name: row.Member}, nil
		}
	}
	return labs.Learner{}, notFound("The gradebook of the group " + book.Group.Name + " has no such attempt")
}

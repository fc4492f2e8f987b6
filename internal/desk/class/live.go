package class

import (
	"cmp"
	"context"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/classes"
	"endstate/internal/exams"
	"endstate/labs"
)

// Place is where a member is: in a lab, at a question of an exam, or just out of an exam. Scenario is empty if
// they are in no lab.
type Place struct {
	Member          string
	Scenario, Title string
	Exam            int64       // 0: not in an exam
	Question        int         // of the exam
	Sat             *exams.View // the exam that ended lately; nil: none
	Since           time.Time
	classes.Pace
	Attached bool // a terminal is connected
	Visible  bool // the teacher may watch the terminal
}

// lately is how long the live view has an exam that is over.
const lately = time.Hour

// Live returns where the members of a group are, each at least once: in every lab of theirs that runs, at the
// question of an exam, and out of an exam that the group's leader assigned and that ended lately.
func (d *Desk) Live(ctx context.Context, who labs.Learner, group int64) ([]Place, error) {
	g, _, err := d.group(ctx, who, group)
	if err != nil {
		return nil, err
	}
	titles := d.titles()
	var all []Place
	for _, member := range g.Members {
		places, err := d.places(ctx, g.Leader, member, titles)
		if err != nil {
			return nil, err
		}
		for i := range places {
			places[i].Visible = places[i].Attached && places[i].Exam == 0 && mayWatch(who, g)
		}
		if len(places) == 0 {
			places = []Place{{Member: member}}
		}
		all = append(all, places...)
	}
	return all, nil
}

// places returns the labs and questions that a member is at, and the exams of a teacher that they have just sat.
func (d *Desk) places(ctx context.Context, leader, member string, titles map[string]string) ([]Place, error) {
	store, err := d.parts.Memory(ctx, labs.Learner{Name: member})
	if err != nil {
		return nil, err
	}
	all, err := d.inExams(ctx, store, leader, member)
	if err != nil {
		return nil, err
	}
	open, err := store.Open(ctx, d.parts.Now())
	if err != nil {
		return nil, err
	}
	for _, a := range open {
		place, err := d.atLab(ctx, store, a)
		if err != nil {
			return nil, err
		}
		place.Member, place.Title = member, cmp.Or(a.Title, titles[a.Scenario], a.Scenario)
		all = append(all, place)
	}
	return all, nil
}

// inExams returns where a member is in exams, and the exams of a teacher that they have just sat.
func (d *Desk) inExams(ctx context.Context, store *attempts.View, leader, member string) ([]Place, error) {
	now := d.parts.Now()
	sat, err := store.ExamsSince(ctx, now.Add(-lately))
	if err != nil {
		return nil, err
	}
	var all []Place
	for _, s := range sat {
		switch {
		case s.Ended.IsZero() && !s.Started.IsZero():
			place, err := d.atQuestion(ctx, store, member, s)
			if err != nil {
				return nil, err
			}
			all = append(all, place)
		case s.Examiner == leader && s.Ended.After(now.Add(-lately)):
			view := s.View(now)
			all = append(all, Place{Member: member, Title: view.Title, Exam: s.ID, Since: s.Ended, Sat: &view})
		}
	}
	return all, nil
}

// atLab returns how somebody gets on at an attempt.
func (d *Desk) atLab(ctx context.Context, store *attempts.View, a *attempts.Attempt) (Place, error) {
	place := Place{Scenario: a.Scenario, Since: a.Started}
	checks, err := store.Scores(ctx, a)
	if err != nil {
		return place, err
	}
	spans, err := store.Spans(ctx, a)
	if err != nil {
		return place, err
	}
	place.Pace = classes.PaceOf(a.Started, checks, spans)
	here, err := store.Others(ctx, a, d.parts.Now())
	place.Attached = len(here) > 0
	return place, err
}

// atQuestion returns how somebody gets on at the question of an exam that they are at.
func (d *Desk) atQuestion(ctx context.Context, store *attempts.View, member string, s *exams.Sitting) (Place, error) {
	q := s.Questions[s.Current-1]
	place := Place{}
	if q.Attempt != "" {
		a, err := store.Find(ctx, q.Attempt)
		if err == nil {
			place, err = d.atLab(ctx, store, a)
		}
		if err != nil {
			return place, err
		}
	}
	place.Member, place.Scenario, place.Title, place.Exam, place.Question, place.Since = member, q.Scenario, q.Title, s.ID, q.Number, s.Started
	if n := len(s.Turns); n > 0 && s.Turns[n-1].To.IsZero() {
		place.Since = s.Turns[n-1].From
	}
	return place, nil
}

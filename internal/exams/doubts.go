package exams

import (
	"fmt"
	"time"

	"endstate/labs"
)

// ClockTolerance is how far apart two clocks may be before an exam refuses to go by them.
const ClockTolerance = time.Minute

// Doubts returns what does not fit together in a sitting: a store that was changed by hand,
// or by a process whose clock was wrong. It is empty, never nil, if nothing does.
func (s *Sitting) Doubts(now time.Time) []string {
	d := doubts{}
	d.of(s.Started.After(now.Add(ClockTolerance)), "it starts in the future, at %s", stamp(s.Started))
	d.of(s.Ended.After(now.Add(ClockTolerance)), "it ends in the future, at %s", stamp(s.Ended))
	d.of(!s.Ended.IsZero() && s.Ended.Before(s.Started), "it ended before it started")
	d.of(!s.Started.IsZero() && s.Started.Before(s.Created.Add(-ClockTolerance)), "it started before it was drawn")
	d.time(s, now)
	d.pauses(s)
	for i := range s.Turns {
		t := &s.Turns[i]
		d.of(!t.To.IsZero() && t.To.Before(t.From), "a stay at question %d ended before it began", t.Question)
	}
	for i := range s.Questions {
		d.grade(s, &s.Questions[i])
	}
	return d
}

// doubts collects what is doubted.
type doubts []string

func (d *doubts) of(wrong bool, format string, args ...any) {
	if wrong {
		*d = append(*d, fmt.Sprintf(format, args...))
	}
}

// time doubts what is left of it, or what was taken.
func (d *doubts) time(s *Sitting, now time.Time) {
	if s.Started.IsZero() {
		return
	}
	length := s.Blueprint.Length()
	if s.Ended.IsZero() {
		left := s.Deadline(now).Sub(now)
		d.of(left > length+time.Second, "%s are left, which is more than its length of %s", left.Round(time.Second), length)
		return
	}
	over := s.Ended.Sub(s.Deadline(s.Ended))
	d.of(over > time.Second, "it went on for %s longer than its time", over.Round(time.Second))
}

func (d *doubts) pauses(s *Sitting) {
	var sum time.Duration
	var before time.Time
	for i := range s.Pauses {
		p := &s.Pauses[i]
		to := p.To
		if to.IsZero() {
			to = p.From
		}
		took := to.Sub(p.From)
		sum += max(0, took)
		d.of(took < 0, "a pause ended before it began")
		d.of(took > longestPause, "a pause took %s; the longest is %s", took.Round(time.Second), longestPause)
		d.of(p.From.Before(before), "two pauses are at the same time")
		d.of(p.From.Before(s.Started), "a pause was before its start")
		before = to
	}
	most := s.allPauses()
	d.of(sum > most, "its pauses took %s; together they may take %s", sum.Round(time.Second), most)
}

// grade doubts a grade that is not what its report gives.
func (d *doubts) grade(s *Sitting, q *Question) {
	g := q.Grade
	if g == nil {
		return
	}
	n := q.Number
	d.of(s.Ended.IsZero(), "question %d: it was graded before the exam's end", n)
	d.of(g.Score != nil && (*g.Score < 0 || *g.Score > labs.Total), "question %d: its score is not from 0 to 100", n)
	d.of(!s.Ended.IsZero() && g.At.Before(s.Ended.Add(-ClockTolerance)), "question %d: its lab was looked at before the exam's end", n)
	d.of(g.Late < 0 || !s.Ended.IsZero() && apart(g.Late, max(0, s.found(q, *g).Sub(s.Ended))) > time.Second, "question %d: it came later, or less late, than its times say", n)
	d.of(g.CameLate() && g.Score != nil && !g.Accepted, "question %d: it came late and counts, though nobody accepted it", n)
	r := g.Report
	if r == nil {
		d.of(g.Score != nil && *g.Score > 0, "question %d: it has a score and no report", n)
		return
	}
	d.of(g.Score != nil && (r.Score == nil || *g.Score != *r.Score), "question %d: its score is not its report's", n)
	d.of(!sums(r), "question %d: its report's score is not what its verdicts give", n)
	d.of(r.Scenario != q.Scenario || r.Seed != q.Seed, "question %d: its report is about another exercise", n)
	d.of(len(r.Hints) < q.Hints, "question %d: %d hints were opened and %d are charged", n, q.Hints, len(r.Hints))
}

// sums reports whether a report's score is what its verdicts give.
func sums(r *labs.Report) bool {
	again := *r
	again.Charge(r.Hints, r.Assisted)
	if again.Score == nil || r.Score == nil {
		return again.Score == r.Score
	}
	return *again.Score == *r.Score
}

func apart(a, b time.Duration) time.Duration { return max(a-b, b-a) }

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

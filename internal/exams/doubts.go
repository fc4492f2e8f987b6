package exams

import (
	"fmt"
	"time"

	"endstate/labs"
)

// ClockTolerance is how far two clocks may differ before an exam refuses to rely on them.
const ClockTolerance = time.Minute

// Doubts describes inconsistencies in a sitting, which show that the store was edited by
// hand, or by a process with a wrong clock. The result is never nil.
func (s *Sitting) Doubts(now time.Time) []string {
	d := doubts{}
	d.add(s.Started.After(now.Add(ClockTolerance)), "it starts in the future, at %s", stamp(s.Started))
	d.add(s.Ended.After(now.Add(ClockTolerance)), "it ends in the future, at %s", stamp(s.Ended))
	d.add(!s.Ended.IsZero() && s.Ended.Before(s.Started), "it ended before it started")
	d.add(!s.Started.IsZero() && s.Started.Before(s.Created.Add(-ClockTolerance)), "it started before it was drawn")
	d.time(s, now)
	d.pauses(s)
	d.examiner(s)
	for i := range s.Turns {
		t := &s.Turns[i]
		d.add(!t.To.IsZero() && t.To.Before(t.From), "a stay at question %d ended before it began", t.Question)
	}
	for i := range s.Questions {
		d.grade(s, &s.Questions[i])
		d.byHand(&s.Questions[i])
	}
	return d
}

// doubts collects descriptions of inconsistencies.
type doubts []string

func (d *doubts) add(wrong bool, format string, args ...any) {
	if wrong {
		*d = append(*d, fmt.Sprintf(format, args...))
	}
}

// time checks the time left, or the time used.
func (d *doubts) time(s *Sitting, now time.Time) {
	if s.Started.IsZero() {
		return
	}
	length := s.Length()
	if s.Ended.IsZero() {
		left := s.Deadline(now).Sub(now)
		d.add(left > length+time.Second, "%s are left, more than its length of %s", labs.Duration(left), labs.Duration(length))
		return
	}
	over := s.Ended.Sub(s.Deadline(s.Ended))
	d.add(over > time.Second, "it lasted %s longer than allowed", labs.Duration(over))
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
		took, most := to.Sub(p.From), longestStop
		if p.Why != ExaminerPause {
			most = longestPause
			sum += max(0, took)
		}
		d.add(took < 0, "a pause ended before it began")
		d.add(took > most, "a pause took %s; the longest is %s", labs.Duration(took), labs.Duration(most))
		d.add(p.From.Before(before), "two pauses overlap")
		d.add(p.From.Before(s.Started), "a pause was before its start")
		before = to
	}
	most := s.allPauses()
	d.add(sum > most, "its pauses took %s; together they may take %s", labs.Duration(sum), labs.Duration(most))
}

// grade checks a grade against its report.
func (d *doubts) grade(s *Sitting, q *Question) {
	g := q.Grade
	if g == nil {
		return
	}
	n := q.Number
	d.add(s.Ended.IsZero(), "question %d: it was graded before the exam's end", n)
	d.add(g.Score != nil && (*g.Score < 0 || *g.Score > labs.Total), "question %d: its score is not from 0 to 100", n)
	d.add(!s.Ended.IsZero() && g.At.Before(s.Ended.Add(-ClockTolerance)), "question %d: its lab was checked before the exam's end", n)
	late := max(0, s.stateTime(q, *g).Sub(s.Ended))
	d.add(g.Late.Duration < 0 || !g.NeverOpened() && !s.Ended.IsZero() && apart(g.Late.Duration, late) > time.Second, "question %d: its lateness does not match its times", n)
	d.add(g.CameLate() && g.Score != nil && !g.Accepted, "question %d: it is late and counts, though nobody accepted it", n)
	r := g.Report
	if r == nil {
		d.add(g.Score != nil && *g.Score > 0, "question %d: it has a score and no report", n)
		return
	}
	fails := s.Blueprint.Harm.fails(r)
	d.add(g.Score != nil && fails && (*g.Score != 0 || !g.Harmed), "question %d: its report shows harm, which should fail it", n)
	d.add(g.Harmed && !fails, "question %d: it was failed for harm that its report does not show", n)
	d.add(g.Score != nil && !fails && (r.Score == nil || *g.Score != *r.Score), "question %d: its score is not its report's", n)
	d.add(!addsUp(r), "question %d: its report's score does not follow from its verdicts", n)
	d.add(r.Scenario != q.Scenario || r.Seed != q.Seed, "question %d: its report is about another exercise", n)
	d.add(len(r.Hints) < q.Hints, "question %d: %d hints were opened and %d are charged", n, q.Hints, len(r.Hints))
}

// addsUp reports whether a report's score follows from its verdicts.
func addsUp(r *labs.Report) bool {
	again := *r
	again.Charge(r.Hints, r.Assisted)
	if again.Score == nil || r.Score == nil {
		return again.Score == r.Score
	}
	return *again.Score == *r.Score
}

func apart(a, b time.Duration) time.Duration { return max(a-b, b-a) }

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

package report

import (
	"fmt"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/exams"
	"endstate/labs"
)

// The layout of charts. Widths are in percent of the page's width; heights are in pixels.
const (
	labelWidth = 24.0
	valueWidth = 20.0
	laneHeight = 26.0
	axisHeight = 24.0
)

// bar is a line of a bar chart.
type bar struct {
	Label, Value string
	Y, Width     float64
	Mark         float64 // the position of a mark, such as par; 0: none
	Class        string
}

type barChart struct {
	Name   string // for screen readers
	Height float64
	Left   float64
	Bars   []bar
	Note   string
}

func newBars(name string, lines int) *barChart {
	return &barChart{Name: name, Height: float64(lines)*laneHeight + 6, Left: labelWidth}
}

// room is the width of the longest bar, which leaves space for its value.
const room = 100 - labelWidth - valueWidth

// add adds a bar. most is the length of the longest bar.
func (c *barChart) add(label, value string, length, mark, most float64, class string) {
	one := bar{Label: label, Value: value, Y: float64(len(c.Bars))*laneHeight + 4, Class: class}
	if most > 0 {
		one.Width = max(0.2, length/most*room)
		if mark > 0 {
			one.Mark = labelWidth + mark/most*room
		}
	}
	c.Bars = append(c.Bars, one)
}

// topicChart draws the score by topic.
func (s *Sitting) topicChart() *barChart {
	topics := s.Topics()
	chart := newBars("Score by topic", len(topics))
	for _, t := range topics {
		chart.add(t.Name, fmt.Sprintf("%s of %d", Decimal(t.Earned), t.Points), t.Share(), 0, 1, shade(t.Share()*100, s.Result.Pass))
	}
	return chart
}

// shade returns the class of a bar or event: whether its percentage passes.
func shade(percent float64, pass int) string {
	if percent >= float64(pass) {
		return "good"
	}
	return "bad"
}

// timeChart draws the time spent by question, with a mark at par.
func (s *Sitting) timeChart() *barChart {
	chart, most := newBars("Time by question", len(s.Questions)), 0.0
	for _, q := range s.Questions {
		most = max(most, q.Spent/60, float64(q.Minutes))
	}
	for _, q := range s.Questions {
		spent := labs.Duration(spanOf(q.Spent))
		if q.Grade != nil && q.Grade.NeverOpened() {
			spent = NeverOpened
		}
		chart.add(fmt.Sprintf("%d  %s", q.Number, q.Topic), spent, q.Spent/60, float64(q.Minutes), most, "plain")
	}
	chart.Note = "The mark shows par."
	return chart
}

// span is a period in a lane; event is a moment.
type span struct {
	X, Y, Width  float64
	Class, Title string
}

type event struct {
	X, Y         float64
	Class, Title string
}

type label struct {
	X, Y float64
	Text string
}

type timeline struct {
	Name         string
	Height       float64
	Spans        []span
	Events       []event
	Lanes, Ticks []label
	begin, end   time.Time
}

func newTimeline(name string, begin, end time.Time, lanes ...string) *timeline {
	t := &timeline{Name: name, Height: float64(len(lanes))*laneHeight + axisHeight, begin: begin, end: end}
	if !t.end.After(begin) {
		t.end = begin.Add(time.Minute)
	}
	for i, name := range lanes {
		t.Lanes = append(t.Lanes, label{Y: float64(i)*laneHeight + laneHeight/2 + 4, Text: name})
	}
	t.ticks()
	return t
}

// ticks marks the axis at round times, few enough to fit on a phone.
func (t *timeline) ticks() {
	length := t.end.Sub(t.begin)
	step := time.Minute
	for _, minutes := range []int{1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440} {
		if step = time.Duration(minutes) * time.Minute; length/step <= 4 {
			break
		}
	}
	for at := time.Duration(0); at <= length; at += step {
		t.Ticks = append(t.Ticks, label{X: t.x(t.begin.Add(at)), Y: t.Height - 6, Text: fmt.Sprintf("%d min", int(at.Minutes()))})
	}
}

func (t *timeline) x(at time.Time) float64 {
	share := float64(at.Sub(t.begin)) / float64(t.end.Sub(t.begin))
	return labelWidth + min(1, max(0, share))*(100-labelWidth-0.8*valueWidth)
}

func (t *timeline) span(lane int, from, to time.Time, class, title string) {
	if to.IsZero() || to.After(t.end) {
		to = t.end
	}
	x := t.x(from)
	t.Spans = append(t.Spans, span{X: x, Y: float64(lane)*laneHeight + 5, Width: max(0.3, t.x(to)-x), Class: class, Title: title})
}

func (t *timeline) event(lane int, at time.Time, class, title string) {
	t.Events = append(t.Events, event{X: t.x(at), Y: float64(lane)*laneHeight + laneHeight/2, Class: class, Title: title})
}

// timeline draws which question the candidate worked on, and when the clock was stopped.
func (s *Sitting) timeline() *timeline {
	var lanes []string
	for _, q := range s.Questions {
		lanes = append(lanes, fmt.Sprintf("%d  %s", q.Number, q.Topic))
	}
	t := newTimeline("Timeline of the exam", s.Started, s.Ended, lanes...)
	for _, turn := range s.Turns {
		t.span(turn.Question-1, turn.From, turn.To, "plain", fmt.Sprintf("question %d, %s", turn.Question, length(turn.From, turn.To)))
	}
	for _, pause := range s.Pauses {
		title := "clock stopped, "
		if pause.Why == exams.ExaminerPause {
			title = "paused by the examiner, "
		}
		t.span(max(0, pause.Question-1), pause.From, pause.To, "pause", title+length(pause.From, pause.To))
	}
	return t
}

func length(from, to time.Time) string {
	if to.IsZero() {
		return "to the end"
	}
	return labs.Duration(to.Sub(from))
}

// timeline draws when the learner was at work, and what they did.
func (a *Attempt) timeline() *timeline {
	end, _ := a.Story.Over(a.Made)
	if end.IsZero() {
		end = a.Made
	}
	// The lab may have run unused for hours, so the timeline ends with the last activity.
	if last := a.Story.Worked; !last.IsZero() && last.Before(end) {
		end = last
	}
	t := newTimeline("Timeline of the attempt", a.Story.Started, end, "at work", "checks", "help")
	for _, s := range a.Story.Spans {
		t.span(0, s.Began, s.Ended, "plain", "at work, "+length(s.Began, s.Ended))
	}
	for _, round := range a.Story.Rounds {
		title, class := "could not be graded", "warn"
		if score := round.Report.Score; score != nil {
			title, class = fmt.Sprintf("score %d", *score), shade(float64(*score), labs.Total)
		}
		t.event(1, round.At, class, title)
	}
	for _, e := range a.Story.Events {
		t.event(2, e.At, "warn", eventTitle(e))
	}
	return t
}

func eventTitle(e attempts.Event) string {
	switch e.Kind {
	case attempts.HintOpened:
		return fmt.Sprintf("hint %d opened", e.Number)
	case attempts.SolutionSeen:
		return "solution seen"
	case attempts.LabReset:
		return "lab reset"
	case attempts.LabSaved:
		return "lab saved"
	case attempts.LabReturned:
		return "back to a saved state"
	}
	return string(e.Kind)
}

package exam

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"endstate/internal/exams"
	"endstate/internal/exams/spoken"
	"endstate/internal/report"
	"endstate/internal/web/feed"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// head is what every page of an exam begins with.
type head struct {
	exams.View
	State  string // in words
	Clock  string // why it does not run; empty: it does
	Runs   bool   // the clock runs
	Path   string // of the exam
	After  int    // the last message that the page has
	Poll   int    // milliseconds after which the page looks for what has changed
	Notice []template.HTML
}

// How often a page looks for what has changed, in milliseconds: often while something goes on that it is
// not told of.
const (
	slowPoll = 15000
	fastPoll = 2000
)

func (m *Room) headOf(v exams.View, state feed.State) head {
	h := head{View: v, State: report.ExamState(v), Clock: report.ClockState(v), Runs: works(v), Path: path(v.ID), After: state.Last, Poll: slowPoll, Notice: noticesOf(state)}
	if v.Ended.IsZero() && !h.Runs || v.BeingGraded() {
		h.Poll = fastPoll
	}
	return h
}

// Key identifies the state that the page shows. If it changes, the page is loaded again.
func (h head) Key() string {
	key := string(h.Phase)
	if h.Due || h.BeingGraded() {
		key += " due"
	}
	return key
}

// examPage is an exam: its questions while it runs, and its result.
type examPage struct {
	head
	Rules, Decisions []string
	Decides          bool // the visitor may decide about it as an examiner
	Answered         int  // questions in words
	Answers          []answered
	Grades           []grade
}

// answered is a question in words with what was found in its answer.
type answered struct {
	spoken.Question
	Found string
	Lines []string
}

// grade is a question with its grade, in words.
type grade struct {
	exams.QuestionView
	Text   string
	ByHand []string
	Waits  bool // it is late, and an examiner has to decide whether it counts
}

func (m *Room) show(w http.ResponseWriter, r *http.Request, who visitor) {
	state := m.feedOf(who.Learner, who.exam.ID).Now() // first: what happens from now on is told to the page
	v, err := m.desk.Status(r.Context(), who.Learner, who.exam)
	if err != nil {
		m.Fail(w, r, who.Learner, "/exams", err)
		return
	}
	page := examPage{head: m.headOf(v, state), Rules: report.Rules(v), Decisions: report.Decisions(v), Decides: m.desk.Decides(r.Context(), who.Learner, who.exam)}
	for _, q := range v.Spoken {
		if q.Answer != nil {
			page.Answered++
		}
		page.Answers = append(page.Answers, answered{q, report.AnswerText(q), report.AnswerLines(q)})
	}
	if v.Result != nil {
		page.Grades = gradesOf(v)
	}
	m.Write(w, http.StatusOK, pages.Page{
		Title: v.Title, Owner: who.Learner, Main: "exam", Data: &page, Script: "exam.js",
		Busy: state.Running || page.Poll == fastPoll,
	})
}

func gradesOf(v exams.View) []grade {
	var all []grade
	for _, q := range v.Questions {
		all = append(all, grade{q, report.GradeText(report.Style{}, q), report.ByHand(q.ByHand), slices.Contains(v.Withheld(), q.Number)})
	}
	return all
}

// events streams what is done about an exam, and what its clock says while it runs.
func (m *Room) events(w http.ResponseWriter, r *http.Request, who visitor) {
	v, err := m.desk.Status(r.Context(), who.Learner, who.exam)
	if err != nil {
		m.Fail(w, r, who.Learner, "/exams", err)
		return
	}
	var others chan feed.Message
	if works(v) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		others = make(chan feed.Message)
		go m.watch(ctx, who, others)
	}
	m.Stream(w, r, who.Learner, m.feedOf(who.Learner, v.ID), others)
}

// watch sends the warnings of an exam's clock, and has the page loaded again when nobody can work on the
// exam any more.
func (m *Room) watch(ctx context.Context, who visitor, to chan<- feed.Message) {
	send := func(kind, data string) {
		select {
		case to <- feed.Message{Kind: kind, Data: data}:
		case <-ctx.Done():
		}
	}
	err := m.desk.Watch(ctx, who.Learner, who.exam.ID, func(event labs.Event) {
		if event.State == labs.Warned {
			send(messageNotice, string(m.Warning(event)))
			send(messageClock, "")
		}
	})
	if err != nil {
		send(messageReady, "")
	}
}

// submit ends the exam, once the candidate has agreed, and has it graded.
func (m *Room) submit(w http.ResponseWriter, r *http.Request, who visitor) {
	agreed := r.PostFormValue("agreed") != ""
	if !agreed {
		_, err := m.desk.Submit(r.Context(), who.Learner, who.exam, false, nil)
		m.Ask(w, r, who.Learner, who.path(), err)
		return
	}
	m.Begun(w, r, who.path(), m.end(who))
}

// end ends the exam and has it graded.
func (m *Room) end(who visitor) bool {
	at := m.feedOf(who.Learner, who.exam.ID)
	return m.Work(at, labs.ActExamSubmit, func(ctx context.Context, emit labs.Emit) error {
		_, err := m.desk.Submit(ctx, who.Learner, who.exam, true, emit)
		at.Send(messageReady, "", "")
		return err
	})
}

// itemText describes an entry of a blueprint.
func itemText(item exams.Item) string {
	text := labs.Count(max(1, item.Count), "question")
	if item.Level != 0 {
		text += " of level " + strconv.Itoa(item.Level)
	}
	switch item.Topic {
	case "":
	case exams.EachTopic:
		text += " on every topic"
	case exams.ChosenTopic:
		text += " on the topic that you choose"
	default:
		text += " on " + item.Topic
	}
	if item.Weakest {
		text += " that you know least"
	}
	return text + ": " + labs.Count(item.Points, "point") + map[bool]string{true: " each"}[item.Count > 1]
}

// flag puts a flag on a question, or takes it away.
func (m *Room) flag(w http.ResponseWriter, r *http.Request, who visitor) {
	if _, err := m.desk.Flag(r.Context(), who.Learner, who.exam, who.number, nil); err != nil {
		m.Fail(w, r, who.Learner, who.path(), err)
		return
	}
	back := who.path()
	if r.PostFormValue("from") == "question" {
		back = questionPath(who.exam.ID, who.number)
	}
	m.Done(w, r, back)
}

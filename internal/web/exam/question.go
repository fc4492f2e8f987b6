package exam

import (
	"context"
	"html/template"
	"net/http"
	"strconv"
	"time"

	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/exams/spoken"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// questionPage is a question: its task, its terminals, and what can be done with it.
type questionPage struct {
	head
	Paper     *examdesk.Paper
	Help      template.HTML // why nobody can work on it now
	Preparing bool          // its lab is being prepared
	Outcome   template.HTML // of the last check
	Next      int           // the number of the next question, and of the one before
	Previous  int
	Terminals pages.Terminals
}

func (m *Room) question(w http.ResponseWriter, r *http.Request, who visitor) {
	state := m.feedOf(who.Learner, who.exam.ID).Now() // first: what happens from now on is told to the page
	paper, err := m.desk.Paper(r.Context(), who.Learner, who.exam, who.number)
	if err != nil {
		m.Fail(w, r, who.Learner, who.path(), err)
		return
	}
	if v := paper.Exam; !v.Ended.IsZero() || v.Due {
		http.Redirect(w, r, who.path(), http.StatusSeeOther)
		return
	}
	page := questionPage{head: m.headOf(paper.Exam, state), Paper: paper, Preparing: state.Running && paper.Task == nil}
	if count := len(paper.Exam.Questions); count > 1 {
		page.Next, page.Previous = who.number%count+1, (who.number+count-2)%count+1
	}
	if paper.Help != nil && !page.Preparing {
		page.Help = m.Problem(paper.Help)
	}
	if paper.Last != nil {
		page.Outcome = m.answerPiece(paper.Last)
	}
	page.Terminals = pages.Terminals{
		Base: questionPath(who.exam.ID, who.number) + "/terminals", Hosts: paper.OpenHosts, Recorded: m.Recorded, Built: m.Built,
		Watchers: m.Watchers(r.Context(), who.Learner), Instead: "endstate exam resume --exam " + strconv.FormatInt(who.exam.ID, 10),
	}
	m.Write(w, http.StatusOK, pages.Page{
		Title: "Question " + strconv.Itoa(who.number), Owner: who.Learner, Main: "exam-question", Data: &page, Script: "lab.js", Wide: true, Busy: state.Running,
	})
}

// Question is the question as the exam lists it.
func (p questionPage) Question() exams.QuestionView { return p.Questions[p.Paper.Number-1] }

// goTo brings the candidate to a question.
func (m *Room) goTo(w http.ResponseWriter, r *http.Request, who visitor) {
	m.Begun(w, r, questionPath(who.exam.ID, who.number), m.enter(who, who.number))
}

// resume brings the candidate to where they were: to the next question in words, or to a question.
func (m *Room) resume(w http.ResponseWriter, r *http.Request, who visitor) {
	v, err := m.desk.Status(r.Context(), who.Learner, who.exam)
	if err != nil {
		m.Fail(w, r, who.Learner, "/exams", err)
		return
	}
	m.continueAt(w, r, who, v)
}

// check begins a check. The page is told what the exam lets its candidate know.
func (m *Room) check(w http.ResponseWriter, r *http.Request, who visitor) {
	at := m.feedOf(who.Learner, who.exam.ID)
	began := m.Work(at, labs.ActCheck, func(ctx context.Context, emit labs.Emit) error {
		answer, v, err := m.desk.Grade(ctx, who.Learner, who.exam, who.number, emit)
		if answer != nil {
			at.Send(messageOutcome, "", string(m.answerPiece(answer)))
		}
		if !works(v) {
			at.Send(messageReady, "", "") // the clock is stopped
		}
		return err
	})
	m.Begun(w, r, questionPath(who.exam.ID, who.number), began)
}

// answerPage is what a candidate learns from a check.
type answerPage struct {
	*examdesk.Answer
	Checks, Guards []pages.Line
}

func (m *Room) answerPiece(answer *examdesk.Answer) template.HTML {
	page := answerPage{Answer: answer}
	if found := answer.Report; found != nil {
		page.Checks, page.Guards = pages.Lines(found, nil)
	}
	return m.Piece("exam-answer", page)
}

// hint opens a hint, once the candidate has agreed to its price.
func (m *Room) hint(w http.ResponseWriter, r *http.Request, who visitor) {
	back := questionPath(who.exam.ID, who.number)
	if _, err := m.desk.Hint(r.Context(), who.Learner, who.exam, who.number, r.PostFormValue("agreed") != "", nil); err != nil {
		m.Ask(w, r, who.Learner, back, err)
		return
	}
	m.Done(w, r, back)
}

// reset puts the lab of the question back, once the candidate has agreed.
func (m *Room) reset(w http.ResponseWriter, r *http.Request, who visitor) {
	back := questionPath(who.exam.ID, who.number)
	if r.PostFormValue("agreed") == "" {
		_, err := m.desk.Reset(r.Context(), who.Learner, who.exam, false, nil)
		m.Ask(w, r, who.Learner, back, err)
		return
	}
	at := m.feedOf(who.Learner, who.exam.ID)
	m.Begun(w, r, back, m.Work(at, labs.ActReset, func(ctx context.Context, emit labs.Emit) error {
		_, err := m.desk.Reset(ctx, who.Learner, who.exam, true, emit)
		at.Send(messageReady, "", "")
		return err
	}))
}

// spokenPage is a question that is answered in words.
type spokenPage struct {
	head
	Asked *spoken.Question // nil: the candidate has not begun, or can't go on now
	Began int64            // when it was asked, in milliseconds since 1970
}

func (m *Room) spoken(w http.ResponseWriter, r *http.Request, who visitor) {
	state := m.feedOf(who.Learner, who.exam.ID).Now() // before the exam, as in question
	v, err := m.desk.Status(r.Context(), who.Learner, who.exam)
	if err != nil {
		m.Fail(w, r, who.Learner, "/exams", err)
		return
	}
	next := spoken.Next(v.Spoken)
	if next == nil || !v.Ended.IsZero() || v.Due {
		http.Redirect(w, r, who.path(), http.StatusSeeOther)
		return
	}
	page := spokenPage{head: m.headOf(v, state), Began: m.Clock().UnixMilli()}
	if page.Runs {
		page.Asked = next
	}
	m.Write(w, http.StatusOK, pages.Page{Title: v.Title, Owner: who.Learner, Main: "exam-spoken", Data: &page, Script: "exam.js"})
}

// ask asks the first question in words, which starts the clock.
func (m *Room) ask(w http.ResponseWriter, r *http.Request, who visitor) {
	if _, _, err := m.desk.Ask(r.Context(), who.Learner, who.exam, nil); err != nil {
		m.Fail(w, r, who.Learner, who.path(), err)
		return
	}
	http.Redirect(w, r, who.path()+"/spoken", http.StatusSeeOther)
}

// say stores an answer in words, and goes on to the next question.
func (m *Room) say(w http.ResponseWriter, r *http.Request, who visitor) {
	text := r.PostFormValue("text")
	if r.PostFormValue("skip") != "" {
		text = ""
	}
	v, err := m.desk.Say(r.Context(), who.Learner, who.exam, who.number, text, m.since(r.PostFormValue("began")), nil)
	if err != nil {
		m.Fail(w, r, who.Learner, who.path()+"/spoken", err)
		return
	}
	m.continueAt(w, r, who, v)
}

// since returns how long ago a page was made, as the page says.
func (m *Room) since(began string) time.Duration {
	at, err := strconv.ParseInt(began, 10, 64)
	if err != nil {
		return 0
	}
	return max(0, m.Clock().Sub(time.UnixMilli(at)))
}

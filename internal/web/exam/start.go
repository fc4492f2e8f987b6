package exam

import (
	"context"
	"html/template"
	"net/http"
	"strings"

	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/exams/spoken"
	"endstate/internal/report"
	"endstate/internal/web/feed"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// listPage is the exams that can be started, and those that were.
type listPage struct {
	Notices    []template.HTML
	Blueprints []blueprint
	Exams      []sat
	Examines   bool // the visitor may examine others
}

// blueprint is an exam that can be started.
type blueprint struct {
	*exams.Blueprint
	Rules  []string
	Holds  []string // what its questions are about
	Topics []string // that can be chosen; none if it is not about one topic
}

// sat is an exam that was started.
type sat struct {
	exams.View
	State string
}

// introduction is what starting an exam means.
type introduction struct {
	blueprint
	Examines bool // the visitor may start it for a candidate
}

func blueprintOf(b *exams.Blueprint) blueprint {
	view := exams.View{Pass: b.Pass, Minimum: b.Minimum, Harm: b.Harm, Feedback: b.Feedback, Hints: b.Hints}
	return blueprint{Blueprint: b, Rules: report.Rules(view), Holds: holds(b)}
}

// holds describes the questions of a blueprint.
func holds(b *exams.Blueprint) []string {
	var all []string
	if words := b.Spoken.Words(); words != "" {
		all = append(all, words+", in words")
	}
	for _, item := range b.Items {
		all = append(all, itemText(item))
	}
	return all
}

func (m *Room) list(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	held := &notices{room: m}
	found, err := m.desk.List(r.Context(), who, held.emit)
	if err != nil {
		m.Fail(w, r, who, "/", err)
		return
	}
	page := listPage{Notices: held.all, Examines: who.SeesOthers()}
	for _, b := range found.Blueprints {
		page.Blueprints = append(page.Blueprints, blueprintOf(b))
	}
	for _, v := range found.Exams {
		page.Exams = append(page.Exams, sat{v, report.ExamState(v)})
	}
	m.Write(w, http.StatusOK, pages.Page{Title: "Exams", Owner: who, Main: "exams", Data: page})
}

// introduce says what starting an exam means, before it is started.
func (m *Room) introduce(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	found, err := m.desk.List(r.Context(), who, nil)
	if err != nil {
		m.Fail(w, r, who, "/exams", err)
		return
	}
	name := r.URL.Query().Get("exam")
	for _, b := range found.Blueprints {
		if b.Name == name {
			page := introduction{blueprintOf(b), who.SeesOthers()}
			page.Topics = m.desk.Topics(r.Context(), b)
			m.Write(w, http.StatusOK, pages.Page{Title: b.Title, Owner: who, Main: "exam-new", Data: page})
			return
		}
	}
	_, err = m.desk.Blueprint(name)
	m.Fail(w, r, who, "/exams", err)
}

// start draws an exam. If its first question has a lab, that is started; otherwise the candidate begins.
func (m *Room) start(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	b, _, err := m.desk.Named(r.Context(), who, r.PostFormValue("exam"))
	chosen := examdesk.Choice{Topic: r.PostFormValue("topic"), Candidate: strings.TrimSpace(r.PostFormValue("candidate"))}
	if err == nil && r.PostFormValue("amount") != "" {
		chosen.Extra = new(exams.Allowance)
		*chosen.Extra, err = allowanceOf(r)
	}
	var v exams.View
	if err == nil {
		v, err = m.desk.Draw(r.Context(), who, b, chosen, nil)
	}
	if err != nil {
		m.Fail(w, r, who, "/exams", err)
		return
	}
	m.continueAt(w, r, visitor{Learner: who, exam: examdesk.Which{ID: v.ID}}, v)
}

// continueAt brings the candidate to the next question in words, or else to the one that they are at.
func (m *Room) continueAt(w http.ResponseWriter, r *http.Request, who visitor, v exams.View) {
	if spoken.Next(v.Spoken) != nil {
		http.Redirect(w, r, path(v.ID)+"/spoken", http.StatusSeeOther)
		return
	}
	m.enter(who, v.Current)
	http.Redirect(w, r, questionPath(v.ID, v.Current), http.StatusSeeOther)
}

// The kinds of messages that the room sends; see [feed.Message].
const (
	messageNotice  = "notice"
	messageOutcome = "outcome"
	messageReady   = "ready"
	messageClock   = "clock" // the time left may be another than the page shows
)

// enter brings the candidate to a question, and starts its lab if need be.
func (m *Room) enter(who visitor, n int) (began bool) {
	at := m.feedOf(who.Learner, who.exam.ID)
	return m.Work(at, labs.ActExamGoto, func(ctx context.Context, emit labs.Emit) error {
		_, err := m.desk.Goto(ctx, who.Learner, who.exam, n, labs.Workspace, emit)
		at.Send(messageReady, "", "")
		return err
	})
}

// notices collects the warnings of an act.
type notices struct {
	room *Room
	all  []template.HTML
}

func (n *notices) emit(event labs.Event) {
	if event.State == labs.Warned {
		n.all = append(n.all, n.room.Problem(event.Warning))
	}
}

// noticesOf returns the warnings and problems of the act that runs, or ran last.
func noticesOf(state feed.State) []template.HTML {
	var all []template.HTML
	for _, one := range state.Messages {
		if one.Kind == messageNotice {
			all = append(all, template.HTML(one.Data)) // it was rendered by html/template
		}
	}
	return all
}

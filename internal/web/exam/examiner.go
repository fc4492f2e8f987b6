package exam

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"endstate/internal/desk"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/internal/web/feed"
	"endstate/internal/web/pages"
	"endstate/internal/web/room"
	"endstate/labs"
)

// examinerRoutes returns what examiners can ask for.
func (m *Room) examinerRoutes() map[string]room.Handler {
	return map[string]room.Handler{
		"GET /examiner":                                    m.candidates,
		"GET /examiner/events":                             m.candidateEvents,
		"GET /examiner/exams/{exam}":                       m.at(m.examine),
		"GET /examiner/exams/{exam}/report":                m.at(m.report),
		"POST /examiner/exams/{exam}/extra-time":           m.at(m.extend),
		"POST /examiner/exams/{exam}/pause":                m.at(m.pause),
		"POST /examiner/exams/{exam}/unpause":              m.at(m.unpause),
		"POST /examiner/exams/{exam}/end":                  m.at(m.endFor),
		"POST /examiner/exams/{exam}/grade":                m.at(m.gradeAgain),
		"POST /examiner/exams/{exam}/questions/{n}/accept": m.at(m.accept),
		"POST /examiner/exams/{exam}/points":               m.at(m.adjust),
		"POST /examiner/exams/{exam}/comments":             m.at(m.comment),
		"GET /blueprints":                                  m.blueprints,
		"POST /blueprints":                                 m.keepBlueprint,
		"GET /blueprints/{name}":                           m.ownBlueprint,
		"GET /blueprints/{name}/draw":                      m.drawBlueprint,
		"POST /blueprints/{name}/remove":                   m.removeBlueprint,
	}
}

// examinerPath is where an examiner decides about the visitor's exam.
func (v visitor) examinerPath() string { return "/examiner" + v.path() }

// candidate is an exam in the list of its examiner.
type candidate struct {
	sat
	Place  *examdesk.Place // nil: it ended long ago
	Extra  time.Duration
	Paused int // how often an examiner did
}

// candidates lists the exams that an examiner decides about.
func (m *Room) candidates(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	all, err := m.examined(r.Context(), who)
	if err != nil {
		m.Fail(w, r, who, "/exams", err)
		return
	}
	m.Write(w, http.StatusOK, pages.Page{Title: "Candidates", Owner: who, Main: "candidates", Follower: "class.js", Data: all})
}

func (m *Room) examined(ctx context.Context, who labs.Learner) ([]candidate, error) {
	found, err := m.desk.Examined(ctx, who)
	if err != nil {
		return nil, err
	}
	places, err := m.desk.Supervise(ctx, who, examdesk.Which{})
	var all []candidate
	for _, v := range found {
		all = append(all, candidateOf(v, places))
	}
	return all, err
}

// candidateEvents streams the list whenever it changes.
func (m *Room) candidateEvents(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	if _, err := m.examined(r.Context(), who); err != nil {
		m.Fail(w, r, who, "/exams", err)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	lists := make(chan feed.Message)
	go m.follow(ctx, who, lists)
	m.Stream(w, r, who, &feed.Feed{}, lists)
}

// followPause is how often the list looks for what has changed, because candidates may work in other doors.
const followPause = 5 * time.Second

func (m *Room) follow(ctx context.Context, who labs.Learner, to chan<- feed.Message) {
	tick := time.NewTicker(followPause)
	defer tick.Stop()
	for last := ""; ; {
		all, err := m.examined(ctx, who)
		if now := string(m.Piece("candidates-table", all)); err == nil && now != last { // otherwise the next round reads it
			select {
			case to <- feed.Message{Kind: "live", Data: now}:
				last = now
			case <-ctx.Done():
				return
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func candidateOf(v exams.View, places []examdesk.Place) candidate {
	one := candidate{sat: sat{v, report.ExamState(v)}}
	for _, e := range v.Extra {
		one.Extra += e.Duration()
	}
	for _, p := range v.Pauses {
		if p.Why == exams.ExaminerPause {
			one.Paused++
		}
	}
	for i := range places {
		if places[i].Exam == v.ID {
			one.Place = &places[i]
		}
	}
	return one
}

// decidePage is an exam as its examiner decides about it.
type decidePage struct {
	head
	Decisions []string
	Grades    []grade // at the end
	Grading   bool
}

func (m *Room) examine(w http.ResponseWriter, r *http.Request, who visitor) {
	state := m.feedOf(who.Learner, who.exam.ID).Now() // before the exam, as in question
	v, err := m.desk.Examine(r.Context(), who.Learner, who.exam)
	if err != nil {
		m.Fail(w, r, who.Learner, "/examiner", err)
		return
	}
	page := decidePage{head: m.headOf(v, state), Decisions: report.Decisions(v), Grading: state.Running}
	page.Path = who.examinerPath()
	if page.Grading {
		page.Poll = fastPoll
	}
	if v.Result != nil {
		page.Grades = gradesOf(v)
	}
	m.Write(w, http.StatusOK, pages.Page{Title: "Exam " + strconv.FormatInt(v.ID, 10), Owner: who.Learner, Main: "decide", Data: &page, Follower: "exam.js", Busy: page.Grading || v.BeingGraded()})
}

// report answers with the report of an exam that is over.
func (m *Room) report(w http.ResponseWriter, r *http.Request, who visitor) {
	found, err := m.desk.Report(r.Context(), who.Learner, who.exam)
	if err != nil {
		m.Fail(w, r, who.Learner, who.examinerPath(), err)
		return
	}
	m.Report(w, func(to io.Writer) error { return report.ExamPage(to, found) })
}

// decided answers a decision about an exam.
func (m *Room) decided(w http.ResponseWriter, r *http.Request, who visitor, err error) {
	if err != nil {
		m.Ask(w, r, who.Learner, who.examinerPath(), err)
		return
	}
	m.Done(w, r, who.examinerPath())
}

func agreed(r *http.Request) bool { return r.PostFormValue("agreed") != "" }

// allowanceOf returns the extra time that a form has.
func allowanceOf(r *http.Request) (exams.Allowance, error) {
	amount, err := strconv.ParseFloat(r.PostFormValue("amount"), 64)
	if err != nil {
		return exams.Allowance{}, labs.Misuse("\""+r.PostFormValue("amount")+"\" is not extra time", "Give a number of minutes, or of percent.")
	}
	if r.PostFormValue("unit") == "percent" {
		return exams.Allowance{Percent: amount}, nil
	}
	return exams.Allowance{Time: time.Duration(amount * float64(time.Minute))}, nil
}

func (m *Room) extend(w http.ResponseWriter, r *http.Request, who visitor) {
	extra, err := allowanceOf(r)
	if err != nil {
		m.decided(w, r, who, err)
		return
	}
	_, err = m.desk.Extend(r.Context(), who.Learner, who.exam, extra, r.PostFormValue("why"), agreed(r), nil)
	m.decided(w, r, who, err)
}

func (m *Room) pause(w http.ResponseWriter, r *http.Request, who visitor) {
	_, err := m.desk.Pause(r.Context(), who.Learner, who.exam, r.PostFormValue("why"), nil)
	m.decided(w, r, who, err)
}

func (m *Room) unpause(w http.ResponseWriter, r *http.Request, who visitor) {
	_, err := m.desk.Unpause(r.Context(), who.Learner, who.exam, nil)
	m.decided(w, r, who, err)
}

// endFor ends a candidate's exam, once the examiner has agreed, and has it graded.
func (m *Room) endFor(w http.ResponseWriter, r *http.Request, who visitor) {
	why := r.PostFormValue("why")
	_, err := m.desk.End(r.Context(), who.Learner, who.exam, why, false, nil) // what is refused is refused at once
	if asks := (*desk.Unconfirmed)(nil); !agreed(r) || !errors.As(err, &asks) {
		m.decided(w, r, who, err)
		return
	}
	m.grading(w, r, who, func(ctx context.Context, emit labs.Emit) error {
		_, err := m.desk.End(ctx, who.Learner, who.exam, why, true, emit)
		return err
	})
}

// grading begins an act that grades an exam.
func (m *Room) grading(w http.ResponseWriter, r *http.Request, who visitor, act func(context.Context, labs.Emit) error) {
	m.Begun(w, r, who.examinerPath(), m.Work(m.feedOf(who.Learner, who.exam.ID), labs.ActExamSubmit, act))
}

func (m *Room) accept(w http.ResponseWriter, r *http.Request, who visitor) {
	_, err := m.desk.Accept(r.Context(), who.Learner, who.exam, who.number, agreed(r), nil)
	m.decided(w, r, who, err)
}

// gradeAgain begins to grade what could not be graded.
func (m *Room) gradeAgain(w http.ResponseWriter, r *http.Request, who visitor) {
	if _, err := m.desk.Examine(r.Context(), who.Learner, who.exam); err != nil {
		m.Fail(w, r, who.Learner, "/examiner", err)
		return
	}
	m.grading(w, r, who, func(ctx context.Context, emit labs.Emit) error {
		_, err := m.desk.GradeAgain(ctx, who.Learner, who.exam, emit)
		return err
	})
}

// about returns the number of the question that a form is about; 0: the whole exam.
func about(r *http.Request) (int, error) {
	text := cmp.Or(r.PostFormValue("question"), "0")
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, labs.Misuse("\""+text+"\" is not the number of a question", "")
	}
	return n, nil
}

func (m *Room) adjust(w http.ResponseWriter, r *http.Request, who visitor) {
	n, err := about(r)
	points, wrong := strconv.Atoi(r.PostFormValue("points"))
	if err == nil && wrong != nil {
		err = labs.Misuse("\""+r.PostFormValue("points")+"\" is not a number of points", "Give a whole number, such as 5 or -5.")
	}
	if err == nil {
		_, err = m.desk.Adjust(r.Context(), who.Learner, who.exam, n, points, r.PostFormValue("why"), nil)
	}
	m.decided(w, r, who, err)
}

func (m *Room) comment(w http.ResponseWriter, r *http.Request, who visitor) {
	n, err := about(r)
	if err == nil {
		_, err = m.desk.Comment(r.Context(), who.Learner, who.exam, n, r.PostFormValue("text"), agreed(r), nil)
	}
	m.decided(w, r, who, err)
}

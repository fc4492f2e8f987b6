// Package exam is the browser's room for exams: their pages, and the terminals of their questions. It
// has no rules of its own: the desk's room decides what a candidate sees and may do.
package exam

import (
	"context"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"

	examdesk "endstate/internal/desk/exam"
	"endstate/internal/desk/visit"
	"endstate/internal/exams"
	"endstate/internal/seat"
	"endstate/internal/web/feed"
	"endstate/internal/web/room"
	"endstate/internal/web/terminal"
	"endstate/labs"
)

// Door is what the room uses of the door that it belongs to.
type Door struct {
	room.House
	// Work does an act and tells a feed of it, even if every page is closed. It returns false if another
	// act of that feed is going on. Begun answers what Work returned.
	Work  func(at *feed.Feed, act string, do func(ctx context.Context, emit labs.Emit) error) bool
	Begun func(w http.ResponseWriter, r *http.Request, back string, began bool)
	// Join joins a terminal of a page to what sit opens. Once opens one shell in it.
	Join func(w http.ResponseWriter, r *http.Request, who labs.Learner, place string, sit func(*terminal.Client) error)
	Once func(ctx context.Context, client *terminal.Client, v *visit.Visit, answer seat.Answer, emit labs.Emit) error
	Lost func(client *terminal.Client, v *visit.Visit, cause error) error
	Tell func(client *terminal.Client) labs.Emit
	// Tells returns what tells pages at other servers of a feed's messages, or nil if there are none.
	Tells func(about ...string) func(feed.Message)
	// Answer answers the in-lab commands of a candidate. submits reports whether the candidate has ended
	// the exam with one.
	Answer func(who labs.Learner, at *examdesk.Session) (answer seat.Answer, submits func() bool)
	// Watchers returns who may watch a learner's terminals.
	Watchers func(ctx context.Context, who labs.Learner) []string
	// Built: the terminals were built. Recorded: what they show is recorded.
	Built, Recorded bool
	Clock           func() time.Time
	Context         context.Context // ends when the server does
}

// Room is the pages of exams.
type Room struct {
	Door
	desk *examdesk.Desk

	mu    sync.Mutex
	feeds map[string]*feed.Feed // by learner and exam
}

// New returns the room.
func New(desk *examdesk.Desk, door Door) *Room {
	return &Room{Door: door, desk: desk, feeds: map[string]*feed.Feed{}}
}

// Routes returns what answers which requests.
func (m *Room) Routes() map[string]room.Handler {
	all := map[string]room.Handler{
		"GET /exams":                                       m.list,
		"GET /exams/new":                                   m.introduce,
		"POST /exams":                                      m.start,
		"GET /exams/{exam}":                                m.at(m.show),
		"GET /exams/{exam}/events":                         m.at(m.events),
		"POST /exams/{exam}/submit":                        m.at(m.submit),
		"POST /exams/{exam}/resume":                        m.at(m.resume),
		"GET /exams/{exam}/spoken":                         m.at(m.spoken),
		"POST /exams/{exam}/spoken":                        m.at(m.ask),
		"POST /exams/{exam}/spoken/{n}":                    m.at(m.say),
		"GET /exams/{exam}/questions/{n}":                  m.at(m.question),
		"POST /exams/{exam}/questions/{n}":                 m.at(m.goTo),
		"POST /exams/{exam}/questions/{n}/flag":            m.at(m.flag),
		"POST /exams/{exam}/questions/{n}/check":           m.at(m.check),
		"POST /exams/{exam}/questions/{n}/hint":            m.at(m.hint),
		"POST /exams/{exam}/questions/{n}/reset":           m.at(m.reset),
		"GET /exams/{exam}/questions/{n}/terminals/{host}": m.at(m.terminal),
	}
	maps.Copy(all, m.examinerRoutes())
	return all
}

// visitor is who asks for what: a learner, one of their exams, and the number of a question in it.
type visitor struct {
	labs.Learner
	exam   examdesk.Which
	number int
}

// at returns what answers a request about an exam.
func (m *Room) at(handle func(http.ResponseWriter, *http.Request, visitor)) room.Handler {
	return func(w http.ResponseWriter, r *http.Request, who labs.Learner) {
		id, err := strconv.ParseInt(r.PathValue("exam"), 10, 64)
		number := 0
		if text := r.PathValue("n"); err == nil && text != "" {
			number, err = strconv.Atoi(text)
		}
		if err != nil || id < 1 {
			m.Fail(w, r, who, "/exams", &labs.Problem{
				Code: labs.CodeNotFound, What: "There is no such exam or question", Usage: true, Acts: []labs.Act{{Name: labs.ActExamList, For: "See all exams"}},
			})
			return
		}
		handle(w, r, visitor{who, examdesk.Which{ID: id}, number})
	}
}

func path(id int64) string { return "/exams/" + strconv.FormatInt(id, 10) }

func questionPath(id int64, n int) string { return path(id) + "/questions/" + strconv.Itoa(n) }

// path is the address of the visitor's exam.
func (v visitor) path() string { return path(v.exam.ID) }

// feedOf returns the feed of what is done about an exam.
func (m *Room) feedOf(who labs.Learner, id int64) *feed.Feed {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := who.Name + "\x00" + strconv.FormatInt(id, 10)
	if m.feeds[key] == nil {
		m.feeds[key] = &feed.Feed{Tell: m.Tells(NewsOfExam, who.Name, strconv.FormatInt(id, 10))}
	}
	return m.feeds[key]
}

// NewsOfExam is what messages of feeds are about that other servers are told. The learner and the exam follow.
const NewsOfExam = "exam"

// Hear tells the pages of a learner's exam what has happened at another server.
func (m *Room) Hear(name, id string, message feed.Message) {
	m.mu.Lock()
	at := m.feeds[name+"\x00"+id]
	m.mu.Unlock()
	if at != nil {
		at.Hear(message)
	}
}

// works reports whether a candidate can work on an exam: its clock runs, and time is not up.
func works(v exams.View) bool { return v.Phase == exams.Running && !v.Due }

// Busy reports whether something is being done about an exam.
func (m *Room) Busy(who labs.Learner, id int64) bool { return m.feedOf(who, id).Now().Running }

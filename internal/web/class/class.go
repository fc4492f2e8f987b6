// Package class is the browser's room for classes: what a teacher does with groups, and what learners see of it.
package class

import (
	"bufio"
	"context"
	"html/template"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"endstate/internal/classes"
	"endstate/internal/desk"
	"endstate/internal/desk/class"
	"endstate/internal/web/feed"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// Door is what all pages share.
type Door struct {
	Desk  *desk.Desk
	Clock func() time.Time
	Write func(w http.ResponseWriter, status int, page pages.Page)
	// Fail answers with what is wrong.
	Fail func(w http.ResponseWriter, r *http.Request, who labs.Learner, back string, err error)
	// Ask asks for the consent that an act needs, or answers with its other error.
	Ask func(w http.ResponseWriter, r *http.Request, who labs.Learner, back string, err error)
	// Problem renders what is wrong.
	Problem func(error) template.HTML
	Piece   func(name string, data any) template.HTML
	// Done answers a script that an act is done, and leads a page elsewhere.
	Done func(w http.ResponseWriter, r *http.Request, to string)
	// Report answers with a report, which write writes.
	Report func(w http.ResponseWriter, write func(io.Writer) error)
	Event  func(w http.ResponseWriter, m feed.Message) // writes a server-sent event
	Tell   func(name string)                           // tells the open lab pages of a learner that there is a message
}

// Handler answers a request of somebody who is let in.
type Handler = func(http.ResponseWriter, *http.Request, labs.Learner)

// Room is the room with its pages.
type Room struct {
	Door
	class *class.Desk
}

// New returns the room of a door.
func New(d Door) *Room { return &Room{d, class.New(d.Desk)} }

// Routes returns the room's pages and acts, by pattern.
func (o *Room) Routes() map[string]Handler {
	return map[string]Handler{
		"GET /groups":                      o.groups,
		"POST /groups":                     o.create,
		"GET /groups/{group}":              o.group,
		"POST /groups/{group}/members":     o.setMembers,
		"POST /groups/{group}/assignments": o.assign,
		"POST /groups/{group}/assignments/{assignment}/remove":    o.withdraw,
		"POST /groups/{group}/remove":                             o.remove,
		"GET /groups/{group}/events":                              o.events,
		"POST /groups/{group}/messages":                           o.send,
		"POST /assignments/{assignment}/begin":                    o.begin,
		"GET /groups/{group}/attempts/{attempt}/report":           o.report,
		"GET /groups/{group}/exams/{exam}/report":                 o.examReport,
		"POST /messages/{message}/read":                           o.read,
		"GET /groups/{group}/members/{member}/terminals":          o.terminals,
		"GET /groups/{group}/members/{member}/terminals/{number}": o.film,
		"GET /groups/{group}/gradebook":                           o.gradebook,
		"GET /groups/{group}/gradebook.csv":                       o.csv,
	}
}

// groupsPage is the groups that a teacher leads.
type groupsPage struct {
	Groups []*classes.Group
	All    bool     // not only their own
	Names  []string // of those who can be members; none if there are no accounts
}

func (o *Room) groups(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	page, err := groupsPage{All: who.Maintains()}, error(nil)
	if page.Groups, err = o.class.Groups(r.Context(), who); err == nil {
		page.Names, err = o.class.Names(r.Context(), who)
	}
	if err != nil {
		o.Fail(w, r, who, "/", err)
		return
	}
	o.Write(w, http.StatusOK, pages.Page{Title: "Groups", Owner: who, Main: "groups", Data: page})
}

func (o *Room) create(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	g, err := o.class.Create(r.Context(), who, r.PostFormValue("name"), lines(r.PostFormValue("members")), r.PostFormValue("watch") != "")
	if err != nil {
		o.Fail(w, r, who, "/groups", err)
		return
	}
	http.Redirect(w, r, groupPath(g.ID), http.StatusSeeOther)
}

func groupPath(id int64) string { return "/groups/" + strconv.FormatInt(id, 10) }

// lines returns the lines of a text.
func lines(text string) []string {
	var all []string
	for s := bufio.NewScanner(strings.NewReader(text)); s.Scan(); {
		all = append(all, s.Text())
	}
	return all
}

// number returns a number in the path; 0, which nothing has, if it is none.
func number(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// act does something to a group, and shows the group again.
func (o *Room) act(w http.ResponseWriter, r *http.Request, who labs.Learner, do func(ctx context.Context, group int64) error) {
	group := number(r, "group")
	if err := do(r.Context(), group); err != nil {
		o.Fail(w, r, who, groupPath(group), err)
		return
	}
	http.Redirect(w, r, groupPath(group), http.StatusSeeOther)
}

func (o *Room) setMembers(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	o.act(w, r, who, func(ctx context.Context, group int64) error {
		return o.class.SetMembers(ctx, who, group, lines(r.PostFormValue("members")))
	})
}

func (o *Room) withdraw(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	o.act(w, r, who, func(ctx context.Context, group int64) error {
		return o.class.Withdraw(ctx, who, group, number(r, "assignment"))
	})
}

func (o *Room) remove(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	group := number(r, "group")
	if err := o.class.Remove(r.Context(), who, group, r.PostFormValue("agreed") != ""); err != nil {
		o.Ask(w, r, who, groupPath(group), err)
		return
	}
	http.Redirect(w, r, "/groups", http.StatusSeeOther)
}

// begin leads a member to an assigned exam.
func (o *Room) begin(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	id, err := o.class.Begin(r.Context(), who, number(r, "assignment"), nil)
	if err != nil {
		o.Fail(w, r, who, "/", err)
		return
	}
	http.Redirect(w, r, "/exams/"+strconv.FormatInt(id, 10), http.StatusSeeOther)
}

// Package class is the browser's room for classes: what a teacher does with groups, and what learners see of it.
package class

import (
	"bufio"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"endstate/internal/classes"
	"endstate/internal/desk"
	"endstate/internal/desk/class"
	"endstate/internal/web/feed"
	"endstate/internal/web/pages"
	"endstate/internal/web/room"
	"endstate/labs"
)

// Door is what the room uses of the door that it belongs to.
type Door struct {
	room.House
	Desk  *desk.Desk
	Clock func() time.Time
	Event func(w http.ResponseWriter, m feed.Message) // writes a server-sent event
	Tell  func(name string)                           // tells the open lab pages of a learner that there is a message
}

// Room is the room with its pages.
type Room struct {
	Door
	class *class.Desk
}

// New returns the room of a door.
func New(d Door) *Room { return &Room{d, class.New(d.Desk)} }

// Routes returns the room's pages and acts, by pattern.
func (o *Room) Routes() map[string]room.Handler {
	return map[string]room.Handler{
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

// act does something to a group, and shows the group again.
func (o *Room) act(w http.ResponseWriter, r *http.Request, who labs.Learner, do func(ctx context.Context, group int64) error) {
	group := room.Number(r, "group")
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
		return o.class.Withdraw(ctx, who, group, room.Number(r, "assignment"))
	})
}

func (o *Room) remove(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	group := room.Number(r, "group")
	if err := o.class.Remove(r.Context(), who, group, r.PostFormValue("agreed") != ""); err != nil {
		o.Ask(w, r, who, groupPath(group), err)
		return
	}
	http.Redirect(w, r, "/groups", http.StatusSeeOther)
}

// begin leads a member to an assigned exam.
func (o *Room) begin(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	id, err := o.class.Begin(r.Context(), who, room.Number(r, "assignment"), nil)
	if err != nil {
		o.Fail(w, r, who, "/", err)
		return
	}
	http.Redirect(w, r, "/exams/"+strconv.FormatInt(id, 10), http.StatusSeeOther)
}

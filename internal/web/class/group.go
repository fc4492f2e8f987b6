package class

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"endstate/internal/classes"
	"endstate/internal/desk"
	"endstate/internal/desk/class"
	"endstate/internal/web/pages"
	"endstate/internal/web/room"
	"endstate/labs"
)

// groupPage is a group: its members, and what is assigned to them.
type groupPage struct {
	Group       *classes.Group
	Assignments []*classes.Assignment
	Scenarios   []scenarioChoice
	Exams       []class.ExamChoice
	Topics      []string // of the exams that are about one
	Names       []string // of those who can be members; none if there are no accounts
	Live        liveView
	Letter      letter
}

// scenarioChoice is a lab that can be assigned.
type scenarioChoice struct{ Name, Title, Topic string }

func (o *Room) group(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	page, err := o.pageOf(r.Context(), who, room.Number(r, "group"))
	if err != nil {
		o.Fail(w, r, who, "/groups", err)
		return
	}
	o.Write(w, http.StatusOK, pages.Page{Title: page.Group.Name, Owner: who, Main: "group", Follower: "class.js", Data: page})
}

func (o *Room) pageOf(ctx context.Context, who labs.Learner, id int64) (groupPage, error) {
	page, err := groupPage{}, error(nil)
	if page.Group, err = o.class.Group(ctx, who, id); err != nil {
		return page, err
	}
	if page.Assignments, err = o.class.Assignments(ctx, who, id); err != nil {
		return page, err
	}
	if page.Exams, err = o.class.Exams(ctx, who, id); err != nil {
		return page, err
	}
	page.Topics = topicsOf(page.Exams)
	if page.Names, err = o.class.Names(ctx, who); err != nil {
		return page, err
	}
	if page.Live, err = o.live(ctx, who, id); err != nil {
		return page, err
	}
	page.Letter = letter{Group: id, Members: page.Group.Members}
	for _, one := range o.Desk.List(who, desk.Wanted{}, nil) {
		page.Scenarios = append(page.Scenarios, scenarioChoice{one.Name, one.Title, one.Topic})
	}
	return page, nil
}

func (o *Room) assign(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	o.act(w, r, who, func(ctx context.Context, group int64) error {
		wanted, err := o.wanted(r)
		if err == nil {
			_, err = o.class.Assign(ctx, who, group, wanted)
		}
		return err
	})
}

// wanted reads the assignment that a form describes.
func (o *Room) wanted(r *http.Request) (classes.Assignment, error) {
	a := classes.Assignment{Title: r.PostFormValue("title"), Exam: r.PostFormValue("exam"), Topic: r.PostFormValue("topic"), Each: r.PostFormValue("seeds") == "each"}
	a.Scenarios = r.PostForm["scenario"]
	var err error
	if a.Seed, err = seedOf(r.PostFormValue("seed")); err != nil {
		return a, err
	}
	if a.Opens, err = o.moment(r.PostFormValue("opens")); err != nil {
		return a, err
	}
	if a.Due, err = o.moment(r.PostFormValue("due")); err != nil {
		return a, err
	}
	a.Extra, err = extraOf(r.PostForm["member"], r.PostForm["extra"])
	return a, err
}

// seedOf reads a seed; 0 if the text is empty.
func seedOf(text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, labs.Misuse(fmt.Sprintf("%q is not a seed", text), "A seed is a whole number.")
	}
	return seed, nil
}

// inputTime is how browsers send a date and a time.
const inputTime = "2006-01-02T15:04"

// moment reads a time where the server is; the zero time if the text is empty.
func (o *Room) moment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(inputTime, text, o.Clock().Location())
	if err != nil {
		return at, labs.Misuse(fmt.Sprintf("%q is not a date with a time", text), "Write it as 2026-03-31T18:00.")
	}
	return at, nil
}

// extraOf reads extra time: the minutes of each member; none where a field is empty.
func extraOf(members, minutes []string) (map[string]time.Duration, error) {
	extra := map[string]time.Duration{}
	for i, name := range members[:min(len(members), len(minutes))] {
		if minutes[i] == "" {
			continue
		}
		n, err := strconv.Atoi(minutes[i])
		if err != nil {
			return nil, labs.Misuse(fmt.Sprintf("%q is not extra time", minutes[i]), "Give whole minutes.")
		}
		extra[name] = time.Duration(n) * time.Minute
	}
	return extra, nil
}

// topicsOf returns the topics that can be chosen for any of some exams.
func topicsOf(all []class.ExamChoice) []string {
	var topics []string
	for _, one := range all {
		topics = append(topics, one.Topics...)
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

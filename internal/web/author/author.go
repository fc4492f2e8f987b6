// Package author is the browser's room for authors of scenarios: their scenarios, what lint finds, their
// proofs at work, and what each look observes in a lab. They edit in an editor of their own; the pages
// follow.
package author

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"endstate/internal/desk"
	"endstate/internal/desk/author"
	"endstate/internal/scenario"
	"endstate/internal/web/pages"
	"endstate/internal/web/room"
	"endstate/labs"
)

// Door is what the room uses of the door that it belongs to.
type Door struct {
	room.House
	Desk    *desk.Desk
	Context context.Context // ends when the server does
	Working *sync.WaitGroup // what must end before the server does
}

// Room is the room with its pages.
type Room struct {
	Door
	desk *author.Desk

	mu      sync.Mutex
	benches map[[2]string]*bench // by author and scenario
}

// New returns the room of a door.
func New(d Door) *Room {
	return &Room{Door: d, desk: author.New(d.Desk), benches: map[[2]string]*bench{}}
}

// Routes returns the room's pages and acts, by pattern.
func (o *Room) Routes() map[string]room.Handler {
	return map[string]room.Handler{
		"GET /author":                     o.list,
		"GET /author/{scenario}":          o.scenario,
		"GET /author/{scenario}/events":   o.events,
		"POST /author/{scenario}/prove":   o.prove,
		"POST /author/{scenario}/stop":    o.stop,
		"GET /author/{scenario}/observed": o.observed,
	}
}

func pathOf(name string) string { return "/author/" + url.PathEscape(name) }

func (o *Room) list(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	found, err := o.desk.Own(who)
	if err != nil {
		o.Fail(w, r, who, "/", err)
		return
	}
	o.Write(w, http.StatusOK, pages.Page{Title: "Your scenarios", Owner: who, Main: "author", Data: found})
}

// scenarioPage is one scenario, with what was found in it.
type scenarioPage struct {
	*author.Own
	benchState
	Mistakes scenario.Mistakes
	After    int // the last message that the page has
}

func (o *Room) scenario(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("scenario")
	own, err := o.desk.Find(who, name)
	if err != nil {
		o.Fail(w, r, who, "/author", err)
		return
	}
	bench := o.bench(who, name)
	last := bench.Now().Last // before the state, so that the page misses nothing
	page := scenarioPage{Own: own, benchState: bench.state(), After: last}
	if page.Mistakes, err = o.desk.Mistakes(who, name); err != nil {
		o.Fail(w, r, who, "/author", err)
		return
	}
	o.Write(w, http.StatusOK, pages.Page{Title: name, Owner: who, Main: "authorscenario", Data: page, Follower: "author.js"})
}

// events streams what happens to a scenario. As long as it does, it follows the files.
func (o *Room) events(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("scenario")
	bench := o.bench(who, name)
	ctx, end := context.WithCancel(r.Context())
	defer end()
	if _, err := o.desk.Find(who, name); err != nil {
		o.Fail(w, r, who, "/author", err)
		return
	}
	o.Working.Go(func() {
		err := o.desk.Follow(ctx, who, name, func() { o.showMistakes(bench, who, name) })
		if err != nil {
			bench.Send("notice", "", string(o.Problem(err)))
		}
	})
	o.Stream(w, r, who, &bench.Feed, nil)
}

func (o *Room) showMistakes(b *bench, who labs.Learner, name string) {
	found, err := o.desk.Mistakes(who, name)
	if err != nil {
		b.Send("notice", "", string(o.Problem(err)))
		return
	}
	b.Send("lint", "lint", string(o.Piece("mistakes", found)))
}

// observedPage is what the grader sees in the author's lab of a scenario.
type observedPage struct {
	Name string
	Seen []seen
}

// seen is what one look sees, with its values as JSON.
type seen struct {
	author.Seen
	Observed, Recorded string
}

func (o *Room) observed(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("scenario")
	found, err := o.desk.Observe(r.Context(), who, name, "", nil)
	if err != nil {
		o.Fail(w, r, who, pathOf(name), err)
		return
	}
	page := observedPage{Name: name}
	for _, one := range found {
		page.Seen = append(page.Seen, seen{one, inJSON(one.Observed), inJSON(one.Recorded)})
	}
	o.Write(w, http.StatusOK, pages.Page{Title: "Observed in " + name, Owner: who, Main: "observed", Data: page})
}

// inJSON returns a value as JSON; "" for none.
func inJSON(value any) string {
	if value == nil {
		return ""
	}
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// numberOf returns a number of a form, or another one if the field is empty.
func numberOf(r *http.Request, field string, other uint64) (uint64, error) {
	text := r.PostFormValue(field)
	if text == "" {
		return other, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, labs.Misuse(strconv.Quote(text)+" is not a whole number", "Seeds and their count are whole numbers.")
	}
	return n, nil
}

package class

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"endstate/internal/classes"
	"endstate/internal/desk/class"
	"endstate/internal/recording"
	"endstate/internal/web/feed"
	"endstate/internal/web/pages"
	"endstate/internal/web/room"
	"endstate/labs"
)

const (
	// livePause is how often the live view looks, because learners may work in other doors, too.
	livePause = 2 * time.Second
	// filmPause is how often a page that watches a terminal looks for more.
	filmPause = 400 * time.Millisecond
	// keepAlive is how often a quiet stream of events says that it is still there.
	keepAlive = 20 * time.Second
)

// livePlace is where a member is, as the page shows it.
type livePlace struct {
	class.Place
	Group int64
	Here  time.Duration // how long they have been there
}

// liveView is where the members of a group are.
type liveView struct {
	Places []livePlace
	Stuck  int
	After  time.Duration // at work without a gain, until somebody counts as stuck
}

func (o *Room) live(ctx context.Context, who labs.Learner, group int64) (liveView, error) {
	view := liveView{After: classes.StuckAfter}
	places, err := o.class.Live(ctx, who, group)
	for _, place := range places {
		if place.Stuck() {
			view.Stuck++
		}
		view.Places = append(view.Places, livePlace{place, group, o.Clock().Sub(place.Since)})
	}
	return view, err
}

// stream sends events until the browser is gone or next fails: what next returns, unless it is empty.
func (o *Room) stream(w http.ResponseWriter, r *http.Request, pause time.Duration, next func(context.Context) (feed.Message, error)) {
	w.Header().Set("Content-Type", "text/event-stream")
	flush, tick, sent := http.NewResponseController(w), time.NewTicker(pause), time.Time{}
	defer tick.Stop()
	for {
		m, err := next(r.Context())
		switch {
		case err != nil:
			o.Event(w, feed.Message{Kind: "over", Data: string(o.Problem(err))})
		case m.Kind != "":
			o.Event(w, m)
		case time.Since(sent) > keepAlive:
			_, _ = w.Write([]byte(":\n\n"))
		}
		if m.Kind != "" || time.Since(sent) > keepAlive || err != nil {
			sent = time.Now()
			if flush.Flush() != nil || err != nil {
				return
			}
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// events streams the live view whenever it changes.
func (o *Room) events(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	group, last := room.Number(r, "group"), ""
	if _, err := o.class.Group(r.Context(), who, group); err != nil {
		o.Fail(w, r, who, "/groups", err)
		return
	}
	o.stream(w, r, livePause, func(ctx context.Context) (feed.Message, error) {
		view, err := o.live(ctx, who, group)
		if err != nil {
			return feed.Message{}, err
		}
		now := string(o.Piece("live", view))
		if now == last {
			return feed.Message{}, nil
		}
		last = now
		return feed.Message{Kind: "live", Data: now}, nil
	})
}

func (o *Room) send(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	o.act(w, r, who, func(ctx context.Context, group int64) error {
		names, err := o.class.Send(ctx, who, group, r.PostFormValue("to"), r.PostFormValue("text"))
		for _, name := range names {
			o.Tell(name)
		}
		return err
	})
}

// read notes that a learner has read a message.
func (o *Room) read(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	if err := o.class.Read(r.Context(), who, room.Number(r, "message")); err != nil {
		o.Fail(w, r, who, "/", err)
		return
	}
	o.Done(w, r, "/")
}

// letter is the form for a message: to a member, or to whom the teacher chooses.
type letter struct {
	Group   int64
	To      string // empty: it is chosen
	Members []string
}

// terminalsPage is the terminals of a member that a teacher watches.
type terminalsPage struct {
	Group     *classes.Group
	Member    string
	Terminals []class.Terminal
	Watched   *class.Terminal // nil: there is none
	Letter    letter
}

func (o *Room) terminals(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	page, err := terminalsPage{Member: r.PathValue("member")}, error(nil)
	if page.Group, err = o.class.Group(r.Context(), who, room.Number(r, "group")); err == nil {
		page.Terminals, err = o.class.Terminals(r.Context(), who, page.Group.ID, page.Member)
	}
	if err != nil {
		o.Fail(w, r, who, groupPath(room.Number(r, "group")), err)
		return
	}
	page.Letter = letter{Group: page.Group.ID, To: page.Member}
	wanted := r.URL.Query().Get("terminal")
	for i, one := range page.Terminals {
		if page.Watched == nil || strconv.FormatInt(one.Number, 10) == wanted {
			page.Watched = &page.Terminals[i]
		}
	}
	o.Write(w, http.StatusOK, pages.Page{Title: "Terminal of " + page.Member, Owner: who, Main: "watch", Script: "watch.js", Data: page})
}

// film is what a page that watches a terminal is sent.
type film struct {
	Columns int         `json:"columns,omitempty"` // at the beginning only
	Rows    int         `json:"rows,omitempty"`
	Events  [][2]string `json:"events"` // the kind, the data
}

// film streams what a terminal has shown and shows. The ID of each event is the place in the recording that a
// page which lost the connection goes on from.
func (o *Room) film(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	group, member, terminal := room.Number(r, "group"), r.PathValue("member"), room.Number(r, "number")
	next := room.After(r)
	piece, err := o.class.Watch(r.Context(), who, group, member, terminal, next)
	if err != nil {
		o.Fail(w, r, who, groupPath(group), err)
		return
	}
	o.stream(w, r, filmPause, func(ctx context.Context) (feed.Message, error) {
		if piece == nil {
			if piece, err = o.class.Watch(ctx, who, group, member, terminal, next); err != nil {
				return feed.Message{}, err
			}
		}
		shown := piece
		piece, next = nil, shown.Next
		if shown.Header == nil && len(shown.Events) == 0 {
			return feed.Message{}, nil
		}
		data, err := json.Marshal(filmOf(shown))
		return feed.Message{ID: int(shown.Next), Kind: "film", Data: string(data)}, err
	})
}

func filmOf(piece *recording.Piece) film {
	f := film{Events: [][2]string{}}
	if piece.Header != nil {
		f.Columns, f.Rows = piece.Header.Width, piece.Header.Height
	}
	for _, e := range piece.Events {
		f.Events = append(f.Events, [2]string{e.Kind, e.Data})
	}
	return f
}

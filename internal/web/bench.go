package web

import (
	"context"
	"html/template"
	"slices"
	"sync"
	"time"

	"endstate/internal/desk"
	"endstate/internal/progress"
	"endstate/internal/web/feed"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// bench is where a learner works at a lab: what its pages show while something is done to it.
type bench struct {
	feed.Feed
	mu   sync.Mutex
	task *desk.Task // of the lab that is being started; nil once it is there
	// pages follow the bench, and the last one was seen then.
	pages int
	seen  time.Time
}

// follow notes that a page follows the bench until leave is called.
func (b *bench) follow(now func() time.Time) (leave func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pages++
	b.seen = now()
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.pages--
		b.seen = now()
	}
}

// lastSeen returns when a page last followed the bench.
func (b *bench) lastSeen(now func() time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pages > 0 {
		return now()
	}
	return b.seen
}

// starting returns the task of the lab that is being started, or nil.
func (b *bench) starting() *desk.Task {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.task
}

// claim notes that a lab is being started. It returns false if that is noted already.
func (b *bench) claim(task *desk.Task) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.task != nil {
		return false
	}
	b.task = task
	return true
}

// release notes that the start has ended.
func (b *bench) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.task = nil
}

// benches are the benches of all learners.
type benches struct {
	tells func(about ...string) func(feed.Message) // see [Server.tells]
	mu    sync.Mutex
	all   map[[2]string]*bench // by learner and lab
}

func (b *benches) of(who labs.Learner, lab string) *bench {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := [2]string{who.Name, lab}
	if b.all == nil {
		b.all = map[[2]string]*bench{}
	}
	if b.all[key] == nil {
		b.all[key] = &bench{Feed: feed.Feed{Tell: b.tells(newsOfLab, who.Name, lab)}}
	}
	return b.all[key]
}

// at returns a bench, or nil if there is none.
func (b *benches) at(name, lab string) *bench {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all[[2]string{name, lab}]
}

// tell tells the pages of all labs of a learner at this server that somebody wrote to them.
func (b *benches) tell(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, one := range b.all {
		if key[0] == name {
			one.Hear(feed.Message{Kind: messageLetter, Key: "letter"})
		}
	}
}

// The kinds of messages of a bench, besides those of the feed itself.
const (
	messageStep    = "step"    // a line of text about what is being done
	messageNotice  = "notice"  // a warning or a problem
	messageVerdict = "verdict" // a result of a check that is final
	messageOutcome = "outcome" // of a check
	messageReady   = "ready"   // the lab is not what it was: the page loads itself again
	messageLetter  = "letter"  // somebody wrote to the learner
	messageAgain   = "again"   // the page has been told of an act by an earlier server, which has ended
)

// work does an act, and tells a feed of it. It goes on even if every page is closed. It returns false if
// another act of that feed is going on.
func (s *Server) work(at *feed.Feed, act string, do func(ctx context.Context, emit labs.Emit) error) bool {
	if !at.Begin(act) {
		return false
	}
	s.working.Go(func() {
		began := s.Clock()
		err := do(s.ctx, s.show(at))
		s.meter.Act(act, s.Clock().Sub(began), err)
		if err != nil && s.ctx.Err() != nil {
			return // the server ends: the next one tells the pages
		}
		if err != nil {
			at.Send(messageNotice, "", string(s.problem(err)))
		}
		at.End()
	})
	return true
}

// show returns an Emit that shows events in a feed.
func (s *Server) show(at *feed.Feed) labs.Emit {
	return func(event labs.Event) {
		doing, did := progress.Describe(event)
		switch event.State {
		case labs.Warned:
			at.Send(messageNotice, "", string(s.warning(event)))
		case labs.StepBegan:
			at.Send(messageStep, doing, doing+" …")
		case labs.StepMoved:
			if event.Step == labs.AwaitRoom {
				at.Send(messageStep, doing, doing+" · "+progress.Detail(event))
			}
			for _, result := range event.Results {
				at.Send(messageVerdict, result.ID, string(s.piece("result", pages.Line{Result: result})))
			}
		case labs.StepEnded:
			at.Send(messageStep, doing, did)
		}
	}
}

// noticesOf returns the warnings and problems of the act that runs at a bench, or ran last.
func noticesOf(state feed.State) []template.HTML { return ofKind(state, messageNotice) }

// stepOf returns what the act that runs at a bench is doing.
func stepOf(state feed.State) string {
	for _, m := range slices.Backward(state.Messages) {
		if state.Running && m.Kind == messageStep {
			return m.Data
		}
	}
	return ""
}

// verdictsOf returns the verdicts so far of the check that runs at a bench.
func verdictsOf(state feed.State) []template.HTML {
	if !state.Running || state.Act != labs.ActCheck {
		return nil
	}
	return ofKind(state, messageVerdict)
}

func ofKind(state feed.State, kind string) []template.HTML {
	var all []template.HTML
	for _, m := range state.Messages {
		if m.Kind == kind {
			all = append(all, template.HTML(m.Data)) // it was rendered by html/template
		}
	}
	return all
}

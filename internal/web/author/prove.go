package author

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"endstate/internal/desk"
	"endstate/internal/desk/author"
	"endstate/internal/grading"
	"endstate/internal/report"
	"endstate/internal/web/feed"
	"endstate/labs"
)

// The limits of proofs that a browser asks for.
const (
	mostSeeds    = 20
	defaultSeeds = 3
	parallel     = 2 // labs at once
)

// bench is where an author works at a scenario: what its pages show, and the proofs that are played.
type bench struct {
	feed.Feed
	mu      sync.Mutex
	playing *play         // nil: no proofs are played
	round   template.HTML // what came of the latest round; may be empty
	step    string        // what is being done; empty: nothing
}

// play is proofs that are played, and played again after each change, until they are ended.
type play struct {
	*bench
	end context.CancelFunc
}

func (o *Room) bench(who labs.Learner, name string) *bench {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := [2]string{who.Name, name}
	if o.benches[key] == nil {
		o.benches[key] = &bench{}
	}
	return o.benches[key]
}

// benchState is a bench at one moment.
type benchState struct {
	Playing bool
	Step    string
	Rounds  []template.HTML // what came of the latest round; none: there was none
}

func (b *bench) state() benchState {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := benchState{Playing: b.playing != nil, Step: b.step}
	if b.round != "" {
		s.Rounds = []template.HTML{b.round}
	}
	return s
}

// begin begins to play proofs. It returns nil if some are being played.
func (b *bench) begin(end context.CancelFunc) *play {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.playing != nil {
		return nil
	}
	b.playing = &play{b, end}
	return b.playing
}

// stop ends the proofs that are played, if any.
func (b *bench) stop() {
	b.mu.Lock()
	p := b.playing
	b.mu.Unlock()
	if p != nil {
		p.over()
	}
}

// over ends the proofs. What they still do, such as removing labs, is not shown, because others may be
// played by then.
func (p *play) over() {
	p.end()
	p.say("")
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.playing == p {
		p.playing = nil
	}
}

// say shows what is being done.
func (p *play) say(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.playing == p {
		p.step = text
		p.Send("step", "step", text)
	}
}

// show shows what came of a round.
func (p *play) show(round template.HTML) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.playing == p {
		p.round = round
		p.Send("proved", "proved", string(round))
	}
}

// prove plays a scenario's proofs, and plays them again whenever a file changes, until they are ended.
func (o *Room) prove(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("scenario")
	own, err := o.desk.Find(who, name)
	seeds, wrong := numberOf(r, "seeds", defaultSeeds)
	first, none := numberOf(r, "seed", desk.DrawSeed())
	for _, one := range []error{wrong, none} {
		if err == nil {
			err = one
		}
	}
	if err == nil && seeds > mostSeeds {
		err = labs.Misuse("That is too many seeds for a page", fmt.Sprintf("Take at most %d, or use endstate prove.", mostSeeds))
	}
	if err != nil {
		o.Fail(w, r, who, pathOf(name), err)
		return
	}
	o.watch(who, author.Proving{Scenarios: []string{own.Name}, Seeds: int(seeds), First: first, Parallel: parallel, Proof: r.PostFormValue("proof")})
	http.Redirect(w, r, pathOf(name), http.StatusSeeOther)
}

// watch plays proofs in the background, unless some are being played.
func (o *Room) watch(who labs.Learner, wanted author.Proving) {
	ctx, end := context.WithCancel(o.Context)
	p := o.bench(who, wanted.Scenarios[0]).begin(end)
	if p == nil {
		end()
		return
	}
	o.Working.Go(func() {
		defer p.over()
		err := o.desk.Watch(ctx, who, wanted, author.Watching{
			Begin: func(changed []string) labs.Emit { return o.begin(p, changed) },
			End:   func(round author.Round) { o.show(p, round) },
		})
		if err != nil {
			p.Send("notice", "", string(o.Problem(err)))
		}
	})
}

// begin shows that a round begins, and returns what shows its progress.
func (o *Room) begin(p *play, changed []string) labs.Emit {
	names := make([]string, len(changed))
	for i, path := range changed {
		names[i] = report.Visible(filepath.Base(path))
	}
	why := "Playing all proofs …"
	if len(names) > 0 {
		why = strings.Join(names, ", ") + " changed: playing all proofs …"
	}
	p.say(why)
	return func(event labs.Event) {
		switch {
		case event.State == labs.Warned:
			p.Send("notice", "", string(o.Warning(event)))
		case event.Step == labs.PlayProofs && event.State == labs.StepMoved:
			p.say(fmt.Sprintf("Played %d of %d proofs: %s", event.Done, event.Total, report.Visible(event.Detail)))
		}
	}
}

func (o *Room) show(p *play, round author.Round) {
	p.say("Waiting for a change of the files.")
	if round.Err != nil {
		p.show(o.Problem(round.Err))
		return
	}
	p.show(o.Piece("proved", tableOf(round.Proved)))
}

// table is the results of proofs, by proof and seed.
type table struct {
	Seeds   []uint64
	Rows    []row
	Results []grading.ProofResult
	Left    int // proofs that were not played
}

// row is a proof with its result at each seed; nil: it was not played.
type row struct {
	Proof string
	Cells []*grading.ProofResult
}

func tableOf(proved *author.Proved) table {
	t := table{Results: proved.Results, Left: proved.NotPlayed}
	for _, played := range proved.Played {
		t.Seeds = played.Seeds
	}
	for i := range proved.Results {
		result := &proved.Results[i]
		at := slices.IndexFunc(t.Rows, func(r row) bool { return r.Proof == result.Proof })
		if at < 0 {
			at = len(t.Rows)
			t.Rows = append(t.Rows, row{result.Proof, make([]*grading.ProofResult, len(t.Seeds))})
		}
		if seed := slices.Index(t.Seeds, result.Seed); seed >= 0 {
			t.Rows[at].Cells[seed] = result
		}
	}
	return t
}

// stop ends the proofs of a scenario.
func (o *Room) stop(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("scenario")
	if _, err := o.desk.Find(who, name); err != nil {
		o.Fail(w, r, who, "/author", err)
		return
	}
	o.bench(who, name).stop()
	http.Redirect(w, r, pathOf(name), http.StatusSeeOther)
}

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
	mu    sync.Mutex
	end   context.CancelFunc // ends the proofs; nil: none are played
	round template.HTML      // what came of the latest round; may be empty
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

func (b *bench) proving() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.end != nil
}

// latest returns what came of the latest round, if there was one.
func (b *bench) latest() []template.HTML {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.round == "" {
		return nil
	}
	return []template.HTML{b.round}
}

// take notes that proofs are played, and how they are ended. It returns false if some are already.
func (b *bench) take(end context.CancelFunc) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.end != nil {
		return false
	}
	b.end = end
	return true
}

func (b *bench) show(round template.HTML) {
	b.mu.Lock()
	b.round = round
	b.mu.Unlock()
	b.Send("proved", "proved", string(round))
}

// over ends the proofs, if some are played.
func (b *bench) over() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.end != nil {
		b.end()
		b.end = nil
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
	b := o.bench(who, wanted.Scenarios[0])
	ctx, end := context.WithCancel(o.Context)
	if !b.take(end) {
		end()
		return
	}
	o.Working.Go(func() {
		defer b.over()
		err := o.desk.Watch(ctx, who, wanted, author.Watching{
			Begin: func(changed []string) labs.Emit { return o.begin(b, changed) },
			End:   func(round author.Round) { o.show(b, round) },
		})
		if err != nil {
			b.Send("notice", "", string(o.Problem(err)))
		}
		b.Send("step", "step", "")
	})
}

// begin shows that a round begins, and returns what shows its progress.
func (o *Room) begin(b *bench, changed []string) labs.Emit {
	names := make([]string, len(changed))
	for i, path := range changed {
		names[i] = report.Visible(filepath.Base(path))
	}
	why := "Playing all proofs …"
	if len(names) > 0 {
		why = strings.Join(names, ", ") + " changed: playing all proofs …"
	}
	b.Send("step", "step", why)
	return func(event labs.Event) {
		switch {
		case event.State == labs.Warned:
			b.Send("notice", "", string(o.Warning(event)))
		case event.Step == labs.PlayProofs && event.State == labs.StepMoved:
			b.Send("step", "step", fmt.Sprintf("Played %d of %d proofs: %s", event.Done, event.Total, report.Visible(event.Detail)))
		}
	}
}

func (o *Room) show(b *bench, round author.Round) {
	b.Send("step", "step", "Waiting for a change of the files.")
	if round.Err != nil {
		b.show(o.Problem(round.Err))
		return
	}
	b.show(o.Piece("proved", tableOf(round.Proved)))
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
	o.bench(who, name).over()
	http.Redirect(w, r, pathOf(name), http.StatusSeeOther)
}

package exam

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"endstate/internal/exams"
	"endstate/internal/exams/spoken"
	"endstate/internal/interview"
	"endstate/internal/practice"
	"endstate/internal/rehearsal"
	"endstate/labs"
)

// bank returns what an exam is drawn from.
func (d *Desk) bank(ctx context.Context, who labs.Learner, b *exams.Blueprint, seed uint64, topic string) (exams.Bank, error) {
	bank := exams.Bank{Scenarios: d.parts.Offered(ctx), Topic: topic}
	if !b.AsksWeakest() {
		return bank, nil
	}
	weak, err := d.weakness(ctx, who, seed)
	if err != nil {
		return bank, err
	}
	bank.Weakest = weak.scenarios()
	bank.Spoken = func(drawn []exams.Question) []spoken.Question { return weak.choose(b.Spoken, drawn) }
	return bank, nil
}

// weakness is what an exam may ask, each list beginning with what the candidate knows least.
type weakness struct {
	standings []*practice.Standing
	questions []spoken.Topic // about the candidate
	random    *rand.Rand
}

// weakness returns what a learner knows least. Among equals, the seed decides.
func (d *Desk) weakness(ctx context.Context, who labs.Learner, seed uint64) (*weakness, error) {
	progress, err := d.base.Progress(ctx, who)
	if err != nil {
		return nil, err
	}
	recall, err := d.recall(ctx, who)
	if err != nil {
		return nil, err
	}
	strength := map[string]float64{}
	for _, topic := range progress.Topics {
		strength[topic.Name] = topic.Strength
	}
	w := &weakness{standings: progress.All(), random: rand.New(rand.NewPCG(seed, 0))}
	w.random.Shuffle(len(w.standings), func(i, j int) { w.standings[i], w.standings[j] = w.standings[j], w.standings[i] })
	slices.SortStableFunc(w.standings, func(a, b *practice.Standing) int {
		return cmp.Or(cmp.Compare(a.Strength, b.Strength), cmp.Compare(strength[a.Topic], strength[b.Topic]), a.Level-b.Level)
	})
	for _, q := range interview.Questions() {
		if q.Guide != nil {
			w.questions = append(w.questions, spoken.Topic{Text: q.Text, Interview: q.Number, Subject: q.Text})
		}
	}
	w.random.Shuffle(len(w.questions), func(i, j int) { w.questions[i], w.questions[j] = w.questions[j], w.questions[i] })
	slices.SortStableFunc(w.questions, func(a, b spoken.Topic) int { return cmp.Compare(recall[a.Interview], recall[b.Interview]) })
	return w, nil
}

// recall returns how well a learner knows their scripts for questions of the interview, from 0 to 1.
func (d *Desk) recall(ctx context.Context, who labs.Learner) (map[int]float64, error) {
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	scripts, err := store.Scripts(ctx)
	known := map[int]float64{}
	for _, s := range scripts {
		known[s.Question] = max(known[s.Question], practice.AssessScript(s, d.now()).Recall)
	}
	return known, err
}

// scenarios returns the names of scenarios: first one of each topic, then the others.
func (w *weakness) scenarios() []string {
	var first, rest []string
	seen := map[string]bool{}
	for _, s := range w.standings {
		if seen[s.Topic] {
			rest = append(rest, s.Name)
			continue
		}
		seen[s.Topic] = true
		first = append(first, s.Name)
	}
	return append(first, rest...)
}

// choose chooses the spoken questions of an exam. It asks about no scenario that the exam has a lab of.
func (w *weakness) choose(plan spoken.Plan, drawn []exams.Question) []spoken.Question {
	var explained []spoken.Topic
	for _, one := range w.standings {
		if !slices.ContainsFunc(drawn, func(q exams.Question) bool { return q.Scenario == one.Name }) {
			explained = append(explained, spoken.Topic{Text: one.Question, Scenario: one.Name, Subject: one.Topic})
		}
	}
	return plan.Draw(w.questions, explained, w.random)
}

// Ask returns the first question that is still to be answered in words, and nil if there is none.
// It starts the exam's clock.
func (d *Desk) Ask(ctx context.Context, who labs.Learner, which Which, emit labs.Emit) (*spoken.Question, exams.View, error) {
	p, s, err := d.sitting(ctx, who, which, false, emit)
	if err == nil {
		err = s.CheckOpen(d.now())
	}
	if err != nil {
		return nil, exams.View{}, err
	}
	if spoken.Next(s.Spoken) == nil {
		return nil, d.view(s), nil
	}
	d.startKeeper(s.ID, emit)
	if s, err = p.Begin(ctx, s.ID); err != nil {
		return nil, exams.View{}, err
	}
	return spoken.Next(s.Spoken), d.view(s), nil
}

// Say stores the answer to a question that is answered in words: what was said, and how long it
// took. An empty answer skips the question.
func (d *Desk) Say(ctx context.Context, who labs.Learner, which Which, n int, text string, took time.Duration, emit labs.Emit) (exams.View, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxAnswer {
		return exams.View{}, labs.Misuse("The answer is too long", "Say it in a few sentences.")
	}
	p, s, err := d.sitting(ctx, who, which, false, emit)
	if err != nil {
		return exams.View{}, err
	}
	answer := spoken.Answer{At: d.now(), Seconds: took.Seconds(), Text: text}
	if n >= 1 && n <= len(s.Spoken) && text != "" {
		if err := d.read(ctx, who, s.Spoken[n-1], &answer); err != nil {
			return exams.View{}, err
		}
	}
	if s, err = p.Say(ctx, s.ID, n, answer); err != nil {
		return exams.View{}, err
	}
	return d.view(s), nil
}

// maxAnswer limits an answer, in bytes.
const maxAnswer = 64 << 10

// read compares an answer with the candidate's script, with the guide or with the model answer.
func (d *Desk) read(ctx context.Context, who labs.Learner, q spoken.Question, a *spoken.Answer) error {
	if q.Kind == spoken.Explained {
		v, err := d.parts.Library().Variant(q.Scenario, 1)
		if err != nil {
			return err
		}
		for _, point := range practice.Compare(a.Text, labs.KeyPoints(v.Debrief)) {
			a.Points = append(a.Points, spoken.Point{Text: point.Text, Touched: point.Touched})
		}
		return nil
	}
	known, err := d.recite(ctx, who, q, a)
	if err != nil || known {
		return err
	}
	asked, err := interview.Find(q.Interview)
	if err != nil {
		return err
	}
	a.Remarks = rehearsal.Review(a.Text, asked.Guide, nil)
	return nil
}

// recite compares an answer with the scripts that the candidate has for the question, and stores it
// as a recital of the one that it is closest to. It returns false if there is no script.
func (d *Desk) recite(ctx context.Context, who labs.Learner, q spoken.Question, a *spoken.Answer) (bool, error) {
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return false, err
	}
	scripts, err := store.Scripts(ctx)
	if err != nil {
		return false, err
	}
	var closest *rehearsal.Script
	for _, script := range scripts {
		if script.Question != q.Interview {
			continue
		}
		if percent := rehearsal.Compare(script.Text, a.Text).Percent(); closest == nil || percent > *a.Percent {
			closest, a.Percent = script, &percent
		}
	}
	if closest == nil {
		return false, nil
	}
	return true, store.AddRecital(ctx, closest.ID, rehearsal.Recital{At: a.At, Hidden: rehearsal.Free, Seconds: a.Seconds, Percent: *a.Percent})
}

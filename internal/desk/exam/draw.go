package exam

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/internal/exams/blueprints"
	"endstate/labs"
)

// Listing is the exams that can be started, the built-in ones first, and those that the learner sat, the
// latest first.
type Listing struct {
	Blueprints []*exams.Blueprint `json:"blueprints"`
	Exams      []exams.View       `json:"exams"`
}

// List returns the exams that can be started, and those that the learner sat. It warns of blueprints that
// can't be drawn, and leaves them out.
func (d *Desk) List(ctx context.Context, who labs.Learner, emit labs.Emit) (*Listing, error) {
	found := &Listing{Exams: []exams.View{}}
	found.Blueprints = d.Startable(ctx, who, emit)
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		emit.Warn(err, "Your exams are left out of the list.")
		return found, nil
	}
	all, err := store.Exams(ctx)
	found.Exams = d.views(all)
	return found, err
}

// Startable returns the exams that can be started: the built-in ones, and those whose blueprints an examiner
// keeps. It warns of those that can't be drawn, and leaves them out.
func (d *Desk) Startable(ctx context.Context, who labs.Learner, emit labs.Emit) []*exams.Blueprint {
	var all []*exams.Blueprint
	for _, name := range d.Names(ctx, who) {
		b, _, err := d.Named(ctx, who, name)
		if err == nil {
			b.Minutes, err = exams.Bank{Scenarios: d.parts.Library().List()}.Minutes(b)
		}
		if err != nil {
			emit.Warn(err, "The exam is left out of the list.")
			continue
		}
		all = append(all, b)
	}
	return all
}

// Names returns the names of the built-in exams and of the blueprints that an examiner keeps.
func (d *Desk) Names(ctx context.Context, who labs.Learner) []string {
	names := blueprints.Names()
	if !who.SeesOthers() || !d.parts.Remembers() {
		return names
	}
	own, _ := d.Own(ctx, who) // whoever lists exams is told if the store can't be used
	for _, b := range own {
		names = append(names, b.Name)
	}
	return names
}

// Blueprint returns a built-in blueprint.
func (d *Desk) Blueprint(name string) (*exams.Blueprint, error) {
	data, err := blueprints.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &labs.Problem{
			Code: labs.CodeNotFound, What: fmt.Sprintf("There is no exam %q", name), Usage: true,
			Advice: "The built-in exams are: " + strings.Join(blueprints.Names(), ", ") + ".",
		}
	}
	if err != nil {
		return nil, err
	}
	return d.ReadBlueprint(name+".yaml", data)
}

// ReadBlueprint reads a trainer's blueprint. It takes its name from its file.
func (d *Desk) ReadBlueprint(file string, data []byte) (*exams.Blueprint, error) {
	name := file[strings.LastIndexAny(file, `/\`)+1:]
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), ".yml")
	b, err := d.parts.Library().Blueprint(name, file, data)
	if err != nil {
		return nil, &labs.Problem{Code: labs.CodeBlueprint, What: "The file of exam " + name + " is invalid", Advice: "Correct it; see docs/exams.md.", Err: err, Usage: true}
	}
	return b, nil
}

// Choice is what can be chosen when an exam is started.
type Choice struct {
	Candidate string           // who sits it; empty: the learner
	Topic     string           // of an exam about one topic
	Seed      *uint64          // nil: the blueprint's, otherwise a random one
	Extra     *exams.Allowance // extra time, which only an examiner can give; nil: none
	Examiner  string           // who assigned it; empty: nobody
}

// longestName, in characters, keeps tables of candidates readable.
const longestName = 100

// Draw draws the questions of an exam and stores it. The clock starts when the candidate gets
// to the first question; see [Desk.Goto].
func (d *Desk) Draw(ctx context.Context, who labs.Learner, b *exams.Blueprint, chosen Choice, emit labs.Emit) (exams.View, error) {
	if err := d.refuseTopic(b, chosen.Topic); err != nil {
		return exams.View{}, err
	}
	if err := mayChoose(who, chosen); err != nil {
		return exams.View{}, err
	}
	p, err := d.proctor(ctx, who, emit)
	if err != nil {
		return exams.View{}, err
	}
	if err := d.parts.Library().Broken(); err != nil {
		emit.Warn(err, "These scenarios are not drawn.")
	}
	candidate := chosen.Candidate
	if candidate == "" {
		candidate = who.Name
	}
	if utf8.RuneCountInString(candidate) > longestName || strings.ContainsFunc(candidate, unicode.IsControl) {
		return exams.View{}, labs.Misuse("The candidate's name is invalid", fmt.Sprintf("A name is a single line of at most %d characters.", longestName))
	}
	seed := seedOf(b, chosen)
	bank, err := d.bank(ctx, who, b, seed, chosen.Topic)
	if err != nil {
		return exams.View{}, err
	}
	s, err := p.Draw(ctx, b, seed, bank, exams.Entry{Owner: who.Name, Candidate: candidate, Extra: chosen.Extra, Examiner: chosen.Examiner})
	if err != nil {
		return exams.View{}, err
	}
	return d.view(s), nil
}

// mayChoose returns an error if only an examiner can choose that.
func mayChoose(who labs.Learner, chosen Choice) error {
	switch {
	case chosen.Extra != nil:
		return onlyExaminer(who, "give extra time")
	case chosen.Candidate != "" && chosen.Candidate != who.Name:
		return onlyExaminer(who, "start an exam for somebody else")
	}
	return nil
}

func seedOf(b *exams.Blueprint, chosen Choice) uint64 {
	switch {
	case chosen.Seed != nil:
		return *chosen.Seed
	case b.Seed != nil:
		return *b.Seed
	}
	return desk.DrawSeed()
}

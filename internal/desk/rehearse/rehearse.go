// Package rehearse is the desk's room for learning answers by heart.
package rehearse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/internal/interview"
	"endstate/internal/practice"
	"endstate/internal/rehearsal"
	"endstate/labs"
)

// Desk is the desk's room for rehearsals.
type Desk struct {
	base  *desk.Desk
	parts desk.Parts
	clock func() time.Time
}

// New returns the room of a desk.
func New(base *desk.Desk) *Desk { return &Desk{base: base, parts: base.Parts(), clock: base.Clock} }

// Rehearsal is a script with what helps to write and to learn it.
type Rehearsal struct {
	Subject string                   `json:"subject"` // the question, as the interviewer asks it
	Which   rehearsal.Which          `json:"which"`
	Guide   *rehearsal.Guide         `json:"guide,omitempty"`
	Notes   *rehearsal.Company       `json:"notes,omitempty"` // on the script's company
	Script  *rehearsal.Script        `json:"script"`          // null: it is still to be written
	Remarks []rehearsal.Remark       `json:"remarks"`
	Step    int                      `json:"step"` // the hidden share to try next, in percent
	Review  *practice.ScriptStanding `json:"review,omitempty"`
}

// Open returns a rehearsal. A question is named by its number; a scenario by its name.
func (d *Desk) Open(ctx context.Context, who labs.Learner, which rehearsal.Which) (*Rehearsal, error) {
	r := &Rehearsal{Which: which, Remarks: []rehearsal.Remark{}}
	if err := d.describe(r); err != nil {
		return nil, err
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	if which.Company != "" {
		if r.Notes, err = store.Company(ctx, which.Company); err != nil {
			return nil, err
		}
	}
	if r.Script, err = script(ctx, store, which); err != nil || r.Script == nil {
		return r, err
	}
	d.assess(r)
	return r, nil
}

// describe says what a script is for.
func (d *Desk) describe(r *Rehearsal) error {
	if r.Which.Scenario != "" {
		v, err := d.parts.Library().Variant(r.Which.Scenario, 1)
		if err == nil {
			r.Subject = v.Question
		}
		return err
	}
	q, err := interview.Find(r.Which.Question)
	if err != nil {
		return err
	}
	r.Subject, r.Guide = q.Text, q.Guide
	return nil
}

// assess reviews the script and says what to do next.
func (d *Desk) assess(r *Rehearsal) {
	var notes []string
	if r.Notes != nil {
		notes = r.Notes.Notes()
	}
	r.Remarks = append([]rehearsal.Remark{}, rehearsal.Review(r.Script.Text, r.Guide, notes)...)
	r.Step = r.Script.Step()
	r.Review = practice.AssessScript(r.Script, d.clock())
}

// script returns the script, or nil if it has not been written.
func script(ctx context.Context, store *attempts.View, which rehearsal.Which) (*rehearsal.Script, error) {
	all, err := store.Scripts(ctx)
	i := slices.IndexFunc(all, func(s *rehearsal.Script) bool { return s.Which == which })
	if err != nil || i < 0 {
		return nil, err
	}
	return all[i], nil
}

// Others returns a learner's other scripts for the same question or scenario: for other companies, and in
// other tones.
func (d *Desk) Others(ctx context.Context, who labs.Learner, which rehearsal.Which) ([]rehearsal.Which, error) {
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	all, err := store.Scripts(ctx)
	var others []rehearsal.Which
	for _, s := range all {
		if s.Question == which.Question && s.Scenario == which.Scenario && s.Which != which {
			others = append(others, s.Which)
		}
	}
	return others, err
}

// maxScript limits a script, in bytes. Two minutes of speech have about 2 kB.
const maxScript = 16 << 10

// Write stores the text of a script, and returns the rehearsal with what a review finds in it.
// What was said of an earlier text still counts.
func (d *Desk) Write(ctx context.Context, who labs.Learner, which rehearsal.Which, text string) (*Rehearsal, error) {
	if err := bounded("tone", which.Tone); err != nil {
		return nil, err
	}
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil, labs.Misuse("The script is empty, so nothing was stored", "Write what you would say.")
	case len(text) > maxScript:
		return nil, labs.Misuse("The script is too long", fmt.Sprintf("Keep it below %d kB: an answer takes one or two minutes.", maxScript>>10))
	}
	r, err := d.Open(ctx, who, which)
	if err != nil {
		return nil, err
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	if r.Script == nil {
		r.Script = &rehearsal.Script{Which: which}
	}
	r.Script.Text, r.Script.Changed = text, d.clock()
	if err := store.WriteScript(ctx, r.Script); err != nil {
		return nil, err
	}
	d.assess(r)
	return r, nil
}

// Sheet returns the script with a share of its words hidden, in percent. Each day hides others.
func (d *Desk) Sheet(r *Rehearsal, hidden int) string {
	if hidden >= rehearsal.Free {
		return ""
	}
	return rehearsal.Hide(r.Script.Text, hidden, uint64(d.clock().Unix()/(24*60*60)))
}

// maxSpeech limits what was said, in bytes.
const maxSpeech = 4 * maxScript

// Recite compares what a learner said with the script and stores the result. Hidden is the share
// of the script that was hidden from them, in percent; took is how long they needed, or 0. If
// nothing was hidden, nothing need be typed: the script was read.
func (d *Desk) Recite(ctx context.Context, who labs.Learner, r *Rehearsal, hidden int, took time.Duration, said string) (*rehearsal.Comparison, error) {
	if len(said) > maxSpeech {
		return nil, labs.Misuse("That is too long for an answer", "An answer takes one or two minutes.")
	}
	if hidden == 0 && strings.TrimSpace(said) == "" {
		said = r.Script.Text
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	found := rehearsal.Compare(r.Script.Text, said)
	recital := rehearsal.Recital{At: d.clock(), Hidden: hidden, Seconds: took.Seconds(), Percent: found.Percent()}
	if err := store.AddRecital(ctx, r.Script.ID, recital); err != nil {
		return nil, err
	}
	r.Script.Recitals = append(r.Script.Recitals, recital)
	d.assess(r)
	return found, nil
}

// Remove removes a script and what was recorded about it.
func (d *Desk) Remove(ctx context.Context, who labs.Learner, which rehearsal.Which) error {
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return err
	}
	found, err := script(ctx, store, which)
	if err == nil && found == nil {
		err = labs.Misuse("There is no such script", "", labs.Act{Name: labs.ActQuestions, For: "See what there is"})
	}
	if err != nil {
		return err
	}
	return store.RemoveScript(ctx, found.ID)
}

// WriteCompany stores what a learner found out about a company.
func (d *Desk) WriteCompany(ctx context.Context, who labs.Learner, c *rehearsal.Company) error {
	if c.Name = strings.TrimSpace(c.Name); c.Name == "" {
		return labs.Misuse("The company has no name", "Name it.")
	}
	if err := bounded("name", c.Name); err != nil {
		return err
	}
	if len(c.Does+c.Projects+c.Values+c.Sources) > maxScript {
		return labs.Misuse("The notes are too long", fmt.Sprintf("Keep them below %d kB.", maxScript>>10))
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return err
	}
	c.Changed = d.clock()
	return store.WriteCompany(ctx, c)
}

// Companies returns the companies that a learner has notes on.
func (d *Desk) Companies(ctx context.Context, who labs.Learner) ([]*rehearsal.Company, error) {
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	return store.Companies(ctx)
}

// maxName limits names of companies and tones, in bytes.
const maxName = 80

func bounded(what, text string) error {
	if len(text) <= maxName && !strings.ContainsFunc(text, unicode.IsControl) {
		return nil
	}
	return labs.Misuse("This "+what+" can't be used", fmt.Sprintf("Use one line of at most %d characters.", maxName))
}

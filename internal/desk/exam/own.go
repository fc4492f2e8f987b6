package exam

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/internal/exams/blueprints"
	"endstate/labs"
)

// mostBlueprint limits the text of a blueprint, in bytes.
const mostBlueprint = 64 << 10

var blueprintName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$`)

// Own returns the blueprints that an examiner keeps, by name.
func (d *Desk) Own(ctx context.Context, who labs.Learner) ([]attempts.Blueprint, error) {
	if err := onlyExaminer(who, "keep blueprints of exams"); err != nil {
		return nil, err
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	return store.Blueprints(ctx)
}

// KeepBlueprint keeps a blueprint that an examiner wrote, unless it has mistakes, which the review tells. Until they
// have agreed to replace another text, it returns [desk.Unconfirmed].
func (d *Desk) KeepBlueprint(ctx context.Context, who labs.Learner, name, text string, agreed bool) (*Review, error) {
	own, err := d.Own(ctx, who)
	if err == nil {
		err = checkBlueprint(name, text)
	}
	if err != nil {
		return nil, err
	}
	review, err := d.Lint(ctx, who, name+".yaml", []byte(text))
	if err != nil || len(review.Mistakes) > 0 {
		return review, err
	}
	at := slices.IndexFunc(own, func(b attempts.Blueprint) bool { return b.Name == name })
	if at >= 0 && own[at].Text != text && !agreed {
		return review, &desk.Unconfirmed{Question: fmt.Sprintf("Replace your blueprint %s? Its earlier text is lost; exams that were assigned or started keep theirs.", name)}
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	return review, store.KeepBlueprint(ctx, attempts.Blueprint{Name: name, Text: text, Changed: d.now()})
}

// checkBlueprint returns an error if a blueprint can't be kept, whatever is in it.
func checkBlueprint(name, text string) error {
	switch {
	case !blueprintName.MatchString(name):
		return labs.Misuse(fmt.Sprintf("%q can't be the name of a blueprint", name), "A name has up to 40 letters of the Latin alphabet, digits, dashes and underscores.")
	case slices.Contains(blueprints.Names(), name):
		return labs.Misuse("The exam "+name+" is built in", "Choose another name.")
	case len(text) > mostBlueprint:
		return tooLong()
	}
	return nil
}

func tooLong() error {
	return labs.Misuse("The blueprint is too long", fmt.Sprintf("Write at most %d KiB.", mostBlueprint>>10))
}

// OwnBlueprint returns a blueprint that an examiner keeps.
func (d *Desk) OwnBlueprint(ctx context.Context, who labs.Learner, name string) (*attempts.Blueprint, error) {
	if who.SeesOthers() && d.parts.Remembers() {
		own, err := d.Own(ctx, who)
		if err != nil {
			return nil, err
		}
		if at := slices.IndexFunc(own, func(b attempts.Blueprint) bool { return b.Name == name }); at >= 0 {
			return &own[at], nil
		}
	}
	return nil, &labs.Problem{Code: labs.CodeNotFound, What: fmt.Sprintf("You keep no blueprint %q", name), Usage: true, Acts: []labs.Act{{Name: labs.ActExamList, For: "See all exams"}}}
}

// RemoveBlueprint removes a blueprint that an examiner keeps, once they have agreed.
func (d *Desk) RemoveBlueprint(ctx context.Context, who labs.Learner, name string, agreed bool) error {
	if _, err := d.OwnBlueprint(ctx, who, name); err != nil {
		return err
	}
	if !agreed {
		return &desk.Unconfirmed{Question: fmt.Sprintf("Remove your blueprint %s? Exams that were assigned or started remain.", name)}
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return err
	}
	return store.RemoveBlueprint(ctx, name)
}

// Named returns a blueprint that an examiner keeps, with its text, or else a built-in one.
func (d *Desk) Named(ctx context.Context, who labs.Learner, name string) (*exams.Blueprint, string, error) {
	if own, err := d.OwnBlueprint(ctx, who, name); err == nil {
		b, err := d.ReadBlueprint(own.Name+".yaml", []byte(own.Text))
		return b, own.Text, err
	}
	b, err := d.Blueprint(name)
	return b, "", err
}

// Review finds mistakes in a blueprint that an examiner is writing; see [Desk.Lint].
func (d *Desk) Review(ctx context.Context, who labs.Learner, name, text string) (*Review, error) {
	if err := onlyExaminer(who, "write blueprints of exams"); err != nil {
		return nil, err
	}
	if len(text) > mostBlueprint {
		return nil, tooLong()
	}
	return d.Lint(ctx, who, cmp.Or(name, "blueprint")+".yaml", []byte(text))
}

// RehearseNamed draws an exam that has a name; see [Desk.Rehearse].
func (d *Desk) RehearseNamed(ctx context.Context, who labs.Learner, name string, chosen Choice) (*Draft, error) {
	b, _, err := d.Named(ctx, who, name)
	if err != nil {
		return nil, err
	}
	return d.Rehearse(ctx, who, b, chosen)
}

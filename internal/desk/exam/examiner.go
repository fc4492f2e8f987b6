package exam

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/labs"
)

// onlyExaminer returns an error unless somebody may decide about the exams of candidates.
func onlyExaminer(who labs.Learner, act string) error {
	if who.SeesOthers() {
		return nil
	}
	return &labs.Problem{Code: labs.CodeForbidden, What: "Only an examiner can " + act, Usage: true}
}

// longestReason limits what an examiner writes, in characters.
const longestReason = 2000

// isReason returns an error if a text can't be shown in a report as what an examiner wrote.
func isReason(text string) error {
	if utf8.RuneCountInString(text) <= longestReason && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return nil
	}
	return labs.Misuse("The text is too long, or has control characters", "Write at most 2000 characters.")
}

// decide changes an exam for an examiner.
func (d *Desk) decide(ctx context.Context, who labs.Learner, which Which, act, reason string, emit labs.Emit, change func(*exams.Proctor, *exams.Sitting) (*exams.Sitting, error)) (exams.View, error) {
	if err := isReason(reason); err != nil {
		return exams.View{}, err
	}
	p, s, err := d.examined(ctx, who, which, act, emit)
	if err == nil {
		s, err = change(p, s)
	}
	if err != nil {
		return exams.View{}, err
	}
	return d.view(s), nil
}

// ask returns the question before a decision that can't be undone, as [desk.Unconfirmed]. try makes the
// decision on a copy of the exam, so that what would be refused is refused before.
func (d *Desk) ask(ctx context.Context, who labs.Learner, which Which, act, reason string, try func(*exams.Sitting) (question string, err error)) (exams.View, error) {
	s, err := d.supervised(ctx, who, which, act)
	if err == nil {
		err = isReason(reason)
	}
	if err != nil {
		return exams.View{}, err
	}
	v := d.view(s)
	question, err := try(s)
	if err != nil {
		return exams.View{}, err
	}
	return v, &desk.Unconfirmed{Question: question}
}

// Extend gives a candidate extra time, once the examiner has agreed: it can't be taken back. Only an
// examiner may do that.
func (d *Desk) Extend(ctx context.Context, who labs.Learner, which Which, a exams.Allowance, why string, agreed bool, emit labs.Emit) (exams.View, error) {
	if !agreed {
		return d.ask(ctx, who, which, "give extra time", why, func(s *exams.Sitting) (string, error) {
			more := labs.Duration(a.Of(s.Blueprint.Length()))
			return fmt.Sprintf("Give %s %s more? It can't be taken back.", s.Candidate, more), s.Extend(a, who.Name, why, d.now())
		})
	}
	return d.decide(ctx, who, which, "give extra time", why, emit, func(p *exams.Proctor, s *exams.Sitting) (*exams.Sitting, error) {
		return p.Extend(ctx, s.ID, a, who.Name, why)
	})
}

// Pause stops an exam's clock and freezes its labs until [Desk.Unpause]. Only an examiner may
// do that.
func (d *Desk) Pause(ctx context.Context, who labs.Learner, which Which, why string, emit labs.Emit) (exams.View, error) {
	return d.decide(ctx, who, which, "pause an exam", why, emit, func(p *exams.Proctor, s *exams.Sitting) (*exams.Sitting, error) {
		return p.Stop(ctx, s.ID, who.Name, why)
	})
}

// Unpause restarts a clock that an examiner stopped. Only an examiner may do that.
func (d *Desk) Unpause(ctx context.Context, who labs.Learner, which Which, emit labs.Emit) (exams.View, error) {
	return d.decide(ctx, who, which, "end a pause", "", emit, func(p *exams.Proctor, s *exams.Sitting) (*exams.Sitting, error) {
		return p.Continue(ctx, s.ID)
	})
}

// Adjust gives or takes points of a question of an exam that is over. Only an examiner may do
// that.
func (d *Desk) Adjust(ctx context.Context, who labs.Learner, which Which, n, points int, why string, emit labs.Emit) (exams.View, error) {
	return d.decide(ctx, who, which, "change points", why, emit, func(p *exams.Proctor, s *exams.Sitting) (*exams.Sitting, error) {
		return p.Store.ChangeExam(ctx, s.ID, func(s *exams.Sitting) error {
			return s.Adjust(n, exams.Adjustment{At: d.now(), By: who.Name, Points: points, Why: why})
		})
	})
}

// Comment adds a comment to a question of an exam that is over, or to the whole exam if n is 0.
// It can't be removed, so the examiner has to agree. Only an examiner may do that.
func (d *Desk) Comment(ctx context.Context, who labs.Learner, which Which, n int, text string, agreed bool, emit labs.Emit) (exams.View, error) {
	if !agreed {
		return d.ask(ctx, who, which, "comment on an exam", text, func(s *exams.Sitting) (string, error) {
			question := fmt.Sprintf("Write this comment? %s can read it in the report, and it can't be removed.", s.Candidate)
			return question, s.Note(n, exams.Comment{At: d.now(), By: who.Name, Text: text})
		})
	}
	return d.decide(ctx, who, which, "comment on an exam", text, emit, func(p *exams.Proctor, s *exams.Sitting) (*exams.Sitting, error) {
		return p.Store.ChangeExam(ctx, s.ID, func(s *exams.Sitting) error {
			return s.Note(n, exams.Comment{At: d.now(), By: who.Name, Text: text})
		})
	})
}

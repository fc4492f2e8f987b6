package exam

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
	err := onlyExaminer(who, act)
	if err == nil {
		err = isReason(reason)
	}
	if err != nil {
		return exams.View{}, err
	}
	p, s, err := d.sitting(ctx, who, which, true, emit)
	if err == nil {
		s, err = change(p, s)
	}
	if err != nil {
		return exams.View{}, err
	}
	return d.view(s), nil
}

// Extend gives a candidate extra time. Only an examiner may do that.
func (d *Desk) Extend(ctx context.Context, who labs.Learner, which Which, a exams.Allowance, why string, emit labs.Emit) (exams.View, error) {
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
// Only an examiner may do that.
func (d *Desk) Comment(ctx context.Context, who labs.Learner, which Which, n int, text string, emit labs.Emit) (exams.View, error) {
	return d.decide(ctx, who, which, "comment on an exam", text, emit, func(p *exams.Proctor, s *exams.Sitting) (*exams.Sitting, error) {
		return p.Store.ChangeExam(ctx, s.ID, func(s *exams.Sitting) error {
			return s.Note(n, exams.Comment{At: d.now(), By: who.Name, Text: text})
		})
	})
}

// Place is where a candidate is.
type Place struct {
	Exam      int64       `json:"exam"`
	Name      string      `json:"blueprint"`
	Candidate string      `json:"candidate"`
	Phase     exams.Phase `json:"phase"`
	Due       bool        `json:"due"`
	// BeingGraded: it is over, and nobody has tried to grade some of its questions yet.
	BeingGraded bool             `json:"being_graded"`
	StoppedBy   string           `json:"stopped_by,omitempty"` // the examiner who has paused it
	Attached    bool             `json:"attached"`             // a client is in a shell of the exam
	Question    int              `json:"question"`             // its number
	Questions   int              `json:"questions"`            // how many there are
	Title       string           `json:"title"`                // of the question
	Left        float64          `json:"left"`                 // seconds
	LastCheck   *exams.LastCheck `json:"last_check"`           // of any question; missing if there was none
	Checked     int              `json:"checked,omitempty"`    // the number of the question that was checked
}

// recent is how long an exam that is over is still watched.
const recent = time.Hour

// Supervise returns where candidates are: those of running exams, and of exams that ended in
// the last hour. Only an examiner may see that, because it tells their scores.
func (d *Desk) Supervise(ctx context.Context, who labs.Learner, which Which) ([]Place, error) {
	if err := onlyExaminer(who, "watch candidates"); err != nil {
		return nil, err
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	all, err := store.Exams(ctx)
	if err != nil {
		return nil, err
	}
	places := []Place{}
	for _, s := range slices.Backward(all) {
		past := hasEnded(s) && d.now().Sub(s.Ended) > recent
		if past && which.ID == 0 || which.ID != 0 && which.ID != s.ID || which.Candidate != "" && which.Candidate != s.Candidate {
			continue
		}
		places = append(places, d.place(s))
	}
	return places, nil
}

func (d *Desk) place(s *exams.Sitting) Place {
	v := d.view(s)
	one := Place{
		Exam: s.ID, Name: s.Blueprint.Name, Candidate: s.Candidate, Phase: v.Phase, Due: v.Due, BeingGraded: v.BeingGraded(), Attached: d.isHeld(s.ID, seatLock),
		Question: s.Current, Questions: len(s.Questions), Title: s.Questions[s.Current-1].Title, Left: v.Left,
	}
	if pause := v.StoppedBy(); pause != nil {
		one.StoppedBy = pause.Examiner
	}
	for _, q := range s.Questions {
		if q.LastCheck != nil && (one.LastCheck == nil || q.LastCheck.At.After(one.LastCheck.At)) {
			one.LastCheck, one.Checked = q.LastCheck, q.Number
		}
	}
	return one
}

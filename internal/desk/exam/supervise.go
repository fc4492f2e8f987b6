package exam

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

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
	since := d.now().Add(-recent)
	if which.ID != 0 {
		since = time.Time{}
	}
	all, err := d.decided(ctx, who, since)
	if err != nil {
		return nil, err
	}
	places := []Place{}
	for _, s := range slices.Backward(all) {
		past := hasEnded(s) && d.now().Sub(s.Ended) > recent
		if past && which.ID == 0 || which.ID != 0 && which.ID != s.ID || which.Candidate != "" && which.Candidate != s.Candidate {
			continue
		}
		places = append(places, d.place(ctx, s))
	}
	return places, nil
}

func (d *Desk) place(ctx context.Context, s *exams.Sitting) Place {
	v := d.view(s)
	one := Place{
		Exam: s.ID, Name: s.Blueprint.Name, Candidate: s.Candidate, Phase: v.Phase, Due: v.Due, BeingGraded: v.BeingGraded(), Attached: d.isHeld(ctx, s.ID, seatLock),
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

// Examined returns the exams that somebody may decide about as an examiner, the latest first: for an
// admin all, and otherwise those that they assigned, or started without an examiner. Those that ended long
// ago are left out.
func (d *Desk) Examined(ctx context.Context, who labs.Learner) ([]exams.View, error) {
	if err := onlyExaminer(who, "see the exams of others"); err != nil {
		return nil, err
	}
	all, err := d.decided(ctx, who, d.now().Add(-listed))
	return d.views(all), err
}

// listed is how long an exam that is over is listed for its examiner.
const listed = 30 * 24 * time.Hour

// decided returns the exams that an examiner may decide about and that run or ended since a time, the
// latest first.
func (d *Desk) decided(ctx context.Context, who labs.Learner, since time.Time) ([]*exams.Sitting, error) {
	view, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	if view, err = view.Everyone(who); err != nil {
		return nil, err
	}
	all, err := view.ExamsSince(ctx, since)
	return slices.DeleteFunc(all, func(s *exams.Sitting) bool { return !decides(who, s) }), err
}

// decides reports whether an examiner may decide about an exam: it is theirs to examine, or they are an
// admin.
func decides(who labs.Learner, s *exams.Sitting) bool {
	return who.Maintains() || who.SeesOthers() && cmp.Or(s.Examiner, s.Owner) == who.Name
}

// Examine returns an exam for its examiner.
func (d *Desk) Examine(ctx context.Context, who labs.Learner, which Which) (exams.View, error) {
	s, err := d.supervised(ctx, who, which, "see this page")
	if err != nil {
		return exams.View{}, err
	}
	return d.view(s), nil
}

// Decides reports whether somebody may decide about an exam as its examiner.
func (d *Desk) Decides(ctx context.Context, who labs.Learner, which Which) bool {
	_, err := d.supervised(ctx, who, which, "")
	return err == nil
}

// Report returns the report of an exam that is over, for its examiner.
func (d *Desk) Report(ctx context.Context, who labs.Learner, which Which) (*report.Exam, error) {
	s, err := d.supervised(ctx, who, which, "open this report")
	if err != nil {
		return nil, err
	}
	_, found, err := d.base.Report(ctx, labs.Learner{Name: s.Owner}, fmt.Sprintf("exam-%d", s.ID))
	return found, err
}

// supervised returns the exam that an examiner decides about. For those who can't decide about it, it does
// not exist, unless it is their own.
func (d *Desk) supervised(ctx context.Context, who labs.Learner, which Which, act string) (*exams.Sitting, error) {
	own, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	s, err := d.find(ctx, own, which, true)
	if err != nil && which.ID != 0 && who.SeesOthers() {
		all, wrong := own.Everyone(who)
		if wrong != nil {
			return nil, wrong
		}
		other, wrong := all.Exam(ctx, which.ID)
		if wrong == nil && decides(who, other) {
			s, err = other, nil
		}
	}
	if err == nil && !decides(who, s) {
		err = &labs.Problem{Code: labs.CodeForbidden, What: "Only an examiner can " + act, Usage: true}
		if s.Examiner != "" {
			err = &labs.Problem{Code: labs.CodeForbidden, What: "Only " + s.Examiner + " or an admin can " + act, Usage: true}
		}
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// examined opens the engine for the exam that an examiner decides about, and returns its proctor.
func (d *Desk) examined(ctx context.Context, who labs.Learner, which Which, act string, emit labs.Emit) (*exams.Proctor, *exams.Sitting, error) {
	s, err := d.supervised(ctx, who, which, act)
	if err != nil {
		return nil, nil, err
	}
	account := who
	if s.Owner != who.Name {
		account = labs.Learner{Name: s.Owner}
	}
	p, err := d.proctor(ctx, account, emit)
	return p, s, err
}

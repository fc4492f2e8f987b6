package desk

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"endstate/internal/attempts"
	"endstate/internal/exams"
	"endstate/internal/practice"
	"endstate/internal/recording"
	"endstate/labs"
)

// Story is a complete attempt: the terminal and the checks.
type Story struct {
	*attempts.Story
	Timeline []practice.Moment `json:"timeline"`
	Exam     *ExamQuestion     `json:"exam,omitempty"` // missing in practice
}

// Show returns the story of an attempt. It is named by its number or its ID, as exam-3/2 for
// question 2 of exam 3, or by its scenario for the latest attempt at it; without a name it is the learner's latest attempt.
func (d *Desk) Show(ctx context.Context, who labs.Learner, attempt string) (*Story, error) {
	story, question, err := d.storyOf(ctx, who, attempt)
	if err != nil {
		return nil, err
	}
	return &Story{story, practice.Timeline(story, d.typed(story), d.Clock()), question}, nil
}

// story returns everything about a learner's attempt.
func (d *Desk) story(ctx context.Context, who labs.Learner, name string) (*attempts.Story, error) {
	story, _, err := d.storyOf(ctx, who, name)
	return story, err
}

// storyOf returns everything about a learner's attempt, and the question of an exam that it belongs
// to; nil in practice.
func (d *Desk) storyOf(ctx context.Context, who labs.Learner, name string) (*attempts.Story, *ExamQuestion, error) {
	store, err := d.memory(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	attempt, err := d.attempt(ctx, store, name)
	if err != nil {
		return nil, nil, err
	}
	s, question, err := d.questionOf(ctx, store, attempt)
	if err == nil {
		err = notInOpenExam(s, attempt)
	}
	if err != nil {
		return nil, nil, err
	}
	story, err := store.Story(ctx, attempt)
	if err == nil && s != nil {
		tellAsExam(story, s, question.Question, d.Clock())
	}
	return story, question, err
}

// attempt finds an attempt by what a learner calls it: see [Desk.Show].
func (d *Desk) attempt(ctx context.Context, store *attempts.View, name string) (*attempts.Attempt, error) {
	if parts := namesQuestion.FindStringSubmatch(name); parts != nil {
		return attemptOfQuestion(ctx, store, parts[1], parts[2])
	}
	if name != "" {
		if a, err := store.Find(ctx, name); err == nil || numbersAttempt.MatchString(name) {
			return a, err
		}
	}
	of, err := store.List(ctx, name)
	if err == nil && len(of) == 0 {
		err = d.noAttempt(name)
	}
	if err != nil {
		return nil, err
	}
	return of[len(of)-1], nil
}

// numbersAttempt matches the number of an attempt, and its ID. No scenario has such a name.
var numbersAttempt = regexp.MustCompile(`^([0-9]+|[0-9a-f]{6,32})$`)

// noAttempt says that there is no attempt of that name: at a scenario, or none at all.
func (d *Desk) noAttempt(scenario string) error {
	switch {
	case scenario == "":
		return labs.Misuse("There are no attempts yet", "",
			labs.Act{Name: labs.ActStart, For: "Start one"}, labs.Act{Name: labs.ActNext, For: "get a suggestion"})
	case !d.library().Has(scenario):
		what := fmt.Sprintf("%q is neither the number of an attempt nor the name of a scenario", scenario)
		if near := d.library().Nearest(scenario); len(near) > 0 {
			return labs.Misuse(what, "Did you mean "+strings.Join(near, ", ")+"?")
		}
		return labs.Misuse(what, "", labs.Act{Name: labs.ActHistory, For: "See your attempts"}, labs.Act{Name: labs.ActList, For: "see the scenarios"})
	}
	return labs.Misuse("There is no attempt at "+scenario+" yet", "", labs.Act{Name: labs.ActStart, For: "Start one", Scenario: scenario})
}

// Replay has the recordings of an attempt, one for each stay in a shell.
type Replay struct {
	Attempt    int64
	Recordings []*recording.Recording // at least one
	Folder     string                 // that they are in
}

// Replay returns the recordings of an attempt.
func (d *Desk) Replay(ctx context.Context, who labs.Learner, attempt string) (*Replay, error) {
	story, err := d.story(ctx, who, attempt)
	if err != nil {
		return nil, err
	}
	replay := &Replay{Attempt: story.ID, Folder: d.recordings()}
	for _, visit := range story.Visits {
		one, err := d.recordingOf(story, visit)
		if err != nil {
			return nil, &labs.Problem{Code: labs.CodeFile, What: "A recording of the attempt can't be read", Advice: "It is " + visit.Recording + " in " + d.recordings() + ".", Err: err}
		}
		if one != nil {
			replay.Recordings = append(replay.Recordings, one)
		}
	}
	if len(replay.Recordings) == 0 {
		return nil, labs.Misuse(fmt.Sprintf("There is no recording of attempt %d here", story.ID), "", labs.Act{Name: labs.ActShow, For: "Its story", Attempt: story.ID})
	}
	return replay, nil
}

// recordingOf reads the recording of a visit. It returns nil if there is none, or if it belongs to
// another attempt.
func (d *Desk) recordingOf(story *attempts.Story, visit attempts.Visit) (*recording.Recording, error) {
	if !story.OwnsRecording(visit.Recording) {
		return nil, nil
	}
	recorded, err := recording.Open(filepath.Join(d.recordings(), filepath.Base(visit.Recording)))
	if os.IsNotExist(err) {
		return nil, nil
	}
	return recorded, err
}

// typed returns what was entered in the shells of an attempt, as far as recordings of them exist.
func (d *Desk) typed(story *attempts.Story) []practice.Line {
	var lines []practice.Line
	for _, visit := range story.Visits {
		recorded, err := d.recordingOf(story, visit)
		if err != nil || recorded == nil {
			continue
		}
		for _, line := range recorded.Lines() {
			if text := entered(line.Text); text != "" {
				lines = append(lines, practice.Line{At: visit.Began.Add(line.At), Text: text})
			}
		}
	}
	return lines
}

// prompt matches the prompt before a command.
var prompt = regexp.MustCompile(`^.*?[$#>] `)

func entered(line string) string {
	rest := prompt.ReplaceAllString(line+" ", "")
	if strings.HasSuffix(strings.TrimSpace(rest), "^C") {
		return ""
	}
	return strings.TrimSpace(rest)
}

// notInOpenExam returns an error if the exam that an attempt belongs to is running, because the exam's rules
// decide what its candidate sees.
func notInOpenExam(s *exams.Sitting, attempt *attempts.Attempt) error {
	if s == nil || !s.Ended.IsZero() {
		return nil
	}
	return &labs.Problem{
		Code: CodeExamLab, What: fmt.Sprintf("Attempt %d is a question of exam %d, which is still running", attempt.ID, s.ID), Usage: true,
		Acts: []labs.Act{{Name: labs.ActExamStatus, For: "You can see it when the exam is over", Exam: s.ID}},
	}
}

// recordings returns the folder of the recordings of terminals.
func (d *Desk) recordings() string { return filepath.Join(d.Home, "recordings") }

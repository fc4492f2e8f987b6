package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"endstate/internal/exams"
	"endstate/labs"
)

// Gradebook writes an exam as CSV: one row for each candidate, and for each question its
// points and how many seconds after the end its lab was frozen. Durations are in whole seconds. The
// points of a question that could not be graded are empty.
func Gradebook(w io.Writer, e *Exam) error {
	out := csv.NewWriter(w)
	most := 0
	for _, s := range e.Sittings {
		most = max(most, len(s.Questions))
	}
	head := []string{"candidate", "exam", "blueprint", "seed", "started", "ended", "worked seconds", "earned", "by hand", "points", "percent", "passed", "failed because", "extra seconds", "paused seconds", "late seconds", "doubts"}
	for n := range most {
		head = append(head, e.column(n), fmt.Sprintf("question %d late seconds", n+1))
	}
	rows := [][]string{head}
	for _, s := range e.Sittings {
		row := s.row()
		for n := range most {
			row = append(row, s.cell(n), s.lateCell(n))
		}
		rows = append(rows, row)
	}
	for _, row := range rows {
		for i := range row {
			row[i] = Inert(row[i])
		}
	}
	return out.WriteAll(rows)
}

// column returns the heading of a question, with its scenario if all candidates had the same.
func (e *Exam) column(n int) string {
	name := ""
	for _, s := range e.Sittings {
		if n < len(s.Questions) {
			if name != "" && name != s.Questions[n].Scenario {
				return fmt.Sprintf("question %d", n+1)
			}
			name = s.Questions[n].Scenario
		}
	}
	return fmt.Sprintf("question %d: %s", n+1, name)
}

func (s *Sitting) row() []string {
	percent, passed := "", ""
	if s.Result.Percent != nil {
		percent, passed = Decimal(*s.Result.Percent), strconv.FormatBool(*s.Result.Passed)
	}
	return []string{
		s.Candidate, strconv.FormatInt(s.ID, 10), s.Name, strconv.FormatUint(*s.Seed, 10), stamp(s.Started), stamp(s.Ended),
		wholeSeconds(s.Worked()), Decimal(s.Result.Earned), strconv.Itoa(s.Result.ByHand), strconv.Itoa(s.Result.Points), percent, passed, strings.Join(missed(s.Result), "; "),
		wholeSeconds(s.extra()), wholeSeconds(s.stopped()), strconv.Itoa(s.Late), strings.Join(s.Doubts, "; "),
	}
}

// extra returns the extra time that examiners gave.
func (s *Sitting) extra() (sum time.Duration) {
	for _, e := range s.Extra {
		sum += e.Duration()
	}
	return sum
}

// stopped returns how long examiners paused the exam.
func (s *Sitting) stopped() (sum time.Duration) {
	for _, p := range s.Pauses {
		if p.Why == exams.ExaminerPause {
			sum += p.To.Sub(p.From).Round(time.Second) // as the pauses are listed
		}
	}
	return sum
}

// missed returns the conditions that were not met, in words.
func missed(r *exams.Result) []string {
	var words []string
	for _, c := range r.Missed() {
		words = append(words, c.Words())
	}
	return words
}

// Worked returns how long the clock ran.
func (s *Sitting) Worked() time.Duration {
	var sum time.Duration
	for _, q := range s.Questions {
		sum += spanOf(q.Spent)
	}
	return sum
}

// cell returns the points that a question earned.
func (s *Sitting) cell(n int) string {
	if n >= len(s.Questions) {
		return ""
	}
	earned, graded := s.Questions[n].Earned()
	if !graded {
		return ""
	}
	return Decimal(earned)
}

// lateCell returns how many seconds after the end a question's lab was frozen; it is empty if there
// was no lab.
func (s *Sitting) lateCell(n int) string {
	if n >= len(s.Questions) || s.Questions[n].Grade == nil || s.Questions[n].Grade.NeverOpened() {
		return ""
	}
	return strconv.Itoa(lateSeconds(s.Questions[n].Grade))
}

func wholeSeconds(d time.Duration) string { return strconv.Itoa(int(d.Round(time.Second).Seconds())) }

// AttemptCSV writes an attempt's last graded round as CSV: one row, with a column for each
// check.
func AttemptCSV(w io.Writer, a *Attempt) error {
	head := []string{"attempt", "learner", "scenario", "seed", "started", "active seconds", "hints", "assisted", "score"}
	story := a.Story
	row := []string{
		story.UID, story.Owner, story.Scenario, strconv.FormatUint(story.Seed, 10), stamp(story.Started), wholeSeconds(story.Active.Duration),
		strconv.Itoa(story.Hints), strconv.FormatBool(story.Assisted), "",
	}
	if last := a.Last(); last != nil {
		row[len(row)-1] = strconv.Itoa(*last.Score)
		for _, result := range last.Checks {
			points := 0
			if result.Verdict == labs.Passed {
				points = result.Points
			}
			head, row = append(head, result.ID), append(row, strconv.Itoa(points))
		}
	}
	for i := range row {
		row[i] = Inert(row[i])
	}
	return csv.NewWriter(w).WriteAll([][]string{head, row})
}

// Inert keeps a spreadsheet from reading a text as a formula.
// https://owasp.org/www-community/attacks/CSV_Injection
func Inert(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			text = "'" + text
		}
	}
	return Visible(text)
}

func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// Decimal formats a number with at most two decimals and no trailing zeros.
func Decimal(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", f), "0"), ".")
}

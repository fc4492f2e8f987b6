package report

import (
	"bytes"
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"endstate/internal/exams"
	"endstate/labs"
)

//go:embed page.html.tmpl
var pageSource string

// AttemptPage writes an attempt as a self-contained HTML page without scripts. It has
// styles for print and for dark mode.
func AttemptPage(w io.Writer, a *Attempt) error { return page(w, "attempt", a) }

// ExamPage writes an exam as such a page, candidate by candidate.
func ExamPage(w io.Writer, e *Exam) error { return page(w, "exam", e) }

func page(w io.Writer, name string, data any) error {
	rendered, err := render(name, data)
	if err != nil {
		return err
	}
	_, err = w.Write(sealPage(rendered))
	return err
}

// render renders a page, or a piece of one.
func render(name string, data any) ([]byte, error) {
	parsed, err := template.New("page").Funcs(template.FuncMap{
		"rich": Rich, "explain": Explain, "visible": Visible, "decimal": toDecimal, "clock": clock, "duration": labs.Duration, "seconds": func(s float64) string { return labs.Duration(spanOf(s)) }, "again": again,
		"lateness": Lateness, "rules": Rules, "columns": (*Exam).columns, "distribution": (*Exam).distribution, "failedChecks": (*Exam).failedChecks,
		"cells": func(s Sitting, columns []string) []string { return s.cells(columns) }, "late": func(s int) string { return labs.Duration(time.Duration(s) * time.Second) },
		"asAt": AsAt, "byHand": ByHand, "commentText": CommentText, "answerText": AnswerText, "pointsByHand": pointsByHand, "evidence": evidence, "omitted": omitted, "decisions": Decisions, "harmFailed": func() string { return HarmFailed }, "neverOpened": func() string { return NeverOpened }, "checks": checksOf, "checkCounts": checkCounts, "sign": sign, "data": plainJSON, "noDigest": func() string { return noDigest }, "earned": earned, "questionEarned": questionEarned, "short": short,
		"byTopic": (*Sitting).topicChart, "byTime": (*Sitting).timeChart, "sittingLine": (*Sitting).timeline, "attemptLine": (*Attempt).timeline,
		"isTrue": func(b *bool) bool { return *b }, "deref": func(d *labs.Seconds) time.Duration { return d.Duration },
		"numbered": func(n int, s Sitting) numbered { return numbered{n, &s} },
	}).Parse(pageSource)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = parsed.ExecuteTemplate(&out, name, data)
	return out.Bytes(), err
}

// Rich escapes a text and marks up the parts between backticks as code.
func Rich(text string) template.HTML {
	parts := strings.Split(Visible(text), "`")
	if len(parts)%2 == 0 {
		parts = []string{Visible(text)}
	}
	var out strings.Builder
	for i, part := range parts {
		part = template.HTMLEscapeString(part)
		if i%2 == 1 {
			part = "<code>" + part + "</code>"
		}
		out.WriteString(part)
	}
	return template.HTML(out.String()) // every part was escaped above
}

func clock(at any) string {
	switch at := at.(type) {
	case time.Time:
		if !at.IsZero() {
			return at.Local().Format("2 January 2006, 15:04:05")
		}
	case *time.Time:
		if at != nil {
			return clock(*at)
		}
	}
	return "–"
}

// sign returns the symbol of a verdict, so that it does not depend on colour.
func sign(v labs.Verdict) string {
	switch v {
	case labs.Passed:
		return "✓"
	case labs.Failed:
		return "✗"
	case labs.Skipped:
		return "–"
	}
	return "?"
}

// earned returns the points that a check earned, in words.
func earned(r labs.Result) string {
	switch r.Verdict {
	case labs.Passed:
		return fmt.Sprint(r.Points)
	case labs.Ungraded:
		return fmt.Sprintf("? of %d", r.Points)
	}
	return fmt.Sprintf("0 of %d", r.Points)
}

// questionEarned returns the points that a question earned.
func questionEarned(q exams.QuestionView) string {
	points, _ := q.Earned()
	return Decimal(points)
}

// numbered is a sitting and its index.
type numbered struct {
	N       int
	Sitting *Sitting
}

func toDecimal(value any) string {
	switch v := value.(type) {
	case float64:
		return Decimal(v)
	case *float64:
		return Decimal(*v)
	}
	return fmt.Sprint(value)
}

// short returns the first characters of an image's ID, as engines show it.
func short(id string) string {
	id = strings.TrimPrefix(id, "sha256:")
	return Visible(id[:min(12, len(id))])
}

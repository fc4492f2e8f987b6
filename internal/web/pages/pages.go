// Package pages renders the pages of the browser's door, and the pieces of pages that change. All text
// is escaped by html/template: nothing that a lab prints, a scenario says or a person is called
// becomes markup or script.
package pages

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/classes"
	"endstate/internal/practice"
	"endstate/internal/rehearsal"
	"endstate/internal/report"
	"endstate/labs"
)

//go:embed templates/*.html
var sources embed.FS

// Pages renders pages and pieces of pages.
type Pages struct{ parsed *template.Template }

// New returns the pages. asset returns the address of a file of the page's own; clock is where people
// see times.
func New(asset func(name string) string, clock func() time.Time) *Pages {
	parsed := template.Must(template.New("").Funcs(template.FuncMap{
		"asset": asset, "rich": report.Rich, "visible": report.Visible, "markdown": Markdown,
		"duration": labs.Duration, "brief": report.Brief, "level": report.LevelName, "state": report.StateName,
		"count": labs.Count[int], "sign": sign, "verdict": verdictName, "button": buttonOf,
		"clock":   func(at time.Time) string { return at.In(clock().Location()).Format("15:04") },
		"day":     func(at time.Time) string { return at.In(clock().Location()).Format("2 Jan 2006, 15:04") },
		"percent": func(part float64) string { return fmt.Sprintf("%.0f %%", 100*part) }, "made": made, "steps": func() []int { return rehearsal.Steps },
		"decimal": report.Decimal, "timer": timer, "passed": func(yes *bool) bool { return *yes }, "examstate": report.ExamState,
		"before": before, "moment": momentText, "minutes": func(d time.Duration) string { return labs.Count(int(d.Minutes()), "minute") }, "seconds": func(n float64) string { return labs.Duration(time.Duration(n * float64(time.Second))) },
		"rehearsal": RehearsalPath, "subject": SubjectPath, "strengths": report.StrengthChart, "scores": report.ScoreChart, "add": func(a, b int) int { return a + b },
	}).ParseFS(sources, "templates/*.html"))
	return &Pages{parsed}
}

// Page is a page.
type Page struct {
	Title string
	Owner labs.Learner // whose page it is; without a name: nobody is let in
	Main  string       // the name of the template of its content
	Busy  bool         // a page without scripts loads itself again soon
	Data  any
	// Script is what runs on the page, with terminals of its own; empty: nothing.
	Script string
	Wide   bool // it uses the whole width
	// Request is the ID of the request that failed; empty: it did not.
	Request string
	// Follower is a script without terminals, which keeps the page up to date or helps to fill it in;
	// empty: nothing.
	Follower string
	Messages []classes.Message // to the owner, not read yet
	Exams    []int64           // the owner's exams that run
}

// Write writes a page.
func (p *Pages) Write(w io.Writer, page Page) error {
	main, err := p.Piece(page.Main, page.Data)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	err = p.parsed.ExecuteTemplate(&out, "page", struct {
		Page
		Content template.HTML // rendered by html/template
	}{page, main})
	if err == nil {
		_, err = w.Write(out.Bytes())
	}
	return err
}

// Piece renders a piece of a page.
func (p *Pages) Piece(name string, data any) (template.HTML, error) {
	var out bytes.Buffer
	if err := p.parsed.ExecuteTemplate(&out, name, data); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return template.HTML(out.String()), nil
}

// timer shows the time left as a clock does, as its script goes on.
func timer(seconds float64) string {
	n := int(math.Ceil(seconds))
	if n < 3600 {
		return fmt.Sprintf("%d:%02d", n/60, n%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
}

// sign returns the symbol of a verdict, so that it does not depend on colour.
func sign(v labs.Verdict) string {
	return map[labs.Verdict]string{labs.Passed: "✓", labs.Failed: "✗", labs.Skipped: "–"}[v] + map[bool]string{true: "?"}[v == labs.Ungraded]
}

// verdictName names a verdict for those who can't see its symbol.
func verdictName(v labs.Verdict) string {
	if v == labs.Ungraded {
		return "could not be graded"
	}
	return string(v)
}

// made reports whether a learner made a key point: as they say, or else as their text seems to.
func made(point attempts.KeyPoint) bool {
	if point.Said != nil {
		return *point.Said
	}
	return point.Touched
}

// before returns the earlier verdict of a result, or "" if it has not changed.
func before(c *practice.Change, id string) labs.Verdict {
	if c == nil {
		return ""
	}
	return c.Verdicts[id]
}

// momentText describes a moment of an attempt in a few words.
func momentText(m practice.Moment) string {
	switch m.Kind {
	case practice.Began:
		return "Started"
	case practice.Entered:
		return "Opened a shell on `" + m.Text + "`"
	case practice.Left:
		return "Left the shell on `" + m.Text + "`"
	case practice.Typed:
		return "`" + m.Text + "`"
	case practice.Checked:
		if !m.Report.Graded() {
			return "Checked: could not be graded"
		}
		return fmt.Sprintf("Checked: %d of %d", *m.Report.Score, m.Report.Total)
	case practice.Hinted:
		return fmt.Sprintf("Opened hint %d", m.Number)
	case practice.SolutionShown:
		return "Saw the solution"
	case practice.Reset:
		return "Reset the lab"
	case practice.Saved:
		return "Saved the lab"
	case practice.Returned:
		return "Went back to a saved state"
	case practice.Paused:
		return "A pause of " + labs.Duration(m.Took.Duration) + ", which does not count"
	case practice.Explained:
		return "Explained it"
	case practice.Ended:
		return "Ended: " + m.Text
	}
	return string(m.Kind)
}

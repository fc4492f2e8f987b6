package report

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"endstate/internal/report/wrap"
	"endstate/labs"
)

// JSON writes anything as indented JSON.
func JSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(wrap.Behind(w))
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

type testSuites struct {
	XMLName  xml.Name    `xml:"testsuites"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"` // seconds, of all suites
	Suites   []testSuite `xml:"testsuite"`
}

type testSuite struct {
	Name       string     `xml:"name,attr"`
	Package    string     `xml:"package,attr"`
	ID         int        `xml:"id,attr"` // from 0
	Hostname   string     `xml:"hostname,attr"`
	Tests      int        `xml:"tests,attr"`
	Failures   int        `xml:"failures,attr"`
	Errors     int        `xml:"errors,attr"`
	Skipped    int        `xml:"skipped,attr"`
	Time       string     `xml:"time,attr"` // seconds
	Timestamp  string     `xml:"timestamp,attr"`
	Properties []property `xml:"properties>property"`
	Cases      []testCase `xml:"testcase"`
	Out        string     `xml:"system-out"` // strict readers require both, even if empty
	Err        string     `xml:"system-err"`
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type testCase struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	Time    string   `xml:"time,attr"`
	Skipped *outcome `xml:"skipped"`
	Error   *outcome `xml:"error"`
	Failure *outcome `xml:"failure"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes reports as JUnit XML: one suite for each report, one test for each check
// and guard. Suites satisfy Ant's schema, the strictest in use; the root has the
// totals too, which most readers expect.
// https://github.com/windyroad/JUnit-Schema
func JUnit(w io.Writer, reports ...*labs.Report) error {
	all := testSuites{}
	for i, r := range reports {
		all.Suites = append(all.Suites, suiteOf(i, r))
	}
	return all.write(w)
}

// total adds up the suites.
func (all *testSuites) total() {
	var took float64
	for _, s := range all.Suites {
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Skipped+s.Skipped
		one, _ := strconv.ParseFloat(s.Time, 64) // which [seconds] wrote
		took += one
	}
	all.Name, all.Time = "endstate", fmt.Sprintf("%.3f", took)
}

func (all testSuites) write(w io.Writer) error {
	all.total()
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// ExamJUnit writes an exam as JUnit XML: one suite for each question, with how many seconds
// after the end its lab was frozen, and one for the conditions of passing.
func ExamJUnit(w io.Writer, e *Exam) error {
	all := testSuites{}
	for _, s := range e.Sittings {
		for _, q := range s.Questions {
			if q.Grade == nil {
				continue
			}
			suite := suiteOf(len(all.Suites), reportOf(s, q))
			if !q.Grade.NeverOpened() {
				suite.Properties = append(suite.Properties, property{"late seconds", fmt.Sprint(lateSeconds(q.Grade))})
			}
			suite.Properties = append(suite.Properties, property{"doubts", Visible(strings.Join(s.Doubts, "; "))})
			all.Suites = append(all.Suites, suite)
		}
		if len(s.Result.Conditions) > 0 {
			all.Suites = append(all.Suites, suiteOf(len(all.Suites), conditionsOf(s)))
		}
	}
	return all.write(w)
}

// conditionsOf returns the conditions of passing an exam as checks of a report.
func conditionsOf(s Sitting) *labs.Report {
	r := &labs.Report{Scenario: s.Candidate + ".result", Title: s.Title, Seed: *s.Seed, At: s.Ended}
	for _, c := range s.Result.Conditions {
		one := labs.Result{ID: string(c.Kind), Title: fmt.Sprintf("%s: at least %d %%", c.Name(), c.Needed), Verdict: labs.Passed}
		if !c.Met {
			one.Verdict, one.Message = labs.Failed, "failed: "+c.Words()
		}
		r.Checks = append(r.Checks, one)
	}
	return r
}

func suiteOf(id int, r *labs.Report) testSuite {
	suite := testSuite{Name: r.Scenario, Package: "endstate", ID: id, Hostname: "localhost", Timestamp: r.At.UTC().Format("2006-01-02T15:04:05"), Properties: []property{
		{"seed", fmt.Sprint(r.Seed)}, {"servers", strings.Join(r.Servers, ", ")},
	}}
	if r.Graded() {
		suite.Properties = append(suite.Properties, property{"score", fmt.Sprint(*r.Score)})
	}
	var took time.Duration
	for _, group := range []struct {
		class   string
		results []labs.Result
	}{{"checks", r.Checks}, {"guards", r.Guards}} {
		for _, result := range group.results {
			suite.count(result.Verdict)
			suite.Cases = append(suite.Cases, caseOf(r.Scenario+"."+group.class, result))
			took = max(took, result.Took.Duration)
		}
	}
	suite.Time = seconds(took)
	return suite
}

func (s *testSuite) count(verdict labs.Verdict) {
	s.Tests++
	switch verdict {
	case labs.Passed:
	case labs.Failed:
		s.Failures++
	case labs.Skipped:
		s.Skipped++
	case labs.Ungraded:
		s.Errors++
	}
}

func caseOf(class string, result labs.Result) testCase {
	one := testCase{Name: result.Title, Class: class, Time: seconds(result.Took.Duration)}
	why := &outcome{Message: result.ID, Type: string(result.Verdict), Text: Explain(result)}
	switch result.Verdict {
	case labs.Passed:
	case labs.Failed:
		one.Failure = why
	case labs.Skipped:
		one.Skipped = &outcome{Message: why.Message, Text: why.Text} // the schema allows no type here
	case labs.Ungraded:
		one.Error = why
	}
	return one
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"endstate/labs"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a text with a golden file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

// found returns a report with checks that passed, failed and were skipped.
func found() *labs.Report {
	r := &labs.Report{
		Scenario: "mysql-restore-dropped-database", Title: "Restore a dropped database", Hash: "0011aabb", Seed: 42, Lab: "mysql-1", Owner: "ada",
		At: time.Date(2026, 5, 4, 12, 30, 1, 500, time.FixedZone("", 7200)), Servers: []string{"MySQL 9.7.4"},
		Checks: []labs.Result{
			{ID: "database-exists", Title: "Database `shop` exists again", Verdict: labs.Passed, Points: 20, Took: labs.Seconds{Duration: 12 * time.Millisecond}},
			{
				ID: "rows-back", Title: "Every table of `shop` holds exactly the rows that it held before it was dropped, no more and no fewer",
				Verdict: labs.Failed, Points: 60, Took: labs.Seconds{Duration: 40 * time.Millisecond},
				Message: "Table `orders` has 12 rows & should have <1,204>; look at what the dump's last lines say, and at `mysql-restore-dropped-database`.",
			},
			{ID: "view", Title: "The view works", Verdict: labs.Skipped, Points: 20, Message: "Comes after: Every table holds its rows."},
		},
		Guards: []labs.Result{
			{ID: "neighbours", Title: "The other databases are as they were", Verdict: labs.Passed, Points: 30},
			{ID: "dump", Title: "The dump is unchanged", Verdict: labs.Failed, Points: 15, Message: "It differs."},
		},
	}
	r.Charge([]labs.Hint{{Costs: 5, Text: "Look at the dump."}}, true)
	return r
}

// ungraded returns a report without a score.
func ungraded() *labs.Report {
	r := found()
	r.Checks[0].Verdict, r.Checks[0].Message = labs.Ungraded, "the engine is gone"
	r.Charge(nil, false)
	return r
}

// held returns a report with a guard that could not be checked because of what the learner did.
func held() *labs.Report {
	r := found()
	r.Checks[0].Verdict, r.Checks[0].Blocked, r.Checks[0].Message = labs.Failed, true, "Nothing is listening on port 3306 of `db`."
	r.Guards[0].Verdict, r.Guards[0].Blocked, r.Guards[0].Message = labs.Skipped, true, "Nothing is listening on port 3306 of `db`."
	r.Charge(nil, false)
	return r
}

func text(t *testing.T, r *labs.Report, style Style) string {
	t.Helper()
	var out bytes.Buffer
	if err := Text(&out, r, style); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestText(t *testing.T) {
	golden(t, "plain.txt", text(t, found(), Style{}))
	golden(t, "narrow.txt", text(t, found(), Style{Width: 40}))
	golden(t, "ungraded.txt", text(t, ungraded(), Style{}))
	golden(t, "held.txt", text(t, held(), Style{}))
	golden(t, "colour.txt", text(t, found(), Style{Color: true, Width: 200}))
	all := found()
	for _, results := range [][]labs.Result{all.Checks, all.Guards} {
		for i := range results {
			results[i].Verdict, results[i].Message = labs.Passed, ""
		}
	}
	all.Servers = nil
	all.Charge(nil, false)
	golden(t, "passed.txt", text(t, all, Style{}))
}

func TestTextFits(t *testing.T) {
	for _, width := range []int{1, 5, 20, 40, 80, 100} {
		for _, line := range strings.Split(text(t, found(), Style{Width: width, Color: true}), "\n") {
			// Names that are longer than a line are not broken, nor is the score.
			if got := ansi.StringWidth(line); got > max(width, 24) && strings.Contains(strings.TrimSpace(line), " ") && !strings.Contains(line, "Score") {
				t.Errorf("in %d columns %d: %q", width, got, line)
			}
		}
	}
}

// Whatever a learner's data contain, only our own colours reach the terminal.
func TestVisible(t *testing.T) {
	for give, want := range map[string]string{
		"żółć 🐬 日本":            "żółć 🐬 日本",
		"a\x1b[2Jb":            `a\x1b[2Jb`,
		"a\x1b]0;title\ab":     `a\x1b]0;title\ab`,
		"one\r\ntwo\tthree\n":  "one\ntwo\tthree\n",
		"over\rwritten\b":      `over\rwritten\b`,
		"c1 \u009b31m":         `c1 \u009b31m`,
		"raw \x9b31m\xff":      `raw \x9b31m\xff`,
		"turned \u202egnp.exe": `turned \u202egnp.exe`,
		"\x00\x7f":             `\x00\x7f`,
		"\ufffd is one itself": "\ufffd is one itself",
	} {
		if got := Visible(give); got != want {
			t.Errorf("Visible(%q) is %q, want %q", give, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		give := string(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))
		got := Visible(give)
		steers := func(r rune) bool { return r != '\n' && r != '\t' && unicode.IsControl(r) }
		if !utf8.ValidString(got) || strings.ContainsFunc(got, steers) {
			t.Fatalf("Visible(%q) is %q", give, got)
		}
	})
}

func hostile() *labs.Report {
	r := found()
	r.Checks[1].Title = "Title \x1b]0;owned\a of `\x1b[31mred`"
	r.Checks[1].Message = "Row \x1b[2J\x1b]1701;endstate;reset\a \u009b1m \x00 \xff ]]> <script> & \"quoted\" `\x1b[5mcode`"
	return r
}

func TestHostileText(t *testing.T) {
	for _, style := range []Style{{}, {Color: true}} {
		got := text(t, hostile(), style)
		for _, sign := range []string{"31", "32", "33", "36", "2", "1", "0"} {
			got = strings.ReplaceAll(got, "\x1b["+sign+"m", "")
		}
		if strings.ContainsAny(got, "\x1b\a\x00\u009b") || !utf8.ValidString(got) {
			t.Errorf("%q", got)
		}
		if !strings.Contains(got, `\x1b]1701;endstate;reset\a`) {
			t.Errorf("it does not show the original text: %q", got)
		}
	}
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := JSON(&out, found()); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", out.String())
	var back labs.Report
	if err := json.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(found(), &back); diff != "" {
		t.Error(diff)
	}
	out.Reset()
	if err := JSON(&out, hostile()); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(out.Bytes()) || bytes.ContainsAny(out.Bytes(), "\x1b\a\x00") {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	if err := JSON(&out, ungraded()); err != nil || !strings.Contains(out.String(), `"score": null`) {
		t.Errorf("without a score: %v, %s", err, out.String())
	}
}

func junit(t *testing.T, r *labs.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := JUnit(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestJUnit(t *testing.T) {
	golden(t, "report.xml", junit(t, found()))
	golden(t, "ungraded.xml", junit(t, ungraded()))
}

// What readers of JUnit XML require: which elements may contain which, which attributes
// are mandatory, and that the counts are right.
var (
	inside = map[string]string{
		"": "testsuites", "testsuites": "testsuite", "testsuite": "properties testcase system-out system-err",
		"properties": "property", "property": "", "testcase": "skipped error failure system-out system-err",
		"skipped": "", "error": "", "failure": "",
	}
	must = map[string]string{
		"testsuite": "name tests failures errors time timestamp", "property": "name value", "testcase": "name classname time",
	}
)

func TestJUnitIsValid(t *testing.T) {
	for name, r := range map[string]*labs.Report{"usual": found(), "ungraded": ungraded(), "hostile": hostile(), "empty": {}} {
		t.Run(name, func(t *testing.T) {
			out := junit(t, r)
			if !strings.HasPrefix(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {
				t.Errorf("it begins with %.40q", out)
			}
			counts := map[string]int{}
			path := []string{""}
			decoder := xml.NewDecoder(strings.NewReader(out))
			for {
				token, err := decoder.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%v in %s", err, out)
				}
				switch token := token.(type) {
				case xml.StartElement:
					element := token.Name.Local
					parent := path[len(path)-1]
					if !strings.Contains(" "+inside[parent]+" ", " "+element+" ") {
						t.Errorf("%s stands in %q", element, parent)
					}
					attributes := map[string]string{}
					for _, a := range token.Attr {
						attributes[a.Name.Local] = a.Value
					}
					for _, a := range strings.Fields(must[element]) {
						if _, ok := attributes[a]; !ok {
							t.Errorf("%s has no %s", element, a)
						}
					}
					if at, ok := attributes["timestamp"]; ok {
						if _, err := time.Parse("2006-01-02T15:04:05", at); err != nil {
							t.Error(err)
						}
					}
					counts[element]++
					path = append(path, element)
				case xml.EndElement:
					path = path[:len(path)-1]
				}
			}
			var suites testSuites
			if err := xml.Unmarshal([]byte(out), &suites); err != nil {
				t.Fatal(err)
			}
			suite := suites.Suites[0]
			got := []int{suite.Tests, suite.Failures, suite.Errors, suite.Skipped}
			want := []int{counts["testcase"], counts["failure"], counts["error"], counts["skipped"]}
			if diff := cmp.Diff(want, got); diff != "" || counts["testcase"] != len(r.Checks)+len(r.Guards) {
				t.Errorf("counts: %s", diff)
			}
		})
	}
}

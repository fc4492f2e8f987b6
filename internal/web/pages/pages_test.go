package pages

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"endstate/internal/practice"
	"endstate/labs"
)

// HTML of a scenario is left out, and links lead only to web pages.
func TestMarkdown(t *testing.T) {
	out, err := Markdown("# Title\n\n<script>alert(1)</script>\n\na <b onclick=x>word</b> [bad](javascript:alert(2)) [data](data:text/html,x) [good](https://example.org/)\n\n![p](javascript:x)\n\n| a | b |\n| - | - |\n| `1` | 2 |\n\n```\n<i>code</i> \x1b[31m\n```\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "onclick", "javascript:", "data:", "<i>", "\x1b"} {
		if strings.Contains(string(out), bad) {
			t.Errorf("it has %q: %s", bad, out)
		}
	}
	for _, good := range []string{"<h1>Title</h1>", `<a href="https://example.org/">good</a>`, "<table>", "<code>1</code>", `<pre tabindex="0"><code>&lt;i&gt;code&lt;/i&gt;`} {
		if !strings.Contains(string(out), good) {
			t.Errorf("it lacks %q: %s", good, out)
		}
	}
}

func TestButtons(t *testing.T) {
	for act, want := range map[labs.Act]Button{
		{Name: labs.ActStart, For: "Start it", Scenario: "a", Seed: 7}: {Label: "Start it", Post: "/labs", Fields: map[string]string{"scenario": "a", "seed": "7"}},
		{Name: labs.ActStart, For: "Start one"}:                        {Label: "Start one", Link: "/scenarios"},
		{Name: labs.ActEnter, For: "Back", Scenario: "../x"}:           {Label: "Back", Link: "/labs/..%2Fx"},
		{Name: labs.ActReset, For: "Reset it", Scenario: "a"}:          {Label: "Reset it", Post: "/labs/a/reset"},
		{Name: labs.ActDebrief, For: "Explain it", Scenario: "a"}:      {Label: "Explain it", Link: "/attempts/a/debrief"},
		{Name: labs.ActRehearse, For: "Rehearse it", Question: 2}:      {Label: "Rehearse it", Link: "/questions/2/rehearse"},
		{Name: labs.ActRehearse, For: "Rehearse it", Scenario: "a"}:    {Label: "Rehearse it", Link: "/scenarios/a/rehearse"},
		{Name: labs.ActPeople, For: "See them"}:                        {Label: "See them", Link: "/people"},
		{Name: labs.ActStatus, For: "See them"}:                        {Label: "See them", Link: "/"},
		{Name: labs.ActShow, For: "See it", Attempt: 3}:                {Label: "See it", Link: "/attempts/3"},
		{Name: labs.ActExamine, For: "See what is wrong"}:              {Command: "See what is wrong: endstate doctor"},
	} {
		if got := buttonOf(act); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v becomes %+v, want %+v", act, got, want)
		}
	}
}

// Every kind of moment has words.
func TestMoments(t *testing.T) {
	score := 40
	for _, kind := range []practice.MomentKind{
		practice.Began, practice.Entered, practice.Left, practice.Typed, practice.Checked, practice.Hinted, practice.SolutionShown, practice.Reset,
		practice.Saved, practice.Returned, practice.Paused, practice.Explained, practice.Ended,
	} {
		text := momentText(practice.Moment{Kind: kind, Text: "x", Report: &labs.Report{Score: &score, Total: 100}, Took: labs.Seconds{Duration: time.Hour}})
		if text == string(kind) || text == "" {
			t.Errorf("%s has no words", kind)
		}
	}
}

// A verdict is never told by colour alone.
func TestSigns(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range []labs.Verdict{labs.Passed, labs.Failed, labs.Skipped, labs.Ungraded} {
		if sign(v) == "" || seen[sign(v)] || verdictName(v) == "" {
			t.Errorf("%s has the sign %q and the name %q", v, sign(v), verdictName(v))
		}
		seen[sign(v)] = true
	}
}

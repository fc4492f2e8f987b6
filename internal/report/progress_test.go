package report

import (
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"endstate/internal/practice"
)

// Charts of progress are SVG with the values in words; nothing in a name becomes markup.
func TestProgressCharts(t *testing.T) {
	p := &practice.Progress{Topics: []*practice.Topic{{Name: "git", Strength: 0.5}, {Name: "<script>", Strength: 0.25}}, Lately: []int{0, 40, 100}}
	strength := drawn(t, StrengthChart, p)
	for _, want := range []string{"<svg", `role="img"`, `aria-label="Strength by topic"`, ">git</text>", ">50 %</text>", "&lt;script&gt;", ">25 %</text>"} {
		if !strings.Contains(strength, want) {
			t.Errorf("the chart of strength has no %s: %s", want, strength)
		}
	}
	widths := numbersOf(t, strength, `<rect class="plain"[^>]* width="([0-9.]+)%"`)
	if len(widths) != 2 || widths[0] != 2*widths[1] {
		t.Errorf("the bars of 50 %% and 25 %% are %v wide", widths)
	}
	scores := drawn(t, ScoreChart, p)
	heights := numbersOf(t, scores, `<rect class="plain"[^>]* height="([0-9.]+)"`)
	if len(heights) != 3 || heights[0] <= 0 || heights[0] > 2 || heights[1] != 0.4*heights[2] {
		t.Errorf("the columns of 0, 40 and 100 are %v high", heights)
	}
	if !strings.Contains(scores, "<title>40 of 100</title>") || !strings.Contains(scores, ">50</text>") {
		t.Errorf("the chart of scores has no values: %s", scores)
	}
	for _, x := range numbersOf(t, scores, ` x="([0-9.]+)%"`) {
		if x > 100 {
			t.Errorf("a column is at %v %%", x)
		}
	}
}

func drawn(t *testing.T, chart func(*practice.Progress) (template.HTML, error), p *practice.Progress) string {
	t.Helper()
	html, err := chart(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(html)
}

func numbersOf(t *testing.T, text, pattern string) []float64 {
	t.Helper()
	var all []float64
	for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		n, err := strconv.ParseFloat(found[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

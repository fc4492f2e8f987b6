package report

import (
	"fmt"
	"html/template"

	"endstate/internal/practice"
)

// StrengthChart draws how strong a learner is in each topic, as SVG for a web page. The bars say their
// values, so they can be read without colours.
func StrengthChart(p *practice.Progress) (template.HTML, error) {
	chart := newBars("Strength by topic", len(p.Topics))
	for _, topic := range p.Topics {
		chart.add(topic.Name, fmt.Sprintf("%.0f %%", 100*topic.Strength), topic.Strength, 0, 1, "plain")
	}
	drawn, err := render("bars", chart)
	return template.HTML(drawn), err // rendered by html/template
}

// The layout of a chart of scores. Heights are in pixels, widths in percent of the chart's width.
const (
	scoresHeight = 140.0
	scoresEdge   = 10.0 // above and below the columns
	axisWidth    = 8.0
	columnShare  = 0.7 // of the room for a column
)

// column is the score of an attempt.
type column struct {
	X, Y, Width, Height float64
	Class, Title        string
}

type scoreChart struct {
	Name    string // for screen readers
	Height  float64
	Columns []column
	Ticks   []label
}

// ScoreChart draws a learner's latest scores without help, the oldest first, as SVG for a web page. What
// is solved reaches the top line.
func ScoreChart(p *practice.Progress) (template.HTML, error) {
	chart := scoreChart{Name: "The latest scores without help, from 0 to 100", Height: scoresHeight}
	for _, score := range []int{0, 50, 100} {
		chart.Ticks = append(chart.Ticks, label{X: axisWidth, Y: scoreY(score), Text: fmt.Sprint(score)})
	}
	room := (100 - axisWidth) / float64(max(10, len(p.Lately)))
	for i, score := range p.Lately {
		top := scoreY(max(1, score))
		chart.Columns = append(chart.Columns, column{
			X: axisWidth + (float64(i)+(1-columnShare)/2)*room, Y: top, Width: columnShare * room, Height: scoreY(0) - top,
			Class: "plain", Title: fmt.Sprintf("%d of 100", score),
		})
	}
	drawn, err := render("scores", chart)
	return template.HTML(drawn), err // rendered by html/template
}

// scoreY is where a score ends, in pixels from the top.
func scoreY(score int) float64 {
	return scoresHeight - scoresEdge - float64(score)/100*(scoresHeight-2*scoresEdge)
}

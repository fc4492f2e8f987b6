package run

import "endstate/labs"

// Shape describes the observation. A judge's report may have any shape.
func (l *Look) Shape() *labs.Shape {
	if l.Judge != "" {
		return labs.RecordOf(map[string]*labs.Shape{"found": nil})
	}
	return labs.RecordOf(map[string]*labs.Shape{
		"status": labs.Whole, "stdout": labs.Text, "stderr": labs.Text, "overran": labs.Truth, "why": labs.Text,
	})
}

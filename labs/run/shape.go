package run

import "endstate/labs"

// Shape says what a run is described by. What a judge found is its own.
func (l *Look) Shape() *labs.Shape {
	if l.Judge != "" {
		return labs.RecordOf(map[string]*labs.Shape{"found": nil})
	}
	return labs.RecordOf(map[string]*labs.Shape{
		"status": labs.Whole, "stdout": labs.Text, "stderr": labs.Text, "overran": labs.Truth, "why": labs.Text,
	})
}

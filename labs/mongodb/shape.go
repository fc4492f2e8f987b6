package mongodb

import "endstate/labs"

// Shape describes the observation. Documents may have any shape.
func (l *Look) Shape() *labs.Shape {
	var document *labs.Shape
	if len(l.Contents) > 0 {
		document = labs.RecordOf(map[string]*labs.Shape{"collection": labs.Text, "documents": labs.Whole, "digest": labs.Text})
	}
	return labs.RecordOf(map[string]*labs.Shape{"docs": labs.ListOf(document), "hidden": labs.ListOf(document)})
}

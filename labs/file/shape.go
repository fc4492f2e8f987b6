package file

import "endstate/labs"

// Shape describes the observation: a map from path to what is known about a file.
func (l *Look) Shape() *labs.Shape {
	fields := map[string]*labs.Shape{"kind": labs.Text, "size": labs.Whole, "digest": labs.Text, "link": labs.Text}
	if l.Mode {
		fields["mode"] = labs.Text
	}
	if l.Text {
		fields["text"] = labs.Text
	}
	return labs.MapOf(labs.RecordOf(fields))
}

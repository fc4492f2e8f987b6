package file

import "endstate/labs"

// Shape says what files are described by. Which there are is the learner's.
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

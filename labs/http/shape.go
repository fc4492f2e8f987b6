package http

import "endstate/labs"

// Shape describes the observation: a list of answers. JSON and XML may have any shape.
func (l *Look) Shape() *labs.Shape {
	return labs.ListOf(labs.RecordOf(map[string]*labs.Shape{
		"status": labs.Whole, "headers": labs.MapOf(labs.Text), "kind": labs.Text, "body": nil, "json": nil, "xml": nil, "seconds": labs.Whole,
		"redirects": labs.ListOf(labs.RecordOf(map[string]*labs.Shape{"status": labs.Whole, "location": labs.Text})),
		"cookies": labs.ListOf(labs.RecordOf(map[string]*labs.Shape{
			"name": labs.Text, "value": labs.Text, "path": labs.Text, "domain": labs.Text, "expires": nil, "max_age": nil,
			"secure": labs.Truth, "httponly": labs.Truth, "samesite": labs.Text,
		})),
	}))
}

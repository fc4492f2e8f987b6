package mysql

import (
	"maps"
	"regexp"

	"endstate/labs"
)

// everything matches queries whose columns are the table's, so the learner may change them.
var everything = regexp.MustCompile(`(?i)(\bselect|,)\s*\*|\.\s*\*`)

// Shape describes the rows' columns. A query's columns are known once a row was seen.
func (l *Look) Shape() *labs.Shape {
	fields := map[string]*labs.Shape{}
	if len(l.Contents) > 0 || l.Digest {
		maps.Copy(fields, map[string]*labs.Shape{"rows": labs.Whole, "digest": labs.Text})
	}
	if len(l.Contents) > 0 {
		maps.Copy(fields, map[string]*labs.Shape{"database": labs.Text, "name": labs.Text})
	}
	if len(l.Structure) > 0 {
		maps.Copy(fields, map[string]*labs.Shape{"database": labs.Text, "kind": labs.Text, "table": labs.Text, "name": labs.Text, "detail": labs.Text})
	}
	if l.Accounts {
		maps.Copy(fields, map[string]*labs.Shape{"account": labs.Text, "detail": labs.Text})
	}
	if len(l.Tries) > 0 {
		maps.Copy(fields, map[string]*labs.Shape{"statement": labs.Text, "accepted": labs.Truth, "code": labs.Whole, "changed": labs.Whole})
	}
	switch {
	case len(fields) > 0:
		return labs.ListOf(labs.RecordOf(fields))
	case l.Query == "" || everything.MatchString(l.Query):
		return nil
	}
	return labs.Alike()
}

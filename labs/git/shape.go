package git

import (
	"slices"
	"strings"

	"endstate/labs"
)

// Shape describes the observation: the requested revisions and files, and the refs, which
// the learner made.
func (l *Look) Shape() *labs.Shape {
	commit := labs.RecordOf(map[string]*labs.Shape{
		"id": labs.Text, "parents": labs.ListOf(labs.Text), "tree": labs.Text, "author": labs.Text, "email": labs.Text,
		"at": labs.Moment, "committer": labs.Text, "message": labs.Text, "subject": labs.Text,
	})
	entry := labs.RecordOf(map[string]*labs.Shape{"id": labs.Text, "mode": labs.Text})
	refs := labs.MapOf(labs.Text)
	files := eachOf(l.Files, labs.Text)
	if slices.ContainsFunc(l.Files, func(name string) bool { return strings.HasSuffix(name, "/") }) {
		files = labs.MapOf(labs.Text)
	}
	fields := map[string]*labs.Shape{
		"head":     labs.RecordOf(map[string]*labs.Shape{"branch": labs.Text, "commit": labs.Text}),
		"branches": refs, "tags": refs, "refs": refs, "remotes": refs, "operation": labs.Text, "conflicts": labs.ListOf(labs.Text),
		"status": labs.ListOf(labs.RecordOf(map[string]*labs.Shape{"path": labs.Text, "index": labs.Text, "work": labs.Text})),
		"clean":  labs.Truth, "stashes": labs.ListOf(labs.Text),
		"history": eachOf(l.History, labs.ListOf(commit)), "trees": eachOf(l.Trees, labs.MapOf(entry)), "files": files,
	}
	if l.Expected != nil {
		fields["expected"] = nil
	}
	if l.Differs != nil {
		fields["differs"] = labs.ListOf(labs.RecordOf(map[string]*labs.Shape{"path": labs.Text, "what": labs.Text, "says": labs.Text, "commit": labs.Text}))
	}
	return labs.RecordOf(fields)
}

// eachOf is the shape of a map with the requested keys.
func eachOf(names []string, each *labs.Shape) *labs.Shape {
	fields := make(map[string]*labs.Shape, len(names))
	for _, name := range names {
		fields[name] = each
	}
	return labs.RecordOf(fields)
}

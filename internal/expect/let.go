package expect

import (
	"regexp"
	"slices"
)

// Let is a part of expressions that has a name: an expression, which may use the lets above
// it.
type Let struct{ Name, Source string }

// Compile compiles the let's expression. above are the lets that it may use.
func (l Let) Compile(variable string, above ...Let) (*Expression, error) {
	return compile(l.Source, variable, above)
}

var (
	variables  = regexp.MustCompile(`(?:^|[^.A-Za-z0-9_])([A-Za-z_][A-Za-z0-9_]*)`) // not the keys after a dot
	wholeName  = regexp.MustCompile(`^[a-z][A-Za-z0-9_]*$`)
	whitespace = regexp.MustCompile(`\s+`)
)

// IsName reports whether a let can have this name.
func IsName(text string) bool { return wholeName.MatchString(text) }

// bind puts the lets that a source uses around it. The source begins after shift bytes of
// the first line. A let that is not used is not evaluated.
func bind(source string, lets []Let) (bound string, shift int) {
	used := variables.FindAllStringSubmatch(source, -1)
	var prefix string
	for _, let := range slices.Backward(lets) {
		if !slices.ContainsFunc(used, func(match []string) bool { return match[1] == let.Name }) {
			continue
		}
		used = append(used, variables.FindAllStringSubmatch(let.Source, -1)...)
		prefix = "cel.bind(" + let.Name + ", " + whitespace.ReplaceAllString(let.Source, " ") + ", " + prefix
		source += ")"
	}
	return prefix + source, len(prefix)
}

// unbound moves an error of a bound source to the source. It reports whether the error is
// in the source, and not in a let.
func (e *Error) unbound(shift int) bool {
	if e.Line == 1 {
		e.Column -= shift
	}
	return e.Column > 0
}

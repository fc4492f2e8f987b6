package plain

import (
	"path"
	"regexp"
	"strings"

	"endstate/labs/kit"
)

// Limits of the matching here.
const (
	maxPatterns = 200
	MaxSteps    = 2_000_000 // comparisons of names with patterns
)

// plainPattern matches a pattern for a name anywhere or at the top, with at most one star.
var plainPattern = regexp.MustCompile(`^/?[A-Za-z0-9_.-]*\*?[A-Za-z0-9_.-]*/?$`)

// ignorePattern is a line of a .gitignore: a name, possibly with a star, of a file anywhere
// below a folder or only directly in it.
type IgnorePattern struct {
	folder string // "" or with a slash at its end
	name   string
	here   bool // directly in the folder
	dirs   bool // only folders
}

// ignorePatterns reads all ignore files.
func IgnorePatterns(entries map[string]kit.Entry) (patterns []IgnorePattern, err error) {
	for name, entry := range entries {
		folder, isList := strings.CutSuffix(name, ".gitignore")
		if isList = isList && (folder == "" || strings.HasSuffix(folder, "/")); name == ".git/info/exclude" {
			folder, isList = "", true
		}
		if !isList || strings.HasPrefix(folder, ".git/") {
			continue
		}
		if !entry.Mode.IsRegular() {
			return nil, Errorf("%s", name)
		}
		for line := range strings.Lines(string(entry.Data)) {
			if line = strings.TrimSuffix(line, "\n"); line == "" || line[0] == '#' {
				continue
			}
			if !plainPattern.MatchString(line) || strings.Trim(line, "/") == "" || len(patterns) == maxPatterns {
				return nil, Errorf("%s", name)
			}
			patterns = append(patterns, IgnorePattern{folder, strings.Trim(line, "/"), line[0] == '/', strings.HasSuffix(line, "/")})
		}
	}
	return patterns, nil
}

// ignored reports whether a file, or a folder that contains it, is ignored.
func Ignores(patterns []IgnorePattern, file string) bool {
	for name, isDir := file, false; name != "."; name, isDir = path.Dir(name), true {
		for _, pattern := range patterns {
			if pattern.matches(name, isDir) {
				return true
			}
		}
	}
	return false
}

func (p IgnorePattern) matches(name string, isDir bool) bool {
	inside, ok := strings.CutPrefix(name, p.folder)
	if !ok || p.dirs && !isDir || p.here && strings.Contains(inside, "/") {
		return false
	}
	matched, _ := path.Match(p.name, path.Base(inside))
	return matched
}

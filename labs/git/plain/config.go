package plain

import (
	"regexp"
	"slices"
	"strings"
)

var (
	configSection = regexp.MustCompile(`^\[([A-Za-z0-9-]+)(?: "([^"\\]*)")?\]$`)
	configLine    = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*)\s*=\s*([^"\\#;]*)$`)
)

// Sections and keys that don't affect how refs, objects, the index and files are read, or
// only in which form they are written.
var (
	plainSections = []string{
		"advice", "alias", "blame", "branch", "color", "column", "commit", "credential", "diff", "difftool", "fetch", "format", "gc", "grep",
		"gui", "help", "http", "init", "interactive", "log", "maintenance", "merge", "mergetool", "pager", "pull", "push", "rebase", "rerere",
		"sequencer", "show", "stash", "tag", "user", "versionsort",
	}
	plainKeys = []string{
		"core.abbrev", "core.autocrlf=false", "core.bare=false", "core.commentchar", "core.compression", "core.editor", "core.filemode=true",
		"core.fsync", "core.logallrefupdates", "core.loosecompression", "core.pager", "core.preloadindex", "core.quotepath",
		"core.repositoryformatversion=0", "core.safecrlf", "core.splitindex", "core.untrackedcache", "core.whitespace",
		"feature.manyfiles", "index.skiphash", "index.threads", "index.version", "remote.fetch", "remote.pushurl", "remote.tagopt", "remote.url",
	}
)

// plainConfig reads a configuration that can be understood without Git, and returns the
// remotes by name.
func Config(data []byte) (remotes map[string]string, err error) {
	remotes = map[string]string{}
	section, name := "", ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if parts := configSection.FindStringSubmatch(line); parts != nil {
			section, name = strings.ToLower(parts[1]), parts[2]
			continue
		}
		parts := configLine.FindStringSubmatch(line)
		if parts == nil {
			return nil, Errorf("a configuration: %s", line)
		}
		key, value := section+"."+strings.ToLower(parts[1]), strings.TrimSpace(parts[2])
		if !isPlainSetting(section, key, value) {
			return nil, Errorf("a configuration: %s", key)
		}
		if _, twice := remotes[name]; key == "remote.url" && !twice {
			remotes[name] = value
		}
	}
	return remotes, nil
}

func isPlainSetting(section, key, value string) bool {
	return slices.Contains(plainSections, section) || slices.Contains(plainKeys, key) || slices.Contains(plainKeys, key+"="+value)
}

package git

import (
	"regexp"
	"slices"
	"strings"
)

// block is a line at the left margin and the lines that belong to it: those that are
// indented or close a bracket. So a function is a block in most languages, and a line is a
// block in plain text.
type block struct {
	key  string // its name: the beginning of its first line
	line int    // the number of its first line, from 1
	text string // without trailing empty lines
	free bool   // it may have any content
}

// called matches the beginning of a first line, up to what a change of the same definition
// may change.
var called = regexp.MustCompile(`^[^\s(=:\[{]+(?:\s+[^\s(=:\[{]+)?`)

// defines matches a first line that defines a name.
var defines = regexp.MustCompile(`^(?:async\s+def|def|class|function)\s|^[\w.]+\s*(?:[:=]|$)`)

// blocksOf splits a text into blocks. A marked line makes its block free. A gap before a
// line is a free, empty block, or makes the block around it free.
func blocksOf(lines []string, marked, gaps map[int]bool) []block {
	var all []block
	for i, line := range append(lines, "end") {
		last := i == len(lines)
		begins := last || line != "" && !strings.ContainsAny(line[:1], " \t)]}")
		if gaps[i] && (begins || len(all) == 0) {
			all = append(all, block{line: i + 1, free: true})
		}
		switch {
		case last:
			continue
		case begins || len(all) == 0:
			all = append(all, block{key: called.FindString(line), line: i + 1})
		}
		now := &all[len(all)-1]
		now.text += line + "\n"
		now.free = now.free || marked[i] || gaps[i] && !begins
	}
	for i := range all {
		all[i].text = strings.TrimRight(all[i].text, "\n")
	}
	return slices.DeleteFunc(all, func(b block) bool { return b.text == "" && !b.free })
}

// sides are the two versions in a text with Git's conflict markers, and the places of the
// conflicts in each.
type sides [2]struct {
	lines        []string
	marked, gaps map[int]bool
}

func sidesOf(text string) *sides {
	both := &sides{}
	for i := range both {
		both[i].marked, both[i].gaps = map[int]bool{}, map[int]bool{}
	}
	in := -1 // the side of the current lines; both outside of conflicts
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case in < 0 && strings.HasPrefix(line, "<<<<<<<"):
			in = 0
		case in == 0 && strings.HasPrefix(line, "======="):
			in = 1
		case in == 1 && strings.HasPrefix(line, ">>>>>>>"):
			in = -1
		default:
			both.add(in, line)
			continue
		}
		if in >= 0 {
			both[in].gaps[len(both[in].lines)] = true
		}
	}
	return both
}

func (s *sides) add(in int, line string) {
	for i := range s {
		if in >= 0 && in != i {
			continue
		}
		if in == i {
			s[i].marked[len(s[i].lines)] = true
		}
		s[i].lines = append(s[i].lines, line)
	}
}

// around returns the blocks of a text, and the keys of the free ones: those that are in
// conflict, were so before, or whose first line matches a pattern.
func around(text string, before map[string]bool, free []*regexp.Regexp) ([]block, map[string]bool) {
	both, keys := sidesOf(text), map[string]bool{}
	for key := range before {
		keys[key] = true
	}
	var ours []block
	for _, side := range slices.Backward(both[:]) {
		ours = blocksOf(side.lines, side.marked, side.gaps)
		for _, b := range ours {
			first, _, _ := strings.Cut(b.text, "\n")
			if b.free || slices.ContainsFunc(free, func(r *regexp.Regexp) bool { return r.MatchString(first) }) {
				keys[b.key] = true
			}
		}
	}
	delete(keys, "")
	for i := range ours {
		ours[i].free = ours[i].free || keys[ours[i].key]
	}
	return ours, keys
}

// mismatch compares a text with the blocks that it must have, in order. Free blocks may
// have any content, except another definition of the blocks' names. It returns the first
// block that differs, as wanted or as found; nil if there is none.
func mismatch(wanted []block, text string) (missing, met *block) {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimRight(line, "\r\n"))
	}
	have := blocksOf(lines, nil, nil)
	fixed := map[string]bool{}
	for _, b := range wanted {
		if first, _, _ := strings.Cut(b.text, "\n"); !b.free && defines.MatchString(first) {
			fixed[b.key] = true
		}
	}
	free := false
	for _, b := range wanted {
		if b.free {
			free = true
			continue
		}
		at := slices.IndexFunc(have, func(h block) bool { return h.text == b.text })
		switch {
		case at < 0:
			return &b, nil
		case at > 0 && !free:
			return nil, &have[0]
		}
		if i := slices.IndexFunc(have[:at], func(h block) bool { return fixed[h.key] }); i >= 0 {
			return nil, &have[i]
		}
		have, free = have[at+1:], false
	}
	if i := slices.IndexFunc(have, func(h block) bool { return !free || fixed[h.key] }); i >= 0 {
		return nil, &have[i]
	}
	return nil, nil
}

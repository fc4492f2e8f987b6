package seat

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// result is the output of a filter: the screen's bytes, and each request with its position
// among them.
type result struct {
	Screen  string
	Verbs   []string
	Offsets []int
}

// filterParts sends the parts of a stream through a filter.
func filterParts(t interface{ Fatalf(string, ...any) }, parts ...[]byte) result {
	var got result
	f := &filter{
		out: func(b []byte) error { got.Screen += string(b); return nil },
		request: func(verb string) error {
			got.Verbs, got.Offsets = append(got.Verbs, verb), append(got.Offsets, len(got.Screen))
			return nil
		},
	}
	for _, part := range parts {
		kept := bytes.Clone(part)
		if err := f.write(part); err != nil {
			t.Fatalf("write: %v", err)
		}
		if len(f.pending) > len(requestStart)+maxVerb {
			t.Fatalf("%d bytes are pending: %q", len(f.pending), f.pending)
		}
		if !bytes.Equal(kept, part) {
			t.Fatalf("the caller's buffer was changed: %q, was %q", part, kept)
		}
		clear(part) // because the next read overwrites it
	}
	if err := f.flush(); err != nil {
		t.Fatalf("flush: %v", err)
	}
	return got
}

var requestPattern = regexp.MustCompile(`\x1b\]1701;endstate;([a-z]{1,16})\x07`)

// expected computes what a filter must make of a whole stream.
func expected(stream []byte) result {
	var want result
	end := 0
	for _, at := range requestPattern.FindAllSubmatchIndex(stream, -1) {
		want.Screen += string(stream[end:at[0]])
		want.Verbs = append(want.Verbs, string(stream[at[2]:at[3]]))
		want.Offsets = append(want.Offsets, len(want.Screen))
		end = at[1]
	}
	want.Screen += string(stream[end:])
	return want
}

func TestFilter(t *testing.T) {
	const check = "\x1b]1701;endstate;check\a"
	for name, test := range map[string]struct {
		stream, screen string
		asked          []string
	}{
		"no request":                 {"hello\r\n", "hello\r\n", nil},
		"a request alone":            {check, "", []string{"check"}},
		"within output":              {"a" + check + "b", "ab", []string{"check"}},
		"two in a row":               {check + check, "", []string{"check", "check"}},
		"an unknown verb":            {"\x1b]1701;endstate;frobnicate\a", "", []string{"frobnicate"}},
		"after an escape":            {"\x1b" + check, "\x1b", []string{"check"}},
		"after its own beginning":    {"\x1b]1701;end" + check, "\x1b]1701;end", []string{"check"}},
		"no verb":                    {"\x1b]1701;endstate;\a", "\x1b]1701;endstate;\a", nil},
		"a verb with a number":       {"\x1b]1701;endstate;check2\a", "\x1b]1701;endstate;check2\a", nil},
		"a verb in capitals":         {"\x1b]1701;endstate;CHECK\a", "\x1b]1701;endstate;CHECK\a", nil},
		"the longest verb":           {"\x1b]1701;endstate;abcdefghijklmnop\a", "", []string{"abcdefghijklmnop"}},
		"a longer verb":              {"\x1b]1701;endstate;abcdefghijklmnopq\a", "\x1b]1701;endstate;abcdefghijklmnopq\a", nil},
		"one that never ends":        {"\x1b]1701;endstate;chec", "\x1b]1701;endstate;chec", nil},
		"other end":                  {"\x1b]1701;endstate;check\x1b\\", "\x1b]1701;endstate;check\x1b\\", nil},
		"of another program":         {"\x1b]1701;other;check\a", "\x1b]1701;other;check\a", nil},
		"a window's title":           {"\x1b]0;title\a", "\x1b]0;title\a", nil},
		"a link":                     {"\x1b]8;;http://x\x1b\\x\x1b]8;;\x1b\\", "\x1b]8;;http://x\x1b\\x\x1b]8;;\x1b\\", nil},
		"colours":                    {"\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m", nil},
		"escapes at the end":         {"\x1b\x1b\x1b", "\x1b\x1b\x1b", nil},
		"what removal puts together": {"\x1b]1701;end" + check + "state;task\a", "\x1b]1701;endstate;task\a", []string{"check"}},
	} {
		t.Run(name, func(t *testing.T) {
			stream := []byte(test.stream)
			want := expected(stream)
			if want.Screen != test.screen || !slices.Equal(want.Verbs, test.asked) {
				t.Fatalf("the test itself expects %+v", want)
			}
			for i := range len(stream) + 1 {
				if diff := cmp.Diff(want, filterParts(t, bytes.Clone(stream[:i]), bytes.Clone(stream[i:]))); diff != "" {
					t.Errorf("split after byte %d: %s", i, diff)
				}
			}
			if diff := cmp.Diff(want, filterParts(t, singles(stream)...)); diff != "" {
				t.Errorf("byte by byte: %s", diff)
			}
		})
	}
}

func singles(stream []byte) [][]byte {
	var parts [][]byte
	for _, b := range stream {
		parts = append(parts, []byte{b})
	}
	return parts
}

// The screen gets everything except the requests, however the stream is split.
func TestFilterAnything(t *testing.T) {
	pieces := rapid.OneOf(
		rapid.SliceOfN(rapid.Byte(), 0, 40),
		rapid.Map(rapid.SampledFrom([]string{
			"\x1b", "\a", "\x1b]", requestStart, requestStart[:9], requestStart + "check", requestStart + "check\a", "check\a",
			strings.Repeat("\x1b", 100), requestStart + strings.Repeat("a", 60), "\x1b]0;x\a", "\r\n",
		}), func(s string) []byte { return []byte(s) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		stream := bytes.Join(rapid.SliceOfN(pieces, 0, 20).Draw(t, "pieces"), nil)
		var parts [][]byte
		for rest := bytes.Clone(stream); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "length")
			parts, rest = append(parts, rest[:n:n]), rest[n:]
		}
		if diff := cmp.Diff(expected(stream), filterParts(t, parts...)); diff != "" {
			t.Fatalf("%q: %s", stream, diff)
		}
	})
}

func FuzzFilter(f *testing.F) {
	f.Add([]byte("a\x1b]1701;endstate;check\ab"), 5)
	f.Add([]byte("\x1b]1701;endstate;\x1b]1701;endstate;hint\a"), 1)
	f.Fuzz(func(t *testing.T, stream []byte, length int) {
		length = max(1, length)
		want := expected(stream)
		var parts [][]byte
		for part := range slices.Chunk(bytes.Clone(stream), length) {
			parts = append(parts, part)
		}
		if diff := cmp.Diff(want, filterParts(t, parts...)); diff != "" {
			t.Errorf("%q in parts of %d: %s", stream, length, diff)
		}
	})
}

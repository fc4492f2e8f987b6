package git

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"time"

	"endstate/labs/git/plain"
	"endstate/labs/kit"
)

// everything asks for everything that a look can.
var everything = Look{
	History: []string{"main", "HEAD", "HEAD~3", "main@{1}", "refs/heads/../../x", "--all", ":/x", ""},
	Trees:   []string{"main", "work", "HEAD^2"}, Files: []string{"main:a", "work:a", "HEAD:../a", "work:../../etc/passwd", "main:/etc/passwd"},
}

// changed returns a copy with files replaced, added or, with nil, removed.
func changed(entries []kit.Entry, files map[string][]byte) []kit.Entry {
	var out []kit.Entry
	for _, entry := range entries {
		if _, ok := files[entry.Path]; !ok {
			out = append(out, entry)
		}
	}
	for path, data := range files {
		if data != nil {
			out = append(out, kit.Entry{Path: path, Mode: 0o644, Data: data})
		}
	}
	return out
}

func zlibbed(t testing.TB, content string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// loose returns an object's file: its path and its data.
func loose(t testing.TB, kind, content string) (path string, data []byte, id string) {
	t.Helper()
	whole := fmt.Sprintf("%s %d\x00%s", kind, len(content), content)
	id = fmt.Sprintf("%x", sha1.Sum([]byte(whole)))
	return ".git/objects/" + id[:2] + "/" + id[2:], zlibbed(t, whole), id
}

// packOf returns a pack of raw objects, each a header and compressed data.
func packOf(count uint32, objects ...[]byte) []byte {
	var out bytes.Buffer
	out.WriteString("PACK")
	_ = binary.Write(&out, binary.BigEndian, []uint32{2, count})
	for _, object := range objects {
		out.Write(object)
	}
	sum := sha1.Sum(out.Bytes())
	out.Write(sum[:])
	return out.Bytes()
}

// packed returns an object of a pack that claims a size.
func packed(kind byte, size uint64, data []byte) []byte {
	first, rest := kind<<4|byte(size&15), size>>4
	var out []byte
	for ; rest > 0; rest >>= 7 {
		out = append(out, first|0x80)
		first = byte(rest & 0x7f)
	}
	return append(append(out, first), data...)
}

func simple(t testing.TB) []kit.Entry {
	t.Helper()
	entries, _, _ := simpleOf(t)
	return entries
}

// simpleOf returns a simple repository, its configuration and its first commit.
func simpleOf(t testing.TB) (entries []kit.Entry, config, first string) {
	t.Helper()
	p := newPlace(t)
	first = p.commit("a", "1\n")
	p.commit("a", "2\n")
	entries = p.entries()
	for _, entry := range entries {
		if entry.Path == ".git/config" {
			config = string(entry.Data)
		}
	}
	return entries, config, first
}

const zeroID = "0000000000000000000000000000000000000000"

// hostile returns repositories made to fool or to harm the grader.
type hostile struct {
	files  map[string][]byte
	reason string // of the refusal; "": what is seen is as if it were not there
}

const maxObject = 32 << 20

// refusedOnes returns repositories that can't be read.
func refusedOnes(t testing.TB) map[string]hostile {
	bomb := strings.Repeat("\x00", maxObject+1)
	delta := func(data string) []byte {
		return append(packed(7, uint64(len(data)), bytes.Repeat([]byte{1}, 20)), zlibbed(t, data)...)
	}
	pack := func(data []byte) map[string][]byte {
		return map[string][]byte{".git/objects/pack/pack-" + zeroID + ".pack": data}
	}
	return map[string]hostile{
		"a .git that points elsewhere":  {map[string][]byte{".git": []byte("gitdir: /etc\n")}, "points elsewhere"},
		"a bomb of a loose object":      {map[string][]byte{".git/objects/ab/" + strings.Repeat("c", 38): zlibbed(t, fmt.Sprintf("blob %d\x00%s", len(bomb), bomb))}, "larger than"},
		"an index that claims billions": {map[string][]byte{".git/index": []byte("DIRC\x00\x00\x00\x02\xff\xff\xff\xff" + strings.Repeat("x", 200))}, "Git says"},
		"an index that is cut off":      {map[string][]byte{".git/index": []byte("DIRC")}, "index"},
		"an index of version 4, large":  {map[string][]byte{".git/index": append([]byte("DIRC\x00\x00\x00\x04\x00\xff\xff\xff"), make([]byte, 64<<10)...)}, "index"},
		"an index of a version to come": {map[string][]byte{".git/index": []byte("DIRC\x00\x00\x00\x09\x00\x00\x00\x00" + strings.Repeat("x", 40))}, "index"},
		"no configuration to be read":   {map[string][]byte{".git/config": []byte("[core\n\x00\xff")}, "bad config"},
		"an extension to come":          {map[string][]byte{".git/config": []byte("[core]\nrepositoryformatversion = 1\n[extensions]\nwonder = 1\n")}, "unknown repository extension"},
		"nothing":                       {map[string][]byte{".git/HEAD": nil, ".git/config": nil}, "not a git repository"},
		"a submodule's data elsewhere":  {map[string][]byte{"sub/.git": []byte("gitdir: ../trap\n"), "trap/HEAD": []byte("ref: refs/heads/main\n"), "trap/config": []byte("[core]\n\tfsmonitor = touch /tmp/x\n")}, "points elsewhere"},
		// Git ignores a pack without an index.
		"a bomb in a pack":             {pack(packOf(1, packed(3, maxObject+1, zlibbed(t, bomb)))), ""},
		"a pack that lies about sizes": {pack(packOf(1, packed(3, 10, zlibbed(t, bomb)))), ""},
		"a pack that claims billions":  {pack(packOf(4_000_000_000)), ""},
		"a pack that is cut off":       {pack(packOf(2, packed(3, 1, zlibbed(t, "x")))), ""},
		"no pack":                      {pack([]byte("PACK?")), ""},
		"a delta without its base":     {pack(packOf(1, delta("\x01\x01\x01x"))), ""},
		"a delta that claims 1 TB":     {pack(packOf(1, delta("\x01\x80\x80\x80\x80\x80\x20\x01x"))), ""},
		"a delta that is empty":        {pack(packOf(1, delta(""))), ""},
	}
}

// oddOnes returns repositories with something that leads out of the copy, would run
// something, or is odd, but does not change what is seen.
func oddOnes(t testing.TB, config, first string) map[string]hostile {
	const trap = "/tmp/trap"
	command := []byte("#!/bin/sh\ntouch " + trap + "\n")
	with := func(text string) map[string][]byte { return map[string][]byte{".git/config": []byte(config + text)} }
	odd := map[string]map[string][]byte{
		"alternates outside":           {".git/objects/info/alternates": []byte("/var/lib/other/objects\n../../../../etc\n")},
		"http alternates":              {".git/objects/info/http-alternates": []byte("http://203.0.113.1/x\n")},
		"hooks":                        {".git/hooks/post-checkout": command, ".git/hooks/fsmonitor-watchman": command, ".git/hooks/post-index-change": command},
		"a monitor that runs":          with("[core]\n\tfsmonitor = touch " + trap + "\n"),
		"filters that run":             with("[filter \"x\"]\n\tclean = touch " + trap + "\n\tsmudge = touch " + trap + "\n\tprocess = touch " + trap + "\n"),
		"a diff that runs":             with("[diff]\n\texternal = touch " + trap + "\n[diff \"x\"]\n\ttextconv = touch " + trap + "\n"),
		"an include":                   with("[include]\n\tpath = /etc/passwd\n[includeIf \"gitdir:/\"]\n\tpath = /etc/passwd\n"),
		"a work tree elsewhere":        with("[core]\n\tworktree = /etc\n"),
		"hooks elsewhere":              with("[core]\n\thooksPath = /etc\n\tsshCommand = touch " + trap + "\n"),
		"a hook in the configuration":  with("[hook \"x\"]\n\tcommand = touch " + trap + "\n\tevent = post-index-change\n"),
		"grafts":                       {".git/info/grafts": []byte(first + " " + first + "\n")},
		"a replaced commit":            {".git/refs/replace/" + first: []byte(zeroID + "\n")},
		"what is no object":            {".git/objects/ab/" + strings.Repeat("d", 38): []byte("not zlib"), ".git/objects/info/packs": []byte("P x")},
		"an object under another name": {".git/objects/ff/" + first[2:]: zlibbed(t, "commit 3\x00bad")},
		"patterns without end":         {".git/info/exclude": []byte(strings.Repeat(strings.Repeat("*a", 100)+"b\n", 5000) + "a*\n"), strings.Repeat("a", 250): []byte("x")},
		"an index of a pack that lies": {".git/objects/pack/pack-x.idx": []byte("\xfftOc\x00\x00\x00\x02" + strings.Repeat("\xff", 1024))},
	}
	cases := map[string]hostile{}
	for name, files := range odd {
		cases[name] = hostile{files: files}
	}
	return cases
}

// A hostile repository either is not plain, or is read at once and without harm.
func TestHostileIsNotPlain(t *testing.T) {
	base := simple(t)
	cases := refusedOnes(t)
	maps.Copy(cases, oddOnes(t, "", strings.Repeat("ab", 20)))
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := observed(changed(base, c.files), everything)
			if c.reason != "" && err == nil {
				t.Error("it is taken for plain")
			}
		})
	}
}

// With odd refs, histories and trees, reading ends, in a finding or a result.
func TestOddRefsAndObjects(t *testing.T) {
	base := simple(t)
	signature := "author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nm\n"
	emptyTree, emptyTreeData, emptyTreeID := loose(t, "tree", "")
	raw := func(id string) string {
		b := make([]byte, 20)
		_, _ = fmt.Sscanf(id, "%x", &b)
		return string(b)
	}
	blob, blobData, blobID := loose(t, "blob", "x")
	oddTree, oddTreeData, oddTreeID := loose(t, "tree", "100644 ../up\x00"+raw(blobID)+"100644 .git\x00"+raw(blobID)+"100644 a/b\x00"+raw(blobID)+"40000 self\x00"+raw(zeroID))
	orphan, orphanData, orphanID := loose(t, "commit", "tree "+zeroID+"\nparent "+strings.Repeat("12", 20)+"\n"+signature)
	odd, oddData, oddID := loose(t, "commit", "tree "+oddTreeID+"\n"+signature)
	headless, headlessData, headlessID := loose(t, "commit", "")
	notATree, notATreeData, notATreeID := loose(t, "commit", "tree "+blobID+"\n"+signature)
	objects := map[string][]byte{
		emptyTree: emptyTreeData, blob: blobData, oddTree: oddTreeData, orphan: orphanData, odd: oddData, headless: headlessData, notATree: notATreeData,
	}
	_ = emptyTreeID
	for name, files := range map[string]map[string][]byte{
		"a ref to itself":          {".git/refs/heads/main": []byte("ref: refs/heads/main\n")},
		"refs in a circle":         {".git/refs/heads/main": []byte("ref: refs/heads/b\n"), ".git/refs/heads/b": []byte("ref: refs/heads/main\n")},
		"a ref to a file outside":  {".git/refs/heads/main": []byte("ref: ../../../../etc/passwd\n")},
		"a ref that is no id":      {".git/refs/heads/main": []byte("hello\n")},
		"an empty ref":             {".git/refs/heads/main": []byte("")},
		"a ref of a megabyte":      {".git/refs/heads/main": bytes.Repeat([]byte("a"), 1<<20)},
		"odd names":                {".git/refs/heads/-rf": []byte(zeroID + "\n"), ".git/refs/heads/a..b": []byte(zeroID + "\n"), ".git/refs/heads/\x1b[31mred": []byte(zeroID + "\n"), ".git/refs/heads/x.lock": []byte(zeroID + "\n")},
		"a HEAD of garbage":        {".git/HEAD": []byte("\x00\xff\xfe")},
		"a HEAD outside":           {".git/HEAD": []byte("ref: ../../../etc/passwd\n")},
		"packed refs of garbage":   {".git/packed-refs": []byte("# pack-refs\n^^^\n" + zeroID + "\nx y z\n")},
		"a branch with no commit":  {".git/refs/heads/main": []byte(zeroID + "\n")},
		"a branch on a blob":       {".git/refs/heads/main": []byte(blobID + "\n")},
		"a commit without parents": {".git/refs/heads/main": []byte(orphanID + "\n")},
		"a commit of nothing":      {".git/refs/heads/main": []byte(headlessID + "\n")},
		"a commit of a blob":       {".git/refs/heads/main": []byte(notATreeID + "\n")},
		"a tree of odd names":      {".git/refs/heads/main": []byte(oddID + "\n")},
		"a shallow history":        {".git/shallow": []byte(zeroID + "\nnot an id\n")},
		"a log of garbage":         {".git/logs/refs/stash": []byte("\x00\n\n a b\n")},
		"a mailmap, attributes":    {".mailmap": []byte("\x00"), ".gitattributes": []byte("* filter=x\n"), ".gitmodules": []byte("[submodule \"x\"]\n\tpath = ../..\n\turl = ext::sh -c touch\n")},
		"patterns without end":     {".gitignore": []byte(strings.Repeat("**/", 500) + "x\n" + strings.Repeat("*a", 400) + "\n")},
		"a commit that is its own parent can't be, but a tag can be": {".git/refs/tags/t": []byte(blobID + "\n")},
	} {
		t.Run(name, func(t *testing.T) {
			all := map[string][]byte{}
			for path, data := range objects {
				all[path] = data
			}
			for path, data := range files {
				all[path] = data
			}
			seen, err := observed(changed(base, all), everything)
			if err != nil && !isFinding(err) {
				t.Errorf("%v is no finding about the repository", err)
			}
			if err == nil && seen["head"] == nil {
				t.Errorf("observed %v", seen)
			}
		})
	}
}

// isFinding reports whether an error is about the repository, or leaves it to Git.
func isFinding(err error) bool {
	var finding *damage
	var obstacle *kit.Obstacle
	return errors.As(err, &finding) || errors.As(err, &obstacle) || plain.IsNotPlain(err)
}

// Whatever is in .git, the grader neither crashes nor blames itself.
func FuzzObserve(f *testing.F) {
	base := simple(f)
	for _, entry := range base {
		if strings.HasPrefix(entry.Path, ".git/") && entry.Mode.IsRegular() && !strings.Contains(entry.Path, "hooks") {
			f.Add(entry.Path, entry.Data)
		}
	}
	f.Add(".git/objects/pack/x.pack", packOf(1, packed(3, 1, zlibbed(f, "x"))))
	f.Fuzz(func(t *testing.T, path string, data []byte) {
		if !fs.ValidPath(path) {
			return
		}
		hung := time.AfterFunc(30*time.Second, func() { panic(fmt.Sprintf("%s: %q takes for ever", path, data)) })
		defer hung.Stop()
		_, err := observed(changed(base, map[string][]byte{path: data}), everything)
		if err != nil && !isFinding(err) {
			t.Errorf("%s: %v is no finding about the repository", path, err)
		}
	})
}

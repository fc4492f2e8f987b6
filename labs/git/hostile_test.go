package git

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"endstate/labs"
)

// everything asks for all that a look can.
var everything = Look{
	History: []string{"main", "HEAD", "HEAD~3", "main@{1}", "refs/heads/../../x", "--all", ":/x", ""},
	Trees:   []string{"main", "work", "HEAD^2"}, Files: []string{"main:a", "work:a", "HEAD:../a", "work:../../etc/passwd", "main:/etc/passwd"},
}

// change replaces, adds or, with nil, removes files of a copy.
func change(entries []labs.Entry, files map[string][]byte) []labs.Entry {
	var changed []labs.Entry
	for _, entry := range entries {
		if _, ok := files[entry.Path]; !ok {
			changed = append(changed, entry)
		}
	}
	for path, data := range files {
		if data != nil {
			changed = append(changed, labs.Entry{Path: path, Mode: 0o644, Data: data})
		}
	}
	return changed
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

// loose is an object's file: its path and its data.
func loose(t testing.TB, kind, content string) (path string, data []byte, id string) {
	t.Helper()
	whole := fmt.Sprintf("%s %d\x00%s", kind, len(content), content)
	id = fmt.Sprintf("%x", sha1.Sum([]byte(whole)))
	return ".git/objects/" + id[:2] + "/" + id[2:], zlibbed(t, whole), id
}

// packOf is a pack of raw objects, each a header and compressed data.
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

// packed is an object of a pack that claims a size.
func packed(kind byte, size uint64, data []byte) []byte {
	first, rest := kind<<4|byte(size&15), size>>4
	var out []byte
	for ; rest > 0; rest >>= 7 {
		out = append(out, first|0x80)
		first = byte(rest & 0x7f)
	}
	return append(append(out, first), data...)
}

func simple(t testing.TB) []labs.Entry {
	t.Helper()
	p := newPlace(t)
	p.commit("a", "1\n")
	p.commit("a", "2\n")
	return p.entries()
}

const zeroID = "0000000000000000000000000000000000000000"

// What a learner could make of a repository to fool or to harm the grader is a
// finding with a reason, and never more.
func TestHostileRepositories(t *testing.T) {
	bomb := strings.Repeat("\x00", maxObject+1)
	delta := func(data string) []byte {
		return append(packed(7, uint64(len(data)), bytes.Repeat([]byte{1}, 20)), zlibbed(t, data)...)
	}
	cases := map[string]struct {
		files  map[string][]byte
		reason string // of the refusal
	}{
		"a .git that points elsewhere":  {map[string][]byte{".git": []byte("gitdir: /etc\n")}, "points elsewhere"},
		"a bomb of a loose object":      {map[string][]byte{".git/objects/ab/" + strings.Repeat("c", 38): zlibbed(t, "blob 1\x00"+bomb)}, "larger than"},
		"a bomb in a pack":              {map[string][]byte{".git/objects/pack/x.pack": packOf(1, packed(3, maxObject+1, zlibbed(t, bomb)))}, "larger than"},
		"a pack that lies about sizes":  {map[string][]byte{".git/objects/pack/x.pack": packOf(1, packed(3, 10, zlibbed(t, bomb)))}, "damaged"},
		"a pack that claims billions":   {map[string][]byte{".git/objects/pack/x.pack": packOf(4_000_000_000)}, "larger than"},
		"a pack that is cut off":        {map[string][]byte{".git/objects/pack/x.pack": packOf(2, packed(3, 1, zlibbed(t, "x")))}, "damaged"},
		"no pack":                       {map[string][]byte{".git/objects/pack/x.pack": []byte("PACK?")}, "damaged"},
		"a delta without its base":      {map[string][]byte{".git/objects/pack/x.pack": packOf(1, delta("\x01\x01\x01x"))}, "damaged"},
		"a delta that claims 1 TB":      {map[string][]byte{".git/objects/pack/x.pack": packOf(1, delta("\x01\x80\x80\x80\x80\x80\x20\x01x"))}, "larger than"},
		"a delta that is empty":         {map[string][]byte{".git/objects/pack/x.pack": packOf(1, delta(""))}, "larger than"},
		"an index that claims billions": {map[string][]byte{".git/index": []byte("DIRC\x00\x00\x00\x02\xff\xff\xff\xff" + strings.Repeat("x", 200))}, "index"},
		"an index that is cut off":      {map[string][]byte{".git/index": []byte("DIRC")}, "index"},
		"an index of version 4, large":  {map[string][]byte{".git/index": append([]byte("DIRC\x00\x00\x00\x04\x00\xff\xff\xff"), make([]byte, maxIndex4)...)}, "version 4"},
		"an index of a version to come": {map[string][]byte{".git/index": []byte("DIRC\x00\x00\x00\x09\x00\x00\x00\x00" + strings.Repeat("x", 40))}, "index"},
		"no configuration to be read":   {map[string][]byte{".git/config": []byte("[core\n\x00\xff")}, "can't be read|damaged|config"},
		"nothing":                       {map[string][]byte{".git/HEAD": nil, ".git/config": nil}, ""},
	}
	base := simple(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			entries := change(base, c.files)
			if name == "a .git that points elsewhere" {
				entries = append(change(nil, c.files), labs.Entry{Path: ".", Mode: fs.ModeDir | 0o755})
			}
			_, err := observed(entries, everything)
			var finding *damage
			if !errors.As(err, &finding) {
				t.Fatalf("got %v, want a finding about the repository", err)
			}
			hit := false
			for _, reason := range strings.Split(c.reason, "|") {
				hit = hit || strings.Contains(finding.reason, reason)
			}
			if !hit {
				t.Errorf("reason %q, want %q", finding.reason, c.reason)
			}
		})
	}
}

// What leads out of the copy, would run something, or is odd, changes nothing of
// what is seen.
func TestOdditiesChangeNothing(t *testing.T) {
	p := newPlace(t)
	p.commit("a", "1\n")
	first := p.git("rev-parse", "HEAD")
	p.commit("a", "2\n")
	base := p.entries()
	look := Look{History: []string{"main"}, Trees: []string{"main", "work"}, Files: []string{"main:a"}}
	want, err := observed(base, look)
	if err != nil {
		t.Fatal(err)
	}
	trap := filepath.Join(t.TempDir(), "trap")
	command := []byte("#!/bin/sh\ntouch " + trap + "\n")
	config := func(text string) map[string][]byte {
		data, err := os.ReadFile(filepath.Join(p.dir, ".git/config"))
		if err != nil {
			t.Fatal(err)
		}
		return map[string][]byte{".git/config": append(data, text...)}
	}
	for name, files := range map[string]map[string][]byte{
		"alternates outside":           {".git/objects/info/alternates": []byte("/var/lib/other/objects\n../../../../etc\n")},
		"http alternates":              {".git/objects/info/http-alternates": []byte("http://203.0.113.1/x\n")},
		"hooks":                        {".git/hooks/post-checkout": command, ".git/hooks/fsmonitor-watchman": command, ".git/hooks/pre-commit": command},
		"a monitor that runs":          config("[core]\n\tfsmonitor = " + trap + "\n"),
		"filters that run":             config("[filter \"x\"]\n\tclean = touch " + trap + "\n\tsmudge = touch " + trap + "\n\tprocess = touch " + trap + "\n"),
		"a diff that runs":             config("[diff]\n\texternal = touch " + trap + "\n[diff \"x\"]\n\ttextconv = touch " + trap + "\n"),
		"an include":                   config("[include]\n\tpath = /etc/passwd\n[includeIf \"gitdir:/\"]\n\tpath = /etc/passwd\n"),
		"a work tree elsewhere":        config("[core]\n\tworktree = /etc\n"),
		"hooks elsewhere":              config("[core]\n\thooksPath = /etc\n\tsshCommand = touch " + trap + "\n"),
		"a link to other trees":        {".git/commondir": []byte("/etc\n")},
		"grafts":                       {".git/info/grafts": []byte(first + " " + first + "\n")},
		"a replaced commit":            {".git/refs/replace/" + first: []byte(zeroID + "\n")},
		"objects under a false name":   {".git/objects/" + first[:2] + "/" + first[2:]: zlibbed(t, "blob 3\x00bad")},
		"what is no object":            {".git/objects/ab/" + strings.Repeat("d", 38): []byte("not zlib"), ".git/objects/info/packs": []byte("P x")},
		"an index of a pack that lies": {".git/objects/pack/pack-x.idx": []byte("\xfftOc\x00\x00\x00\x02" + strings.Repeat("\xff", 1024))},
	} {
		t.Run(name, func(t *testing.T) {
			entries := change(base, files)
			if name == "objects under a false name" {
				entries = append(base, labs.Entry{Path: ".git/objects/ff/" + first[2:], Mode: 0o444, Data: zlibbed(t, "commit 3\x00bad")})
			}
			got, err := observed(entries, look)
			if err != nil {
				t.Fatal(err)
			}
			delete(got, "refs") // the replacing ref is among them
			if diff := cmp.Diff(without(want, "refs"), got); diff != "" {
				t.Errorf("observed (-before +after):\n%s", diff)
			}
			if _, err := os.Stat(trap); err == nil {
				t.Error("something of the repository was run")
			}
		})
	}
}

func without(m map[string]any, key string) map[string]any {
	left := map[string]any{}
	for k, v := range m {
		if k != key {
			left[k] = v
		}
	}
	return left
}

// Odd refs, histories and trees end in a finding or in what is there, and end.
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
			seen, err := observed(change(base, all), everything)
			var finding *damage
			if err != nil && !errors.As(err, &finding) {
				t.Errorf("%v is no finding about the repository", err)
			}
			if err == nil && seen["head"] == nil {
				t.Errorf("observed %v", seen)
			}
		})
	}
}

// Kinds of repositories that the library can't read are said to be so.
func TestKindsThatCantBeRead(t *testing.T) {
	for name, args := range map[string][]string{
		"sha256":      {"init", "--quiet", "--object-format=sha256", "."},
		"split index": {"init", "--quiet", "."},
	} {
		t.Run(name, func(t *testing.T) {
			p := place{t, t.TempDir()}
			p.git(args...)
			p.commit("a", "1\n")
			if name == "split index" {
				p.git("update-index", "--split-index")
			}
			_, err := p.observe(Look{Path: "/home/learner/x"})
			var finding *damage
			if !errors.As(err, &finding) || finding.reason == "" {
				t.Errorf("got %v, want a finding with a reason", err)
			}
		})
	}
}

// Whatever lies in .git, the grader neither dies nor reports itself at fault.
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
		_, err := observed(change(base, map[string][]byte{path: data}), everything)
		var finding *damage
		if err != nil && !errors.As(err, &finding) {
			t.Errorf("%s: %v is no finding about the repository", path, err)
		}
	})
}

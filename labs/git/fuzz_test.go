package git

import (
	"bytes"
	"context"
	"crypto/sha1"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/memory"

	"endstate/labs/git/plain"
	"endstate/labs/kit"
)

// bounded fails if reading takes more than five seconds or 256 MB.
func bounded(t *testing.T, read func()) {
	t.Helper()
	hung := time.AfterFunc(5*time.Second, func() { panic(fmt.Sprintf("%s takes for ever", t.Name())) })
	defer hung.Stop()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read()
	runtime.ReadMemStats(&after)
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 256 {
		t.Errorf("it took %d MB", mb)
	}
}

// summed returns data followed by its SHA-1, as in indexes and packs.
func summed(data []byte) []byte {
	sum := sha1.Sum(data)
	return append(data[:len(data):len(data)], sum[:]...)
}

// Any index is either read or left to Git.
func FuzzIndex(f *testing.F) {
	for _, entry := range simple(f) {
		if entry.Path == ".git/index" {
			f.Add(entry.Data[:len(entry.Data)-sha1.Size])
		}
	}
	f.Add([]byte("DIRC\x00\x00\x00\x03\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		bounded(t, func() {
			if _, err := plain.Index(summed(data)); err != nil && !plain.IsNotPlain(err) {
				t.Error(err)
			}
		})
	})
}

// Any pack is either read or left to Git.
func FuzzPack(f *testing.F) {
	p := newPlace(f)
	for i := range 4 {
		p.commit("a", strings.Repeat(fmt.Sprintf("line %d\n", i), 20))
	}
	p.git("gc", "--quiet")
	for _, entry := range p.entries() {
		if strings.HasSuffix(entry.Path, ".pack") {
			f.Add(entry.Data[:len(entry.Data)-sha1.Size])
		}
	}
	whole := packOf(2, packed(3, 1, zlibbed(f, "x")), packed(7, 4, append(bytes.Repeat([]byte{1}, 20), zlibbed(f, "\x01\x01\x01x")...)))
	f.Add(whole[:len(whole)-sha1.Size])
	f.Fuzz(func(t *testing.T, data []byte) {
		name := ".git/objects/pack/pack-" + zeroID
		entries := []kit.Entry{{Path: name + ".pack", Mode: 0o444, Data: summed(data)}, {Path: name + ".idx", Mode: 0o444}}
		bounded(t, func() {
			defer func() { _ = recover() }() // as plain does
			if _, err := plain.Objects(context.Background(), entries, kit.NewBudget("It", kit.ObjectLimits)); err != nil && !isFinding(err) {
				t.Error(err)
			}
		})
	})
}

// Any refs are either read or left to Git.
func FuzzRefs(f *testing.F) {
	base := simple(f)
	tip := ""
	for _, entry := range base {
		if entry.Path == ".git/refs/heads/main" {
			tip = strings.TrimSpace(string(entry.Data))
		}
	}
	f.Add("# pack-refs with: peeled fully-peeled sorted \n"+tip+" refs/tags/v1\n^"+tip+"\n", "ref: refs/heads/main\n", "refs/heads/x", tip+"\n", tip+" "+tip+" A <a@b> 1 +0000\tWIP\n")
	f.Add("", tip, "HEAD", "ref: refs/heads/HEAD\n", "")
	f.Fuzz(func(t *testing.T, packed, head, name, id, log string) {
		files := map[string][]byte{
			".git/packed-refs": []byte(packed), ".git/HEAD": []byte(head), ".git/refs/" + name: []byte(id), ".git/logs/refs/stash": []byte(log), ".git/refs/stash": []byte(id),
		}
		bounded(t, func() {
			if _, err := observed(changed(base, files), everything); err != nil && !isFinding(err) {
				t.Error(err)
			}
		})
	})
}

// Anything in place of Git's answers is either read or refused.
func FuzzAnswers(f *testing.F) {
	id := strings.Repeat("ab", 20)
	long := strings.Repeat("cd", 32)
	f.Add([]byte("remotes 0\nhead 15\nrefs/heads/main" + "refs 56\n" + id + " refs/heads/main\nstatus 5\n?? a\x00stashes 0\nwork 0\nobjects 0\n" + id + " blob 1\nx\nend\n"))
	f.Add([]byte("head 65\n" + long + "\nrefs 0\nobjects 0\n" + long + " commit 71\ntree " + long + "\n\n\n" + long + " tree 42\n100644 a\x00" + strings.Repeat("\xcd", 32) + "\nend\n"))
	f.Add([]byte("failed 3\nbad"))
	f.Fuzz(func(t *testing.T, data []byte) {
		bounded(t, func() {
			a := &answers{
				ctx: context.Background(), budget: kit.NewBudget("It", kit.ObjectLimits), records: map[string][]byte{},
				objects: memory.NewStorage(), long: map[plumbing.Hash]string{},
			}
			if a.read(bytes.NewReader(data)) != nil || !a.ended || a.refusal(copied{}, kit.FreshResult{}) != nil {
				return
			}
			if r, err := a.repository(copied{path: "/x"}); err == nil {
				_, _ = r.observe(&everything)
			}
		})
	})
}

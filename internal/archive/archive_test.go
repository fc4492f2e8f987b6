package archive

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tarOf returns an archive of entries.
func tarOf(t *testing.T, entries ...tar.Header) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, entry := range entries {
		if entry.Typeflag == tar.TypeReg {
			entry.Size = int64(len("content"))
		}
		err := w.WriteHeader(&entry)
		if err == nil && entry.Typeflag == tar.TypeReg {
			_, err = io.WriteString(w, "content")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &out
}

var (
	top    = tar.Header{Typeflag: tar.TypeDir, Name: "./", Mode: 0o755}
	folder = tar.Header{Typeflag: tar.TypeDir, Name: "./sub/", Mode: 0o755}
	file   = tar.Header{Typeflag: tar.TypeReg, Name: "./sub/run", Mode: 0o4755}
)

// listed returns everything below a folder: names, kinds and permissions.
func listed(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		info, err := entry.Info()
		inside, _ := filepath.Rel(dir, name)
		all = append(all, inside+" "+info.Mode().String())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Whatever an archive holds, nothing is written outside the folder, and no link leads out of it.
func TestHostileArchives(t *testing.T) {
	for name, entries := range map[string][]tar.Header{
		"a path upwards":         {top, {Typeflag: tar.TypeReg, Name: "../escaped", Mode: 0o644}},
		"an absolute path":       {top, {Typeflag: tar.TypeReg, Name: "/tmp/escaped-from-archive", Mode: 0o644}},
		"a path upwards, inside": {top, {Typeflag: tar.TypeReg, Name: "sub/../../escaped", Mode: 0o644}},
		"an absolute link":       {top, {Typeflag: tar.TypeSymlink, Name: "./link", Linkname: "/etc/passwd"}},
		"a link upwards":         {top, {Typeflag: tar.TypeSymlink, Name: "./sub/link", Linkname: "../../secret"}},
		"a hard link":            {top, {Typeflag: tar.TypeLink, Name: "./link", Linkname: "../secret"}},
		"a pipe":                 {top, {Typeflag: tar.TypeFifo, Name: "./pipe"}},
		"a device":               {top, {Typeflag: tar.TypeChar, Name: "./null", Devmajor: 1, Devminor: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			outside := t.TempDir()
			if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
				t.Fatal(err)
			}
			left, err := Unpack(tarOf(t, append(entries, folder, file)...), Place{To: filepath.Join(outside, "into"), Name: "x"})
			if err != nil || len(left) != 1 {
				t.Errorf("left out are %q, %v", left, err)
			}
			want := []string{"into drwxr-xr-x", "into/sub drwxr-xr-x", "into/sub/run -rwxr-xr-x", "secret -rw-------"}
			if got := listed(t, outside); !slices.Equal(got, want) {
				t.Errorf("there is %q, want %q", got, want)
			}
		})
	}
	if _, err := os.Lstat("/tmp/escaped-from-archive"); err == nil {
		t.Error("a file was written to an absolute path")
	}
}

// Nothing is written through links that are already there, or that the archive made.
func TestUnpackWritesThroughNoLink(t *testing.T) {
	outside := t.TempDir()
	into, secret := filepath.Join(outside, "into"), filepath.Join(outside, "secret")
	for _, err := range []error{
		os.Mkdir(into, 0o755), os.WriteFile(secret, []byte("secret"), 0o600),
		os.Symlink(secret, filepath.Join(into, "run")), os.Symlink(outside, filepath.Join(into, "sub")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Unpack(tarOf(t, top, tar.Header{Typeflag: tar.TypeReg, Name: "./run", Mode: 0o644}), Place{To: into, Name: "."}); err != nil {
		t.Error(err)
	}
	if _, err := Unpack(tarOf(t, top, tar.Header{Typeflag: tar.TypeReg, Name: "./sub/secret", Mode: 0o644}), Place{To: into, Name: "."}); err == nil {
		t.Error("a file is written through a link to a folder outside")
	}
	if text, err := os.ReadFile(secret); err != nil || string(text) != "secret" {
		t.Errorf("the file outside is %q, %v", text, err)
	}
	if text, err := os.ReadFile(filepath.Join(into, "run")); err != nil || string(text) != "content" {
		t.Errorf("the file is %q, %v", text, err)
	}
}

func TestWhereItIsUnpacked(t *testing.T) {
	single := tar.Header{Typeflag: tar.TypeReg, Name: "./a.txt", Mode: 0o644}
	for name, test := range map[string]struct {
		to    string
		as    string
		first tar.Header
		want  string
	}{
		"a file into a folder":      {"here", "a.txt", single, "here/a.txt"},
		"a file under a new name":   {"here/b.txt", "a.txt", single, "here/b.txt"},
		"a file over another":       {"here/old", "a.txt", single, "here/old"},
		"a file into a new folder":  {"new/", "a.txt", single, "new/a.txt"},
		"a folder into a folder":    {"here", "dir", top, "here/dir/sub/run"},
		"a folder under a new name": {"new", "dir", top, "new/sub/run"},
		"a folder's content":        {"here", ".", top, "here/sub/run"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := errors.Join(os.Mkdir("here", 0o755), os.WriteFile("here/old", []byte("old"), 0o600)); err != nil {
				t.Fatal(err)
			}
			entries := []tar.Header{test.first}
			if test.first.Typeflag == tar.TypeDir {
				entries = append(entries, folder, file)
			}
			if left, err := Unpack(tarOf(t, entries...), Place{To: test.to, Name: test.as}); err != nil || len(left) > 0 {
				t.Errorf("%q, %v", left, err)
			}
			if text, err := os.ReadFile(test.want); err != nil || string(text) != "content" {
				t.Errorf("%s is %q, %v", test.want, text, err)
			}
		})
	}
}

// A folder comes through packing and unpacking as it was, with its links, but not with what can't
// be copied.
func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	from := filepath.Join(dir, "from")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(from, "sub", "empty"), 0o755), os.WriteFile(filepath.Join(from, "sub", "run"), []byte("#!/bin/sh"), 0o755),
		os.WriteFile(filepath.Join(from, "-odd\nname"), nil, 0o600), os.Symlink("sub/run", filepath.Join(from, "link")), os.Symlink("from", filepath.Join(dir, "alias")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var packed bytes.Buffer
	if err := errors.Join(Measure(filepath.Join(dir, "alias")), Pack(&packed, filepath.Join(dir, "alias"), "as")); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "to")
	if left, err := Unpack(&packed, Place{To: to}); err != nil || len(left) > 0 {
		t.Fatalf("%q, %v", left, err)
	}
	if got, want := listed(t, filepath.Join(to, "as")), listed(t, from); !slices.Equal(got, want) {
		t.Errorf("%q became %q", want, got)
	}
}

func TestLimits(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large")
	if err := errors.Join(os.WriteFile(large, nil, 0o600), os.Truncate(large, MaxBytes+1)); err != nil {
		t.Fatal(err)
	}
	if err := Measure(large); !errors.Is(err, ErrTooLarge) {
		t.Errorf("measure: %v", err)
	}
	if err := Pack(io.Discard, large, "large"); !errors.Is(err, ErrTooLarge) {
		t.Errorf("pack: %v", err)
	}
	// The header alone claims the size, so nothing is written.
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "a", Size: MaxBytes + 1}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := Unpack(&out, Place{To: dir, Name: "a"}); !errors.Is(err, ErrTooLarge) || len(listed(t, dir)) > 0 {
		t.Errorf("unpack: %v, %q", err, listed(t, dir))
	}
	many := make([]tar.Header, MaxEntries+1)
	for i := range many {
		many[i] = tar.Header{Typeflag: tar.TypeFifo, Name: "./p"}
	}
	if _, err := Unpack(tarOf(t, append([]tar.Header{top}, many...)...), Place{To: dir, Name: "x"}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("unpack many: %v", err)
	}
	for _, text := range []string{"", "no archive", strings.Repeat("x", 1024)} {
		if _, err := Unpack(strings.NewReader(text), Place{To: dir, Name: "x"}); err == nil {
			t.Errorf("%.10q is an archive", text)
		}
	}
}

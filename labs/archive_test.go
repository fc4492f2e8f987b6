package labs

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func file(name, content string) tar.Header {
	return tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content)), PAXRecords: map[string]string{"TEST.content": content}}
}

func folder(name string) tar.Header {
	return tar.Header{Name: name, Typeflag: tar.TypeDir, Mode: 0o755}
}

// pack writes the headers as an archive; a file's content stands in its records.
func pack(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, header := range headers {
		content := header.PAXRecords["TEST.content"]
		header.PAXRecords = nil
		if err := w.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReadArchive(t *testing.T) {
	archive := pack(
		t, folder("shop/"), file("shop/a.txt", "one"), folder("shop/sub/"),
		tar.Header{Name: "shop/run", Typeflag: tar.TypeReg, Mode: 0o755},
		tar.Header{Name: "shop/sub/link", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd", Mode: 0o777},
		tar.Header{Name: "shop/sub/same", Typeflag: tar.TypeLink, Linkname: "shop/a.txt", Mode: 0o644},
		file("shop/caf\xe9\t\n", "two"),
	)
	entries, err := ReadArchive(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{
		{Path: ".", Mode: fs.ModeDir | 0o755},
		{Path: "a.txt", Mode: 0o644, Data: []byte("one")},
		{Path: "sub", Mode: fs.ModeDir | 0o755},
		{Path: "run", Mode: 0o755, Data: []byte{}},
		{Path: "sub/link", Mode: fs.ModeSymlink | 0o777, Link: "/etc/passwd"},
		{Path: "sub/same", Mode: 0o644, Data: []byte("one")},
		{Path: "caf\xe9\t\n", Mode: 0o644, Data: []byte("two")},
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func TestReadArchiveOfOneFile(t *testing.T) {
	entries, err := ReadArchive(bytes.NewReader(pack(t, file("answer.txt", "42"))))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Entry{{Path: ".", Mode: 0o644, Data: []byte("42")}}, entries); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

// What a learner may have made to do harm is refused, with the reason.
func TestReadArchiveRefuses(t *testing.T) {
	of := func(typeflag byte) tar.Header { return tar.Header{Name: "shop/x", Typeflag: typeflag, Mode: 0o644} }
	link := func(target string) tar.Header {
		return tar.Header{Name: "shop/x", Typeflag: tar.TypeLink, Linkname: target}
	}
	cases := map[string]struct {
		headers []tar.Header
		reason  string
	}{
		"a name with ..":           {[]tar.Header{file("shop/../etc/passwd", "")}, "points elsewhere"},
		"only ..":                  {[]tar.Header{file("shop/..", "")}, "points elsewhere"},
		"an absolute name":         {[]tar.Header{file("/etc/passwd", "")}, "points elsewhere"},
		"another root":             {[]tar.Header{file("etc/passwd", "")}, "points elsewhere"},
		"a root that only begins":  {[]tar.Header{file("shopping/list", "")}, "points elsewhere"},
		"an empty part":            {[]tar.Header{file("shop//x", "")}, "points elsewhere"},
		"a hard link out":          {[]tar.Header{link("/etc/passwd")}, "points elsewhere"},
		"a hard link up":           {[]tar.Header{link("shop/../../etc/passwd")}, "points elsewhere"},
		"a hard link to nothing":   {[]tar.Header{link("shop/nothing")}, "link to nothing"},
		"a hard link to a folder":  {[]tar.Header{folder("shop/sub/"), link("shop/sub")}, "link to nothing"},
		"a hard link to itself":    {[]tar.Header{link("shop/x")}, "link to nothing"},
		"a block device":           {[]tar.Header{of(tar.TypeBlock)}, "neither a file"},
		"a character device":       {[]tar.Header{of(tar.TypeChar)}, "neither a file"},
		"a pipe":                   {[]tar.Header{of(tar.TypeFifo)}, "neither a file"},
		"the same name twice":      {[]tar.Header{file("shop/x", "a"), file("shop/x", "b")}, "twice"},
		"a folder and a file":      {[]tar.Header{folder("shop/x/"), file("shop/x", "b")}, "twice"},
		"a name that never ends":   {[]tar.Header{file("shop/"+strings.Repeat("long", 400), "")}, "too long"},
		"folders that never end":   {[]tar.Header{folder("shop" + strings.Repeat("/d", 200))}, "too long"},
		"a file over the limit":    {[]tar.Header{file("shop/x", strings.Repeat("x", maxFile+1))}, "larger than"},
		"files over the limit":     {slices5(maxFile - 1), "larger than"},
		"more than it may hold":    {many(maxEntries+1, tar.TypeReg), "more than"},
		"links more than may hold": {many(maxEntries+1, tar.TypeSymlink), "more than"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			archive := pack(t, append([]tar.Header{folder("shop/")}, c.headers...)...)
			entries, err := ReadArchive(bytes.NewReader(archive))
			var refused *refusal
			if !errors.As(err, &refused) || !strings.Contains(refused.reason, c.reason) {
				t.Errorf("got %d entries and %v, want a refusal because %q", len(entries), err, c.reason)
			}
		})
	}
}

func slices5(size int) []tar.Header {
	var headers []tar.Header
	for _, name := range strings.Split("abcde", "") {
		headers = append(headers, file("shop/"+name, strings.Repeat("x", size)))
	}
	return headers
}

func many(n int, typeflag byte) []tar.Header {
	headers := make([]tar.Header, n)
	for i := range headers {
		headers[i] = tar.Header{Name: fmt.Sprintf("shop/f%d", i), Typeflag: typeflag, Mode: 0o644, Linkname: "."}
	}
	return headers
}

// counter counts what is read through it.
type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	return n, err
}

// Of a million entries no more are read than are allowed.
func TestReadArchiveOfAMillionEntries(t *testing.T) {
	reader, writer := io.Pipe()
	go func() {
		w := tar.NewWriter(writer)
		root := folder("shop/")
		err := w.WriteHeader(&root)
		for i := 0; err == nil && i < 1_000_000; i++ {
			err = w.WriteHeader(&tar.Header{Name: fmt.Sprintf("shop/f%d", i), Typeflag: tar.TypeReg})
		}
		_ = writer.CloseWithError(io.EOF)
	}()
	archive := &counter{Reader: reader}
	_, err := ReadArchive(archive)
	_ = reader.Close()
	var refused *refusal
	if !errors.As(err, &refused) {
		t.Errorf("got %v, want a refusal", err)
	}
	if headers := archive.n / 512; headers > maxEntries+100 {
		t.Errorf("read %d headers, though only %d entries are allowed", headers, maxEntries)
	}
}

// zeros never end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// A file that claims 1 TB is refused by what it claims, before any of it is read.
func TestReadArchiveOfATerabyte(t *testing.T) {
	var head bytes.Buffer
	w := tar.NewWriter(&head)
	root := folder("shop/")
	for _, header := range []*tar.Header{&root, {Name: "shop/huge", Typeflag: tar.TypeReg, Size: 1 << 40}} {
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
	}
	archive := &counter{Reader: io.MultiReader(&head, zeros{})}
	_, err := ReadArchive(archive)
	var refused *refusal
	if !errors.As(err, &refused) || !strings.Contains(refused.reason, "larger than") {
		t.Errorf("got %v, want a refusal because it is larger than allowed", err)
	}
	if archive.n > 64<<10 {
		t.Errorf("read %d bytes of a file that is refused", archive.n)
	}
}

// An archive that breaks off is an error of the copy, not a finding about the learner.
func TestReadArchiveCutOff(t *testing.T) {
	whole := pack(t, folder("shop/"), file("shop/a", strings.Repeat("content", 500)))
	for _, length := range []int{100, 512, 700, 1024, 1100, 2000} {
		entries, err := ReadArchive(bytes.NewReader(whole[:length]))
		var refused *refusal
		if errors.As(err, &refused) {
			t.Errorf("cut off at %d: refused as if the learner had made it so: %v", length, err)
		}
		if err == nil && length != 512 && length != 1024 {
			t.Errorf("cut off at %d: read as %d entries without an error", length, len(entries))
		}
	}
}

// Whatever comes, no path leads out of the copy and no limit is passed.
func FuzzReadArchive(f *testing.F) {
	f.Add(pack(f, folder("shop/"), file("shop/a", "one"), file("shop/../b", "two")))
	f.Add(pack(f, file("a", "one")))
	f.Add([]byte("not an archive"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := ReadArchive(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, entry := range entries {
			if entry.Path != path.Clean(entry.Path) || path.IsAbs(entry.Path) || strings.HasPrefix(entry.Path, "../") || len(entry.Path) > maxPath || len(entry.Data) > maxFile {
				t.Errorf("entry %q with %d bytes was let in", entry.Path, len(entry.Data))
			}
		}
	})
}

package site

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"endstate/labs"
	"endstate/labs/kit"

	"github.com/google/go-cmp/cmp"
)

func file(name, content string) tar.Header {
	return tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content)), PAXRecords: map[string]string{"TEST.content": content}}
}

func folder(name string) tar.Header {
	return tar.Header{Name: name, Typeflag: tar.TypeDir, Mode: 0o755}
}

// pack writes the headers as an archive. The content of a file is in its PAX records.
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

// read reads an archive with the default limits.
func read(ctx context.Context, archive io.Reader) ([]kit.Entry, error) {
	return ReadArchive(ctx, archive, kit.NewBudget("`shop`", kit.FileLimits))
}

// refusal returns why an archive is refused as the learner's fault, or "" if it is not.
func refusal(err error) string {
	var refused *labs.Unreadable
	var obstacle *kit.Obstacle
	switch {
	case errors.As(err, &refused):
		return refused.Reason
	case errors.As(err, &obstacle):
		return obstacle.Message
	}
	return ""
}

func TestReadArchive(t *testing.T) {
	archive := pack(
		t, folder("shop/"), file("shop/a.txt", "one"), folder("shop/sub/"),
		tar.Header{Name: "shop/run", Typeflag: tar.TypeReg, Mode: 0o755},
		tar.Header{Name: "shop/sub/link", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd", Mode: 0o777},
		tar.Header{Name: "shop/sub/same", Typeflag: tar.TypeLink, Linkname: "shop/a.txt", Mode: 0o644},
		file("shop/caf\xe9\t\n", "two"),
		tar.Header{Name: "shop/pipe", Typeflag: tar.TypeFifo, Mode: 0o600},
	)
	entries, err := read(t.Context(), bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	want := []kit.Entry{
		{Path: ".", Mode: fs.ModeDir | 0o755},
		{Path: "a.txt", Mode: 0o644, Data: []byte("one")},
		{Path: "sub", Mode: fs.ModeDir | 0o755},
		{Path: "run", Mode: 0o755, Data: []byte{}},
		{Path: "sub/link", Mode: fs.ModeSymlink | 0o777, Link: "/etc/passwd"},
		{Path: "sub/same", Mode: 0o644, Data: []byte("one")},
		{Path: "caf\xe9\t\n", Mode: 0o644, Data: []byte("two")},
		{Path: "pipe", Mode: fs.ModeNamedPipe | 0o600},
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func TestReadArchiveOfOneFile(t *testing.T) {
	entries, err := read(t.Context(), bytes.NewReader(pack(t, file("answer.txt", "42"))))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]kit.Entry{{Path: ".", Mode: 0o644, Data: []byte("42")}}, entries); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

// What a learner may have made to do harm is refused with the reason.
func TestReadArchiveRefuses(t *testing.T) {
	of := func(typeflag byte) tar.Header { return tar.Header{Name: "shop/x", Typeflag: typeflag, Mode: 0o644} }
	link := func(target string) tar.Header {
		return tar.Header{Name: "shop/x", Typeflag: tar.TypeLink, Linkname: target}
	}
	cases := map[string]struct {
		headers []tar.Header
		reason  string
	}{
		"a name with ..":          {[]tar.Header{file("shop/../etc/passwd", "")}, "leads out of it"},
		"only ..":                 {[]tar.Header{file("shop/..", "")}, "leads out of it"},
		"an absolute name":        {[]tar.Header{file("/etc/passwd", "")}, "leads out of it"},
		"another root":            {[]tar.Header{file("etc/passwd", "")}, "leads out of it"},
		"only a prefix of a root": {[]tar.Header{file("shopping/list", "")}, "leads out of it"},
		"an empty part":           {[]tar.Header{file("shop//x", "")}, "leads out of it"},
		"a hard link out":         {[]tar.Header{link("/etc/passwd")}, "leads out of it"},
		"a hard link up":          {[]tar.Header{link("shop/../../etc/passwd")}, "leads out of it"},
		"a hard link to nothing":  {[]tar.Header{link("shop/nothing")}, "is missing"},
		"a hard link to a folder": {[]tar.Header{folder("shop/sub/"), link("shop/sub")}, "is missing"},
		"a hard link to itself":   {[]tar.Header{link("shop/x")}, "is missing"},
		"a block device":          {[]tar.Header{of(tar.TypeBlock)}, "is not a file, a folder or a link"},
		"a character device":      {[]tar.Header{of(tar.TypeChar)}, "is not a file, a folder or a link"},
		"the same name twice":     {[]tar.Header{file("shop/x", "a"), file("shop/x", "b")}, "twice"},
		"a folder and a file":     {[]tar.Header{folder("shop/x/"), file("shop/x", "b")}, "twice"},
		"an endless name":         {[]tar.Header{file("shop/"+strings.Repeat("long", 400), "")}, "too long"},
		"endless folders":         {[]tar.Header{folder("shop" + strings.Repeat("/d", 200))}, "too long"},
		"a file over the limit":   {[]tar.Header{file("shop/x", strings.Repeat("x", int(kit.FileLimits.Item)+1))}, "larger than"},
		"files over the limit":    {slices5(int(kit.FileLimits.Item) - 1), "larger than"},
		"too many files":          {many(int(kit.FileLimits.Items)+1, tar.TypeReg), "more than"},
		"too many links":          {many(int(kit.FileLimits.Items)+1, tar.TypeSymlink), "more than"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			archive := pack(t, append([]tar.Header{folder("shop/")}, c.headers...)...)
			entries, err := read(t.Context(), bytes.NewReader(archive))
			if reason := refusal(err); reason == "" || !strings.Contains(reason, c.reason) {
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

// Reading a million entries stops at the limit.
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
	_, err := read(t.Context(), archive)
	_ = reader.Close()
	if refusal(err) == "" {
		t.Errorf("got %v, want a refusal", err)
	}
	if headers := archive.n / 512; headers > kit.FileLimits.Items+100 {
		t.Errorf("read %d headers, but only %d entries are allowed", headers, kit.FileLimits.Items)
	}
}

// Hard links share their content in memory, and each counts with its full size.
func TestReadArchiveOfHardLinks(t *testing.T) {
	linked := func(n, size int) []tar.Header {
		headers := []tar.Header{folder("shop/"), file("shop/a", strings.Repeat("x", size))}
		for i := range n {
			headers = append(headers, tar.Header{Name: fmt.Sprintf("shop/l%d", i), Typeflag: tar.TypeLink, Linkname: "shop/a"})
		}
		return headers
	}
	entries, err := read(t.Context(), bytes.NewReader(pack(t, linked(60, 1<<20)...)))
	if err != nil {
		t.Fatal(err)
	}
	if one, last := entries[1].Data, entries[61].Data; &one[0] != &last[0] {
		t.Error("hard links do not share their content")
	}
	_, err = read(t.Context(), bytes.NewReader(pack(t, linked(60, 31<<20)...)))
	if reason := refusal(err); !strings.Contains(reason, "larger than 64 MiB") {
		t.Errorf("60 links to 31 MB: got %v, want a refusal", err)
	}
}

// A canceled context stops the reading at once, even if the archive goes on.
func TestReadArchiveThatIsStopped(t *testing.T) {
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	headers := []tar.Header{folder("shop/")}
	for i := range 100 {
		headers = append(headers, file(fmt.Sprintf("shop/f%d", i), "content"))
	}
	archive := bytes.NewReader(pack(t, headers...))
	_, err := read(ctx, readerFunc(func(p []byte) (int, error) {
		if archive.Len() < 60_000 {
			cancel(stopped)
		}
		return archive.Read(p)
	}))
	if !errors.Is(err, stopped) || archive.Len() < 50_000 {
		t.Errorf("got %v with %d bytes left to read, want the reason of the stop", err, archive.Len())
	}
}

// Names may contain any bytes. Those that a terminal would obey are not shown.
func TestReadArchiveOfOddNames(t *testing.T) {
	entries, err := read(t.Context(), bytes.NewReader(pack(t, folder("shop/"), file("shop/caf\xe9\t\n", "one"))))
	if err != nil || entries[1].Path != "caf\xe9\t\n" {
		t.Errorf("got %v and %v", entries, err)
	}
	device := tar.Header{Name: "shop/\x1b]0;title\a\xff", Typeflag: tar.TypeChar}
	_, err = read(t.Context(), bytes.NewReader(pack(t, folder("shop/"), device)))
	if want := "`�]0;title��` is not a file, a folder or a link"; refusal(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// zeros is an endless stream of zeros.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// A file that claims 1 TB is refused for its claim, before any of it is read.
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
	_, err := read(t.Context(), archive)
	if !strings.Contains(refusal(err), "larger than") {
		t.Errorf("got %v, want a refusal because it is larger than allowed", err)
	}
	if archive.n > 64<<10 {
		t.Errorf("read %d bytes of a refused file", archive.n)
	}
}

// A truncated archive is an error of the copy and does not count against the learner.
func TestReadArchiveCutOff(t *testing.T) {
	whole := pack(t, folder("shop/"), file("shop/a", strings.Repeat("content", 500)))
	for _, length := range []int{100, 512, 700, 1024, 1100, 2000} {
		entries, err := read(t.Context(), bytes.NewReader(whole[:length]))
		if refusal(err) != "" {
			t.Errorf("cut off at %d: refused as if the learner had caused it: %v", length, err)
		}
		if !errors.Is(err, errTruncated) {
			t.Errorf("cut off at %d: got %d entries and error %v", length, len(entries), err)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

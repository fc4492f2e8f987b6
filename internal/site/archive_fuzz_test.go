package site

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"endstate/labs/kit"
)

// No input may cost a check more than this.
const (
	mostTime  = 5 * time.Second
	mostBytes = 256 << 20
)

// Whatever the input, no path leads out of the copy and no limit is exceeded.
func FuzzReadArchive(f *testing.F) {
	for _, archive := range hostileArchives(f) {
		f.Add(archive)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = withChecksums(data)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begun := time.Now()
		entries, err := read(t.Context(), bytes.NewReader(data))
		took := time.Since(begun)
		runtime.ReadMemStats(&after)
		if allocated := after.TotalAlloc - before.TotalAlloc; took > mostTime || allocated > mostBytes {
			t.Errorf("%d bytes took %v and %d MiB", len(data), took, allocated>>20)
		}
		if err == nil {
			withinLimits(t, entries)
		}
	})
}

func withinLimits(t *testing.T, entries []kit.Entry) {
	t.Helper()
	size := int64(0)
	for _, entry := range entries {
		if size += int64(len(entry.Data)); entry.Path != "." && !validPath(entry.Path) || len(entry.Path) > maxPath || int64(len(entry.Data)) > kit.FileLimits.Item {
			t.Errorf("entry %q with %d bytes was let in", entry.Path, len(entry.Data))
		}
	}
	if int64(len(entries)) > kit.FileLimits.Items || size > kit.FileLimits.Bytes {
		t.Errorf("%d entries with %d bytes were let in", len(entries), size)
	}
}

// withChecksums corrects the checksums of headers: otherwise no mutation would get past them.
func withChecksums(data []byte) []byte {
	data = bytes.Clone(data)
	for at := 0; at+512 <= len(data); at += 512 {
		header := data[at : at+512]
		if string(header[257:262]) != "ustar" {
			continue
		}
		copy(header[148:156], "        ")
		sum := 0
		for _, b := range header {
			sum += int(b)
		}
		copy(header[148:156], fmt.Sprintf("%06o\x00 ", sum))
	}
	return data
}

// hostileArchives returns small archives of every refused kind, and some valid ones.
func hostileArchives(t testing.TB) [][]byte {
	t.Helper()
	link := func(name, to string) tar.Header {
		return tar.Header{Name: name, Typeflag: tar.TypeLink, Linkname: to}
	}
	long := strings.Repeat("long/", 60) + "end"
	return [][]byte{
		pack(t, folder("shop/"), file("shop/a", "one"), link("shop/b", "shop/a"), link("shop/c", "shop/b")),
		pack(t, folder("shop/"), file("shop/../b", "two")),
		pack(t, folder("shop/"), file("shop/"+long, "far"), link("shop/x", "shop/"+long)),
		pack(t, folder("shop/"), tar.Header{Name: "shop/l", Typeflag: tar.TypeSymlink, Linkname: long}),
		pack(t, folder("shop/"), tar.Header{Name: "shop/\xff", Typeflag: tar.TypeReg, Format: tar.FormatGNU}),
		pack(t, file("a", "one"))[:1024],
		sparse(t),
		[]byte("not an archive"),
	}
}

// sparse returns an archive of a few bytes that represents a file of a terabyte.
func sparse(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	records := map[string]string{"major": "0", "minor": "1", "numblocks": "1", "map": "1099511627776,0", "size": "1099511627776"}
	header := &tar.Header{Name: "shop/s", Typeflag: tar.TypeReg, PAXRecords: map[string]string{}}
	for key, value := range records {
		header.PAXRecords["END.sparse."+key] = value // the writer rejects the real prefix
	}
	root := folder("shop/")
	if err := errors.Join(w.WriteHeader(&root), w.WriteHeader(header), w.Close()); err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(out.Bytes(), []byte("END.sparse"), []byte("GNU.sparse"))
}

// The size that the sparse file claims counts.
func TestReadArchiveOfASparseFile(t *testing.T) {
	_, err := read(t.Context(), bytes.NewReader(sparse(t)))
	if reason := refusal(err); !strings.Contains(reason, "larger than") {
		t.Errorf("got %v, want a refusal because it is larger than allowed", err)
	}
}

package registry_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"endstate/internal/images/registry"
)

// folder returns the archive of a folder with files.
func folder(t *testing.T, path string, files ...string) []byte {
	t.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	err := w.WriteHeader(&tar.Header{Name: path + "/", Typeflag: tar.TypeDir, Mode: 0o750, Uid: 999})
	for _, name := range files {
		if err == nil {
			err = w.WriteHeader(&tar.Header{Name: path + "/" + name, Mode: 0o640, Size: int64(len(name))})
		}
		if err == nil {
			_, err = io.WriteString(w, name)
		}
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

func TestReplacing(t *testing.T) {
	whole := registry.Replacing(bytes.NewReader(folder(t, "./var/lib/db", "a", "b")), "/var/lib/db")
	defer whole.Close()
	var names []string
	for files := tar.NewReader(whole); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, header.Name+"="+string(content))
	}
	want := []string{"./var/lib/db/=", "var/lib/db/.wh..wh..opq=", "./var/lib/db/a=a", "./var/lib/db/b=b"}
	if !slices.Equal(names, want) {
		t.Errorf("the layer has %v, want %v", names, want)
	}
	for archive, why := range map[string]string{
		string(folder(t, "var/lib/db", ".wh.a")):            "can't be in a layer",
		string(folder(t, "var/lib/other", "a")):             "has no folder /var/lib/db",
		string(folder(t, "var/lib/db", "a")[:1024]):         "unexpected EOF",
		string(layer(t, "var/lib/db", "a file, no folder")): "has no folder /var/lib/db",
	} {
		replacing := registry.Replacing(strings.NewReader(archive), "/var/lib/db")
		if _, err := io.Copy(io.Discard, replacing); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("got %v, want that it %s", err, why)
		}
		replacing.Close()
	}
	// tar may complete an archive and then say that it is not to be trusted.
	changed := errors.New("a file changed as it was read")
	replacing := registry.Replacing(io.MultiReader(bytes.NewReader(folder(t, "var/lib/db", "a")), failing{changed}), "/var/lib/db")
	defer replacing.Close()
	if _, err := io.Copy(io.Discard, replacing); !errors.Is(err, changed) {
		t.Errorf("an archive that ends with an error: %v", err)
	}
}

package assets

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAssets(t *testing.T) {
	files := fstest.MapFS{"README.md": {Data: []byte("placeholder")}}
	if of(files).Built() {
		t.Error("a placeholder counts as built")
	}
	for _, name := range needed {
		files[name] = &fstest.MapFile{Data: []byte("/* " + name + " */")}
	}
	a := of(files)
	if !a.Built() {
		t.Error("the files are there, but count as missing")
	}
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		a.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	script := get(a.Address("lab.js"))
	if script.Code != http.StatusOK || !strings.Contains(script.Header().Get("Cache-Control"), "immutable") || !strings.Contains(script.Header().Get("Content-Type"), "javascript") || script.Body.String() != "/* lab.js */" {
		t.Errorf("the script answers %d, %v: %s", script.Code, script.Header(), script.Body)
	}
	packed := httptest.NewRequest(http.MethodGet, a.Address("lab.js"), nil)
	packed.Header.Set("Accept-Encoding", "br, gzip")
	answer := httptest.NewRecorder()
	a.ServeHTTP(answer, packed)
	content, err := gzip.NewReader(answer.Body)
	if err != nil || answer.Header().Get("Content-Encoding") != "gzip" || answer.Header().Get("Content-Type") != script.Header().Get("Content-Type") {
		t.Fatalf("packed, the script has %v, %v", answer.Header(), err)
	}
	if text, err := io.ReadAll(content); err != nil || string(text) != "/* lab.js */" {
		t.Errorf("unpacked, the script is %q, %v", text, err)
	}
	for _, path := range []string{a.Address("none.js"), "/assets/lab.js", "/assets/0000/lab.js", a.Address("") + "/", a.Address("lab.js") + "/../../x"} {
		if w := get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
	files["lab.js"] = &fstest.MapFile{Data: []byte("changed")}
	if of(files).Address("lab.js") == a.Address("lab.js") {
		t.Error("changed files have the same address")
	}
}

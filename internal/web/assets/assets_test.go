package assets

import (
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

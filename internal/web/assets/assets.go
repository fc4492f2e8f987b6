// Package assets has the files that pages load: styles, scripts, the terminal. make build bundles them
// from src and from npm packages; without them, pages work, but have no terminals.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed dist
var built embed.FS

// Assets are files that a browser may keep as long as it likes: their addresses change with their
// content.
type Assets struct {
	files   fs.FS
	version string // of all files

	mu     sync.Mutex
	packed map[string][]byte // files with gzip, by name; each is packed when it is first asked for
}

// needed are the files that pages name.
var needed = []string{"page.css", "terminal.css", "lab.js", "exam.js", "replay.js", "class.js", "watch.js", "speech.js", "author.js", "icon.svg"}

// New returns the files that were built into the program.
func New() *Assets {
	files, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return of(files)
}

func of(files fs.FS) *Assets {
	hash := sha256.New()
	_ = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			content, _ := fs.ReadFile(files, name)
			hash.Write([]byte(name))
			hash.Write(content)
		}
		return nil
	})
	return &Assets{files: files, version: hex.EncodeToString(hash.Sum(nil)[:8]), packed: map[string][]byte{}}
}

// Built reports whether the files are there.
func (a *Assets) Built() bool {
	for _, name := range needed {
		if _, err := fs.Stat(a.files, name); err != nil {
			return false
		}
	}
	return true
}

// Address returns the address of a file.
func (a *Assets) Address(name string) string { return path.Join("/assets", a.version, name) }

// ServeHTTP serves the files below /assets.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, "/assets/"+a.version+"/")
	if !ok || !fs.ValidPath(name) {
		http.NotFound(w, r)
		return
	}
	if info, err := fs.Stat(a.files, name); err != nil || info.IsDir() {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Vary", "Accept-Encoding")
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		http.ServeFileFS(w, r, a.files, name)
		return
	}
	packed, err := a.pack(name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(packed))
}

// pack returns a file with gzip.
func (a *Assets) pack(name string) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if packed := a.packed[name]; packed != nil {
		return packed, nil
	}
	content, err := fs.ReadFile(a.files, name)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	_, _ = w.Write(content) // to memory
	_ = w.Close()
	a.packed[name] = packed.Bytes()
	return a.packed[name], nil
}

// Package file provides a probe that looks at files, in a copy of them.
package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path"
	"unicode/utf8"

	"endstate/labs"
	"endstate/labs/kit"
)

// Family returns the family of the file probe. It has no images of its own.
func Family() kit.Family {
	return kit.Family{Name: "file", Probes: []kit.Probe{{Name: "file", New: func() kit.Look { return &Look{} }}}}
}

// Look looks at a file, or at all files of a folder, and observes a map from path to:
//
//	kind     file, folder or link
//	size     bytes
//	digest   SHA-256 of the content
//	link     the target of a link
//	mode     permissions, such as 0644; only with mode
//	text     the content; only with text, and if it is text of at most 64 KiB
//
// The path of the file or folder itself is `"."`. If it does not exist, the map is empty. Two
// files are equal if they have the same kind and content, so `files == facts.dump` holds for
// a file even after it was write-protected.
type Look struct {
	// The file or folder, absolute.
	Path string `yaml:"path"`
	// The host of the file; the workspace by default.
	Host string `yaml:"host,omitempty"`
	// Observe the content too.
	Text bool `yaml:"text,omitempty"`
	// Observe the permissions too. Use it only if the task mentions them.
	Mode bool `yaml:"mode,omitempty"`
}

const maxText = 64 << 10

// Variable returns the name of the observation in expectations.
func (l *Look) Variable() string { return "files" }

// SetShorthand sets the path.
func (l *Look) SetShorthand(text string) { l.Path = text }

// Validate returns an error if the fields make no sense.
func (l *Look) Validate() error {
	if !path.IsAbs(l.Path) {
		return errors.New("path must be absolute")
	}
	return nil
}

// Observe copies the files out of the host and describes them.
func (l *Look) Observe(ctx context.Context, site kit.Site) (any, error) {
	host, err := kit.HostOf(site, l.Host)
	if err != nil {
		return nil, err
	}
	files := map[string]any{}
	entries, err := site.Files(ctx, host, l.Path)
	if errors.Is(err, labs.ErrNotFound) {
		return files, nil
	}
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		files[entry.Path] = l.describe(entry)
	}
	return files, nil
}

func (l *Look) describe(entry kit.Entry) map[string]any {
	sum := sha256.Sum256(entry.Data)
	described := map[string]any{
		"kind": "file", "size": len(entry.Data), "digest": hex.EncodeToString(sum[:]), "link": entry.Link,
	}
	if l.Mode {
		described["mode"] = mode(entry)
	}
	switch {
	case entry.Mode.IsDir():
		described["kind"] = "folder"
	case entry.Link != "":
		described["kind"] = "link"
	case l.Text && len(entry.Data) <= maxText && utf8.Valid(entry.Data):
		described["text"] = string(entry.Data)
	}
	return described
}

func mode(entry kit.Entry) string {
	const digits = "01234567"
	perm := entry.Mode.Perm()
	return string([]byte{'0', digits[perm>>6&7], digits[perm>>3&7], digits[perm&7]})
}

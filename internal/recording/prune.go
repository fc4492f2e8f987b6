package recording

import (
	"os"
	"path/filepath"
	"slices"
)

// Prune removes the oldest recordings in a folder until the rest take at most limit bytes.
func Prune(dir string, limit int64) {
	entries, _ := os.ReadDir(dir)
	var files []os.FileInfo
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && filepath.Ext(info.Name()) == ".cast" {
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b os.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, file := range files {
		if limit -= file.Size(); limit < 0 {
			_ = os.Remove(filepath.Join(dir, file.Name()))
		}
	}
}

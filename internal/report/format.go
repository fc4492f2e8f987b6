package report

import (
	"path/filepath"
	"strings"
)

// Format is a way to write a result.
type Format string

// The formats of results.
const (
	FormatText  Format = "text"
	FormatHTML  Format = "html"
	FormatJSON  Format = "json"
	FormatJUnit Format = "junit"
	FormatCSV   Format = "csv"
)

// FormatOf returns the format that a file's extension stands for. Files without an extension have
// text. For an unknown extension it returns false.
func FormatOf(file string) (Format, bool) {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".html", ".htm":
		return FormatHTML, true
	case ".json":
		return FormatJSON, true
	case ".xml":
		return FormatJUnit, true
	case ".csv":
		return FormatCSV, true
	case "", ".txt", ".text", ".log":
		return FormatText, true
	}
	return "", false
}

// Extension returns the extension of files in a format.
func (f Format) Extension() string {
	switch f {
	case FormatText:
		return ".txt"
	case FormatJUnit:
		return ".xml"
	}
	return "." + string(f)
}

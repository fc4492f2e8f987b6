// Package blueprints holds the exams that come with Endstate.
package blueprints

import (
	"embed"
	"strings"
)

//go:embed *.yaml
var files embed.FS

const ending = ".yaml"

// Names returns the names of the exams, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the folder is embedded
	}
	var names []string
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), ending))
	}
	return names
}

// Read returns the source of an exam. If there is no exam of that name, the error is fs.ErrNotExist.
func Read(name string) ([]byte, error) { return files.ReadFile(name + ending) }

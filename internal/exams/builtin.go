package exams

import (
	"embed"
	"strings"
)

//go:embed blueprints/*.yaml
var files embed.FS

const ending = ".yaml"

// Names returns the names of the blueprints that come with Endstate.
func Names() []string {
	entries, err := files.ReadDir("blueprints")
	if err != nil {
		panic(err) // the folder is embedded
	}
	var names []string
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), ending))
	}
	return names
}

// Read returns the source of a blueprint that comes with Endstate.
func Read(name string) ([]byte, error) { return files.ReadFile("blueprints/" + name + ending) }

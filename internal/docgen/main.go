// Command docgen generates files from the code: the JSON Schemas of scenarios and reports,
// and the tables of docs/scenarios.md. Run it with make generate.
package main

//go:generate go run .

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
)

// root is the repository's folder, relative to this package, in which go generate and go
// test run.
const root = "../.."

func main() {
	files, err := generate()
	if err != nil {
		log.Fatal(err)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(root, name), data, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// generate returns the generated files, by path in the repository.
func generate() (map[string][]byte, error) {
	document, err := readStructs("internal/scenario")
	if err != nil {
		return nil, err
	}
	probes, err := readProbes()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name, write := range map[string]func() ([]byte, error){
		"docs/scenario.schema.json": func() ([]byte, error) { return scenarioSchema(document, probes) },
		"docs/report.schema.json":   reportSchema,
		"docs/scenarios.md":         func() ([]byte, error) { return scenariosPage("docs/scenarios.md", document, probes) },
	} {
		if files[name], err = write(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return files, nil
}

package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"endstate/scenarios"
)

// schemaFile is the schema that editors use.
const schemaFile = "../../docs/scenario.schema.json"

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// asJSON decodes YAML into the types of JSON.
func asJSON(t *testing.T, data []byte) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	inJSON, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return inJSON
}

func TestSchemaAcceptsEveryScenario(t *testing.T) {
	schema := compiledSchema(t)
	found, err := fs.Glob(scenarios.Files, "*/scenario.yaml")
	if err != nil || len(found) == 0 {
		t.Fatalf("%d scenarios, %v", len(found), err)
	}
	for _, path := range found {
		data, err := fs.ReadFile(scenarios.Files, path)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(asJSON(t, data)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestSchemaRefusesMistakes(t *testing.T) {
	schema := compiledSchema(t)
	data, err := fs.ReadFile(scenarios.Files, "git-merge-conflict/scenario.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{"level: 1", "level: 4"},
		{"level: 1", "level: one"},
		{"minutes: 12", "minuets: 12"},
		{"points: 10", "points: 0"},
		{"image: git", "imege: git"},
		{"git: /home", "got: /home"},
		{"path: /home", "paht: /home"},
		{"costs: 5", "costs: five"},
	} {
		wrong := strings.Replace(string(data), change[0], change[1], 1)
		if wrong == string(data) {
			t.Fatalf("the scenario does not contain %q", change[0])
		}
		if schema.Validate(asJSON(t, []byte(wrong))) == nil {
			t.Errorf("the schema accepts %q", change[1])
		}
	}
}

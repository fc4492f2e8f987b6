package scenario

import (
	"bytes"
	_ "embed" // the source that says what the fields are
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"endstate/labs"
)

//go:embed document.go
var documentSource string

// Schema returns the JSON Schema of scenario.yaml, whose looks are those of the
// probes. Descriptions are the comments of the source: those of the probes are read
// from dir, relative to the working directory, below the import path from.
func Schema(probes []labs.Probe, from, dir string) ([]byte, error) {
	s := &schema{reflector: &jsonschema.Reflector{FieldNameTag: "yaml", ExpandedStruct: true, Anonymous: true}}
	s.reflector.Mapper = s.mapped
	if err := s.reflector.AddGoComments(from, dir, jsonschema.WithFullComment()); err != nil {
		return nil, fmt.Errorf("read comments: %w", err)
	}
	if err := s.comments(); err != nil {
		return nil, fmt.Errorf("read comments: %w", err)
	}
	whole := s.reflector.Reflect(document{})
	whole.Title, whole.Description = "Scenario", "A scenario of Endstate: what is written in scenario.yaml."
	s.define(whole, "host", host{})
	s.define(whole, "param", param{})
	s.looks(whole, probes)
	text, err := json.MarshalIndent(whole, "", "  ")
	return append(bytes.TrimSpace(text), '\n'), err
}

// schema is the schema coming to be.
type schema struct{ reflector *jsonschema.Reflector }

// comments adds those of the document, whose types are this package's own.
func (s *schema) comments() error {
	file, err := parser.ParseFile(token.NewFileSet(), "document.go", documentSource, parser.ParseComments)
	if err != nil {
		return err
	}
	here := reflect.TypeFor[document]().PkgPath()
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.TypeSpec)
		if !ok {
			return true
		}
		fields, ok := spec.Type.(*ast.StructType)
		for i := 0; ok && i < len(fields.Fields.List); i++ {
			for _, name := range fields.Fields.List[i].Names {
				s.reflector.CommentMap[here+"."+spec.Name.Name+"."+name.Name] = strings.TrimSpace(fields.Fields.List[i].Doc.Text())
			}
		}
		return false
	})
	return nil
}

// mapped gives the schema of types that are written otherwise than they are held.
func (s *schema) mapped(t reflect.Type) *jsonschema.Schema {
	word := &jsonschema.Schema{Type: "string"}
	switch t {
	case reflect.TypeFor[text]():
		return word
	case reflect.TypeFor[whole]():
		return &jsonschema.Schema{Type: "integer"}
	case reflect.TypeFor[number]():
		return &jsonschema.Schema{Type: "number"}
	case reflect.TypeFor[files](), reflect.TypeFor[command]():
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{word, {Type: "array", Items: word}}}
	case reflect.TypeFor[entries[host]]():
		return byName("host")
	case reflect.TypeFor[entries[param]]():
		return byName("param")
	case reflect.TypeFor[entries[probes]]():
		return byName("look")
	}
	return nil
}

func byName(definition string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", AdditionalProperties: reference(definition)}
}

func reference(definition string) *jsonschema.Schema {
	return &jsonschema.Schema{Ref: "#/$defs/" + definition}
}

// define adds the schema of a type, and of those it is made of.
func (s *schema) define(whole *jsonschema.Schema, name string, value any) {
	one := s.reflector.Reflect(value)
	for inner, definition := range one.Definitions {
		whole.Definitions[inner] = definition
	}
	one.Version, one.Definitions = "", nil
	whole.Definitions[name] = one
}

// looks adds the probes: to a fact, which is one, and to checks and guards, of which
// each has one.
func (s *schema) looks(whole *jsonschema.Schema, probes []labs.Probe) {
	fact := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	for _, probe := range probes {
		name := "probe-" + probe.Name
		whole.Definitions[name] = s.probe(probe)
		fact.Properties.Set(probe.Name, reference(name))
		fact.OneOf = append(fact.OneOf, &jsonschema.Schema{Required: []string{probe.Name}})
		for _, holder := range []string{"check", "guard"} {
			definition := whole.Definitions[holder]
			definition.Properties.Set(probe.Name, reference(name))
			definition.OneOf = append(definition.OneOf, &jsonschema.Schema{Required: []string{probe.Name}})
		}
	}
	whole.Definitions["look"] = fact
}

// probe returns the schema of a probe's fields, or of the text that stands for them.
func (s *schema) probe(probe labs.Probe) *jsonschema.Schema {
	inline := *s.reflector
	inline.DoNotReference = true
	look := probe.New()
	fields := inline.Reflect(look)
	fields.Version = ""
	if _, ok := look.(labs.Shorthand); !ok {
		return fields
	}
	return &jsonschema.Schema{Description: fields.Description, OneOf: []*jsonschema.Schema{{Type: "string"}, fields}}
}

package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"maps"
	"strings"

	"endstate/labs/kit"
)

// object is JSON's.
type object = map[string]any

// scalars are the schemas of types that are no mapping: Go's, and those of
// internal/scenario that know where they stand in a file.
var scalars = map[string]object{
	"string": {"type": "string"}, "text": {"type": "string"}, "bool": {"type": "boolean"}, "any": {},
	"int": {"type": "integer"}, "int64": {"type": "integer"}, "whole": {"type": "integer"},
	"float64": {"type": "number"}, "number": {"type": "number"},
	"files": wordOrList, "command": wordOrList, probesType: {"$ref": "#/$defs/fact"},
}

var wordOrList = object{"oneOf": []object{{"type": "string"}, {"type": "array", "items": object{"type": "string"}}}}

// scenarioSchema returns the JSON Schema of scenario.yaml.
func scenarioSchema(document structs, probes []probe) ([]byte, error) {
	definitions := object{}
	for _, one := range probes {
		definitions["probe-"+one.Name] = probeSchema(one)
	}
	definitions["fact"] = mapping()
	addProbes(definitions["fact"].(object), probes)
	schema := document.schema(document["document"], probes)
	maps.Copy(schema, object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions, "title": "Scenario",
		"description": "A scenario of Endstate: what is written in scenario.yaml.",
	})
	text, err := json.MarshalIndent(schema, "", "  ")
	return append(text, '\n'), err
}

// probeSchema returns the schema of a probe's fields, or of the text that stands for them.
func probeSchema(one probe) object {
	fields := one.types.schema(one.look, nil)
	if _, ok := one.New().(kit.Shorthand); ok {
		fields = object{"oneOf": []object{{"type": "string"}, fields}}
	}
	fields["description"] = lookDoc(one)
	return fields
}

func mapping() object {
	return object{"type": "object", "properties": object{}, "additionalProperties": false}
}

// addProbes lets one probe stand among the properties of a mapping.
func addProbes(to object, probes []probe) {
	var names []object
	for _, one := range probes {
		to["properties"].(object)[one.Name] = object{"$ref": "#/$defs/probe-" + one.Name}
		names = append(names, object{"required": []string{one.Name}})
	}
	to["oneOf"] = names
}

// schema returns the schema of a mapping that is read into a type.
func (s structs) schema(of structType, probes []probe) object {
	result := mapping()
	fields, probed := s.fields(of)
	var required []string
	for _, one := range fields {
		property := s.property(one.typ, probes)
		limit(property, one.limits)
		property["description"] = one.doc
		result["properties"].(object)[one.name] = property
		if one.required {
			required = append(required, one.name)
		}
	}
	if required != nil {
		result["required"] = required
	}
	if probed {
		addProbes(result, probes)
	}
	return result
}

// property returns the schema of a value that is read into a type.
func (s structs) property(typ ast.Expr, probes []probe) object {
	switch t := typ.(type) {
	case *ast.StarExpr:
		return s.property(t.X, probes)
	case *ast.ArrayType:
		return object{"type": "array", "items": s.property(t.Elt, probes)}
	case *ast.MapType:
		return object{"type": "object", "additionalProperties": s.property(t.Value, probes)}
	case *ast.IndexExpr: // entries[T]: a mapping in its order
		return object{"type": "object", "additionalProperties": s.property(t.Index, probes)}
	}
	name := typeName(typ)
	if scalar, ok := scalars[name]; ok {
		return maps.Clone(scalar)
	}
	of, ok := s[name]
	if !ok {
		panic(fmt.Sprintf("no schema for the type %s", name))
	}
	return s.schema(of, probes)
}

// limits are what a tag states of a value: minimum=1,maximum=3, or of a list's items
// enum=A,enum=B.
type limits struct {
	numbers map[string]json.Number
	enum    []string
}

func parseLimits(tag string) limits {
	found := limits{numbers: map[string]json.Number{}}
	for one := range strings.SplitSeq(tag, ",") {
		switch key, value, _ := strings.Cut(one, "="); key {
		case "":
		case "enum":
			found.enum = append(found.enum, value)
		default:
			found.numbers[key] = json.Number(value)
		}
	}
	return found
}

// limit adds limits to the schema of a value.
func limit(property object, limits limits) {
	for key, number := range limits.numbers {
		property[key] = number
	}
	if limits.enum != nil {
		property["items"].(object)["enum"] = limits.enum
	}
}

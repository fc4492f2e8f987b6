package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"maps"
	"strings"

	"endstate/labs/kit"
)

// object is a JSON object.
type object = map[string]any

// scalars are the schemas of types that are not mappings: Go's own, and those of
// internal/scenario that record their position in the file.
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
		"description": "The format of scenario.yaml, which defines an Endstate scenario.",
	})
	text, err := json.MarshalIndent(schema, "", "  ")
	return append(text, '\n'), err
}

// probeSchema returns the schema of a probe: its fields, or the string that is short for
// them.
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

// addProbes allows one probe among the properties of a mapping.
func addProbes(to object, probes []probe) {
	var names []object
	for _, one := range probes {
		to["properties"].(object)[one.Name] = object{"$ref": "#/$defs/probe-" + one.Name}
		names = append(names, object{"required": []string{one.Name}})
	}
	to["oneOf"] = names
}

// schema returns the schema of a mapping that is decoded into a type.
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

// property returns the schema of a value that is decoded into a type.
func (s structs) property(typ ast.Expr, probes []probe) object {
	switch t := typ.(type) {
	case *ast.StarExpr:
		return s.property(t.X, probes)
	case *ast.ArrayType:
		return object{"type": "array", "items": s.property(t.Elt, probes)}
	case *ast.MapType:
		return object{"type": "object", "additionalProperties": s.property(t.Value, probes)}
	case *ast.IndexExpr: // entries[T] is a mapping that keeps its order
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

// limits are the limits in a tag: minimum=1,maximum=3 for a value, or enum=A,enum=B for the
// items of a list.
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

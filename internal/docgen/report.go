package main

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"endstate/internal/exams"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/labs"
)

// definitionOf names a type together with its package, because some names are not unique.
func definitionOf(of reflect.Type) string {
	if of.Name() == "" {
		return ""
	}
	return strings.TrimPrefix(of.PkgPath()[strings.LastIndex(of.PkgPath(), "/")+1:]+"."+of.Name(), "labs.")
}

// mayBeNull allows null for fields that Go may encode as null: pointers and empty lists.
func mayBeNull(all jsonschema.Definitions, of reflect.Type, seen map[reflect.Type]bool) {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || seen[of] || of == reflect.TypeFor[time.Time]() {
		return
	}
	seen[of] = true
	definition := all[definitionOf(of)]
	for _, field := range reflect.VisibleFields(of) {
		mayBeNull(all, field.Type, seen)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		nullable := field.Type.Kind() == reflect.Pointer || field.Type.Kind() == reflect.Slice
		if definition == nil || !nullable || strings.Contains(options, "omit") {
			continue
		}
		if property, there := definition.Properties.Get(name); there && property.OneOf == nil {
			plain := *property
			plain.Description = ""
			definition.Properties.Set(name, &jsonschema.Schema{Description: property.Description, OneOf: []*jsonschema.Schema{&plain, {Type: "null"}}})
		}
	}
}

// reportSchema returns the JSON Schema of the output of check --json and report --format
// json, with a definition for each kind of report.
func reportSchema() ([]byte, error) {
	reflector := &jsonschema.Reflector{Anonymous: true, AllowAdditionalProperties: true, Namer: definitionOf, Mapper: func(of reflect.Type) *jsonschema.Schema {
		switch of {
		case reflect.TypeFor[exams.Hints]():
			return &jsonschema.Schema{Type: "string"}
		case reflect.TypeFor[labs.Seconds]():
			return &jsonschema.Schema{Type: "number"}
		case reflect.TypeFor[labs.Verdict]():
			return &jsonschema.Schema{Type: "string", Enum: []any{labs.Passed, labs.Failed, labs.Skipped, labs.Ungraded}}
		}
		return nil
	}}
	for _, folder := range []string{"labs", "internal/attempts", "internal/exams", "internal/practice", "internal/report"} {
		if err := reflector.AddGoComments("endstate/internal/docgen", root+"/"+folder); err != nil {
			return nil, err
		}
	}
	whole := &jsonschema.Schema{
		Version: jsonschema.Version, Title: "Reports", Definitions: jsonschema.Definitions{},
		Description: "The output of endstate check --json (practice.Outcome), and of report --format json for an attempt (report.Attempt) or an exam (report.Exam). Durations are in seconds.",
	}
	for _, value := range []any{practice.Outcome{}, report.Attempt{}, report.Exam{}} {
		one := reflector.Reflect(value)
		for inner, definition := range one.Definitions {
			whole.Definitions[inner] = definition
		}
		whole.AnyOf = append(whole.AnyOf, &jsonschema.Schema{Ref: one.Ref})
		mayBeNull(whole.Definitions, reflect.TypeOf(value), map[reflect.Type]bool{})
	}
	text, err := json.MarshalIndent(whole, "", "  ")
	return append(text, '\n'), err
}

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	generate "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"endstate/internal/attempts"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

// The schema of what check --json and report --format json write; -update writes it.
const reportSchemaFile = "../../docs/report.schema.json"

// definitionOf names a type with its package, as several are called alike.
func definitionOf(of reflect.Type) string {
	if of.Name() == "" {
		return ""
	}
	return strings.TrimPrefix(of.PkgPath()[strings.LastIndex(of.PkgPath(), "/")+1:]+"."+of.Name(), "labs.")
}

// mayBeNull lets fields be null that Go writes so: what is missing, and lists without
// an item.
func mayBeNull(all generate.Definitions, of reflect.Type, seen map[reflect.Type]bool) {
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
			definition.Properties.Set(name, &generate.Schema{Description: property.Description, OneOf: []*generate.Schema{&plain, {Type: "null"}}})
		}
	}
}

// reportSchema has a definition for each kind of report.
func reportSchema(t *testing.T) []byte {
	t.Helper()
	reflector := &generate.Reflector{Anonymous: true, AllowAdditionalProperties: true, Namer: definitionOf, Mapper: func(of reflect.Type) *generate.Schema {
		switch of {
		case reflect.TypeFor[exams.Hints]():
			return &generate.Schema{Type: "string"}
		case reflect.TypeFor[labs.Verdict]():
			return &generate.Schema{Type: "string", Enum: []any{labs.Passed, labs.Fell, labs.Skipped, labs.Ungraded}}
		}
		return nil
	}}
	for _, folder := range []string{"labs", "internal/attempts", "internal/exams", "internal/report"} {
		if err := reflector.AddGoComments("endstate/cmd/endstate", "../../"+folder); err != nil {
			t.Fatal(err)
		}
	}
	whole := &generate.Schema{
		Version: generate.Version, Title: "Reports", Definitions: generate.Definitions{},
		Description: "What endstate check --json (Report), and report --format json of an attempt (report.Attempt) and of an exam (report.Exam) write. Durations are nanoseconds.",
	}
	for _, value := range []any{labs.Report{}, report.Attempt{}, report.Exam{}} {
		one := reflector.Reflect(value)
		for inner, definition := range one.Definitions {
			whole.Definitions[inner] = definition
		}
		whole.AnyOf = append(whole.AnyOf, &generate.Schema{Ref: one.Ref})
		mayBeNull(whole.Definitions, reflect.TypeOf(value), map[reflect.Type]bool{})
	}
	text, err := json.MarshalIndent(whole, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

func TestReportSchemaIsAsTheTypesAre(t *testing.T) {
	want := reportSchema(t)
	if *update {
		if err := os.WriteFile(reportSchemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(reportSchemaFile)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the types give (%v): go test ./cmd/endstate -run Schema -update", reportSchemaFile, err)
	}
}

// What is written fits the schema, with as much and as little in it as may be.
func TestReportsFitTheirSchema(t *testing.T) {
	score, at := 40, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	checked := &labs.Report{Scenario: "a", At: at, Servers: []string{}, Checks: []labs.Result{{ID: "b", Verdict: labs.Fell}}, Guards: []labs.Result{}, Hints: []labs.Hint{}, Score: &score, Total: 100}
	ungraded := *checked
	ungraded.Score = nil
	story := attempts.Story{Attempt: attempts.Attempt{Scenario: "a", Started: at, Ended: &at}, Rounds: []attempts.Check{{At: at, Report: checked}}}
	sitting := &exams.Sitting{ID: 1, Started: at, Ended: at, Questions: []exams.Question{{Number: 1, Points: 10, Grade: &exams.Grade{At: at, Score: &score, Report: checked}}, {Number: 2, Points: 5}}}
	exam, err := report.OfExam([]*exams.Sitting{sitting}, at, "1")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile(reportSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{"report": checked, "ungraded": &ungraded, "attempt": report.OfAttempt(story, nil, at, "1"), "exam": exam} {
		var out bytes.Buffer
		if err := report.JSON(&out, value); err != nil {
			t.Fatal(err)
		}
		read, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(read); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

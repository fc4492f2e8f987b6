package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"endstate/labs/all"
	"endstate/labs/kit"
)

// The markers around a generated part.
const (
	beginMark = "<!-- %s: make generate writes this -->\n"
	endMark   = "<!-- end -->\n"
)

// scenariosPage returns the page with its generated parts up to date.
func scenariosPage(name string, document structs, probes []probe) ([]byte, error) {
	page, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return nil, err
	}
	parts := map[string]func() (string, error){
		"images": imageTable,
		"probes": func() (string, error) { return probeSections(probes), nil },
	}
	for _, of := range []string{"document", "host", "param", "check", "guard", "hint", "proof"} {
		parts[of] = func() (string, error) { return document.table(document[of]), nil }
	}
	for mark, write := range parts {
		text, err := write()
		if err == nil {
			page, err = replacePart(page, mark, text)
		}
		if err != nil {
			return nil, err
		}
	}
	return page, nil
}

func replacePart(page []byte, mark, text string) ([]byte, error) {
	begin := fmt.Sprintf(beginMark, mark)
	before, rest, found := bytes.Cut(page, []byte(begin))
	_, after, ended := bytes.Cut(rest, []byte(endMark))
	if !found || !ended {
		return nil, fmt.Errorf("there is no part between %q and %q", begin, endMark)
	}
	return fmt.Appendf(nil, "%s%s\n%s\n%s%s", before, begin, text, endMark, after), nil
}

// table returns a table of a type's fields.
func (s structs) table(of structType) string {
	return "| field | value | meaning |\n| --- | --- | --- |\n" + s.rows(of, "", false)
}

// rows returns a table row for each field of a type. If nested, a field's row is followed
// by the rows of its own type.
func (s structs) rows(of structType, prefix string, nested bool) string {
	var rows strings.Builder
	fields, _ := s.fields(of)
	for _, one := range fields {
		doc := one.doc
		if one.required {
			doc = "Required. " + doc
		}
		fmt.Fprintf(&rows, "| `%s%s` | %s | %s |\n", prefix, one.name, valueName(one.typ)+one.limits.String(), strings.ReplaceAll(doc, "|", `\|`))
		if nested {
			rows.WriteString(s.rows(s[typeName(one.typ)], prefix+one.name+".", true))
		}
	}
	return rows.String()
}

// String returns the limits as a suffix to the kind of value.
func (l limits) String() string {
	least, most := l.numbers["minimum"], l.numbers["maximum"]
	switch {
	case l.enum != nil:
		return " of " + strings.Join(l.enum, ", ")
	case least != "" && most != "":
		return fmt.Sprintf(" from %s to %s", least, most)
	case most != "":
		return fmt.Sprintf(", at most %s", most)
	case least != "":
		return fmt.Sprintf(", at least %s", least)
	}
	return ""
}

// valueName returns the YAML name for values of a type.
func valueName(typ ast.Expr) string {
	switch t := typ.(type) {
	case *ast.StarExpr:
		return valueName(t.X)
	case *ast.ArrayType:
		return "list"
	case *ast.Ident:
		if name, ok := valueNames[t.Name]; ok {
			return name
		}
	}
	return "mapping"
}

var valueNames = map[string]string{
	"string": "string", "text": "string", "bool": "`true`", "int": "whole number", "whole": "whole number",
	"float64": "number", "number": "number", "files": "string or list", "command": "string or list",
}

// probeSections returns a section for each probe: what it observes, and its fields.
func probeSections(probes []probe) string {
	var sections []string
	for _, one := range probes {
		observed := fmt.Sprintf("Observed as `%s`.", one.New().Variable())
		if name := shorthandField(one); name != "" {
			observed += fmt.Sprintf(" A plain string stands for `%s`.", name)
		}
		table := "| field | value | meaning |\n| --- | --- | --- |\n" + one.types.rows(one.look, "", true)
		sections = append(sections, fmt.Sprintf("### %s\n\n%s\n\n%s\n\n%s", one.Name, lookDoc(one), observed, table))
	}
	return strings.Join(sections, "\n")
}

// lookDoc returns the comment of a probe's type, without the type's name.
func lookDoc(one probe) string {
	text := strings.TrimSpace(strings.TrimPrefix(one.look.doc, "Look "))
	return strings.ToUpper(text[:1]) + text[1:]
}

// shorthandField returns the name of the field that a plain string in place of the probe
// sets, or "".
func shorthandField(one probe) string {
	look := one.New()
	short, ok := look.(kit.Shorthand)
	if !ok {
		return ""
	}
	const text = "a plain text"
	short.SetShorthand(text)
	value := reflect.ValueOf(look).Elem()
	for _, field := range reflect.VisibleFields(value.Type()) {
		if field.IsExported() && value.FieldByIndex(field.Index).Interface() == any(text) {
			name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
			return name
		}
	}
	return ""
}

// imageTable returns a table of the families' images, with the first sentence of each
// Dockerfile.
func imageTable() (string, error) {
	table := "| image | what it is |\n| --- | --- |\n"
	for _, image := range all.Images() {
		build := image.Builds[0]
		data, err := fs.ReadFile(build.Files, "Dockerfile")
		if err != nil {
			return "", fmt.Errorf("image %s: %w", image.Name, err)
		}
		var comment []string
		for line := range strings.Lines(string(data)) {
			if !strings.HasPrefix(line, "# ") {
				break
			}
			comment = append(comment, strings.TrimSpace(line[2:]))
		}
		sentence, _, _ := strings.Cut(strings.Join(comment, " "), ". ")
		table += fmt.Sprintf("| `%s` | %s |\n", image.Name, strings.TrimSuffix(sentence, "."))
	}
	return table, nil
}

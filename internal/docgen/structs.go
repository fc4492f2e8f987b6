package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"endstate/labs/all"
	"endstate/labs/kit"
)

// structs are a package's types that YAML is decoded into, by name.
type structs map[string]structType

type structType struct {
	doc    string
	fields []field
}

// field is a field that can be set in YAML.
type field struct {
	name     string // in YAML; empty if the fields of its type are inlined
	typ      ast.Expr
	doc      string
	required bool
	limits   limits
}

// probe is a probe, with the types of its package.
type probe struct {
	kit.Probe
	look  structType
	types structs
}

// readProbes returns the probes of every family.
func readProbes() ([]probe, error) {
	var probes []probe
	for _, one := range all.Probes() {
		look := reflect.TypeOf(one.New()).Elem()
		types, err := readStructs(strings.TrimPrefix(look.PkgPath(), "endstate/"))
		if err != nil {
			return nil, err
		}
		probes = append(probes, probe{Probe: one, look: types[look.Name()], types: types})
	}
	return probes, nil
}

// readStructs parses the types of a package, given its folder in the repository. It returns
// an error if a field has no comment.
func readStructs(folder string) (structs, error) {
	names, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		return nil, err
	}
	types := structs{}
	var failed []error
	for _, name := range slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, "_test.go") }) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, declaration := range file.Decls {
			if general, ok := declaration.(*ast.GenDecl); ok && general.Tok == token.TYPE {
				failed = append(failed, types.add(general))
			}
		}
	}
	if err := errors.Join(failed...); err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	return types, nil
}

// add adds the struct types of a declaration that have YAML fields.
func (s structs) add(declaration *ast.GenDecl) error {
	for _, spec := range declaration.Specs {
		spec := spec.(*ast.TypeSpec)
		of, ok := spec.Type.(*ast.StructType)
		if !ok {
			continue
		}
		one := structType{doc: declaration.Doc.Text()}
		for _, written := range of.Fields.List {
			read, ok := readField(written)
			if !ok {
				continue
			}
			if read.name != "" && read.doc == "" {
				return fmt.Errorf("%s.%s has no comment", spec.Name, read.name)
			}
			one.fields = append(one.fields, read)
		}
		if len(one.fields) > 0 {
			s[spec.Name.Name] = one
		}
	}
	return nil
}

func readField(written *ast.Field) (field, bool) {
	if written.Tag == nil {
		return field{}, false
	}
	text, _ := strconv.Unquote(written.Tag.Value)
	tag := reflect.StructTag(text)
	value, ok := tag.Lookup("yaml")
	name, options, _ := strings.Cut(value, ",")
	return field{
		name: name, typ: written.Type, doc: strings.Join(strings.Fields(written.Doc.Text()), " "),
		required: !strings.Contains(options, "omitempty"), limits: parseLimits(tag.Get("jsonschema")),
	}, ok
}

// probesType is the type of an inlined field that stands for exactly one probe.
const probesType = "probes"

// fields returns the fields of a type, including those of inlined types, and whether the
// type also takes a probe.
func (s structs) fields(of structType) (fields []field, probed bool) {
	for _, one := range of.fields {
		switch inline := typeName(one.typ); {
		case one.name != "":
			fields = append(fields, one)
		case inline == probesType:
			probed = true
		default:
			inner, innerProbed := s.fields(s[inline])
			fields, probed = append(fields, inner...), probed || innerProbed
		}
	}
	return fields, probed
}

// typeName returns the name of a type, or of its element if it is a pointer, list or map.
func typeName(typ ast.Expr) string {
	switch t := typ.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.StarExpr:
		return typeName(t.X)
	case *ast.ArrayType:
		return typeName(t.Elt)
	case *ast.MapType:
		return typeName(t.Value)
	case *ast.IndexExpr:
		return typeName(t.Index)
	}
	return ""
}

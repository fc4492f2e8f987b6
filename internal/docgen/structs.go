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

// structs are the types of a package that YAML is read into, by name.
type structs map[string]structType

type structType struct {
	doc    string
	fields []field
}

// field is one that YAML has.
type field struct {
	name     string // in YAML; empty: its type's fields stand in its place
	typ      ast.Expr
	doc      string
	required bool
	limits   limits
}

// probe is a probe with the types of its package.
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

// readStructs reads the types of the package in a folder of the repository. A field
// without a comment is an error.
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

// add adds the struct types of a declaration that have fields of YAML.
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

// probesType is the type of a field that stands for one probe by its name.
const probesType = "probes"

// fields returns the fields of a type with those of the types that stand inline, and
// whether a probe stands beside them.
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

// typeName returns the name of a type, or of what it points to, lists or maps to.
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

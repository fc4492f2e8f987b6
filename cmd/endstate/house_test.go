package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// go.mod and go.sum contain exactly what the code imports.
func TestModulesAreTidy(t *testing.T) {
	tidy := exec.Command("go", "mod", "tidy", "-diff")
	var complaint strings.Builder
	tidy.Dir, tidy.Stderr = "../..", &complaint
	diff, err := tidy.Output()
	switch {
	case len(diff) > 0:
		t.Errorf("go.mod or go.sum is not tidy; run go mod tidy:\n%s", diff)
	case err != nil:
		t.Skipf("NOT CHECKED: no modules can be downloaded here: %v\n%s", err, complaint.String())
	}
}

func TestEveryPackageHasADocComment(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no doc comment", p.ImportPath)
		}
	}
}

// words are the packages that word acts of the desk as commands: the doors, what they
// draw, and main.
var words = []string{"cmd/endstate", "internal/cli", "internal/web", "internal/report", "internal/docgen"}

// commandText is text that names a command of endstate.
var commandText = regexp.MustCompile(`\bendstate [a-z]+\b`)

// Below the doors nothing knows commands: what can be done about a problem is an act, which
// a page offers as a button.
func TestOnlyDoorsNameCommands(t *testing.T) {
	for _, p := range packages(t) {
		if p.isTestHelp() || within(p.name(), words...) {
			continue
		}
		p.inspect(t, func(set *token.FileSet, node ast.Node) {
			if text, ok := node.(*ast.BasicLit); ok && text.Kind == token.STRING && commandText.MatchString(text.Value) {
				t.Errorf("%s: %s names a command: give an act", set.Position(text.Pos()), text.Value)
			}
		})
	}
}

// Programs and doors tell problems apart by their codes, not by their words.
func TestEveryProblemHasACode(t *testing.T) {
	codes := map[string]token.Position{}
	for _, p := range packages(t) {
		p.inspect(t, func(set *token.FileSet, node ast.Node) {
			switch n := node.(type) {
			case *ast.CompositeLit:
				if typ := types.ExprString(n.Type); (typ == "labs.Problem" || typ == "Problem") && hasField(n, "What") && !hasField(n, "Code") {
					t.Errorf("%s: the problem has no code", set.Position(n.Pos()))
				}
			case *ast.ValueSpec:
				if !strings.HasPrefix(n.Names[0].Name, "Code") || len(n.Values) != 1 {
					return
				}
				value := types.ExprString(n.Values[0])
				if other, ok := codes[value]; ok {
					t.Errorf("%s: the code %s is also that of %s", set.Position(n.Pos()), value, other)
				}
				codes[value] = set.Position(n.Pos())
			}
		})
	}
	if len(codes) < 20 {
		t.Errorf("found only %d codes", len(codes))
	}
}

func hasField(literal *ast.CompositeLit, name string) bool {
	return slices.ContainsFunc(literal.Elts, func(element ast.Expr) bool {
		pair, ok := element.(*ast.KeyValueExpr)
		return ok && types.ExprString(pair.Key) == name
	})
}

// A door calls acts. What the desk's rooms are built from would get around its rules.
func TestDoorsUseNoParts(t *testing.T) {
	for _, p := range packages(t) {
		if !within(p.name(), "cmd", "internal/cli", "internal/web") {
			continue
		}
		p.inspect(t, func(set *token.FileSet, node ast.Node) {
			if selector, ok := node.(*ast.SelectorExpr); ok && selector.Sel.Name == "Parts" {
				t.Errorf("%s: a door uses the parts of the desk", set.Position(selector.Pos()))
			}
		})
	}
}

// inspect calls visit for every node of the package's files.
func (p pkg) inspect(t *testing.T, visit func(*token.FileSet, ast.Node)) {
	t.Helper()
	for _, name := range p.GoFiles {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool { visit(set, node); return true })
	}
}

const (
	longestFile     = 400
	longestFunction = 60
	longestPackage  = 2500 // without tests
)

// Packages, files and functions are short. Nothing runs before main, and only main uses the process's
// streams, arguments and exit.
func TestHouseRules(t *testing.T) {
	for _, p := range packages(t) {
		lines := 0
		p.inspect(t, func(set *token.FileSet, node ast.Node) {
			checkHouseRules(t, p, set, node)
			if file, ok := node.(*ast.File); ok {
				lines += set.File(file.Pos()).LineCount()
			}
		})
		if lines > longestPackage {
			t.Errorf("%s has %d lines, more than %d", p.name(), lines, longestPackage)
		}
	}
}

func checkHouseRules(t *testing.T, p pkg, set *token.FileSet, node ast.Node) {
	t.Helper()
	switch node := node.(type) {
	case *ast.File:
		if lines := set.File(node.Pos()).LineCount(); lines > longestFile {
			t.Errorf("%s has %d lines, more than %d", set.Position(node.Pos()).Filename, lines, longestFile)
		}
	case *ast.FuncDecl:
		if lines := set.Position(node.End()).Line - set.Position(node.Pos()).Line; lines > longestFunction {
			t.Errorf("%s: %s has %d lines, more than %d", set.Position(node.Pos()), node.Name.Name, lines, longestFunction)
		}
		if node.Name.Name == "init" && node.Recv == nil {
			t.Errorf("%s: init runs before main", set.Position(node.Pos()))
		}
	case *ast.SelectorExpr:
		of, ok := node.X.(*ast.Ident)
		if !ok || of.Name != "os" || within(p.name(), "cmd") {
			return
		}
		if slices.Contains([]string{"Stdout", "Stderr", "Stdin", "Args", "Exit"}, node.Sel.Name) {
			t.Errorf("%s: only main may use os.%s", set.Position(node.Pos()), node.Sel.Name)
		}
	}
}

// The top folder of the repository contains only what is listed here.
func TestTopLevel(t *testing.T) {
	known := []string{
		".ci", ".git", ".gitignore", "LICENSE", "Makefile", "README.md", "bin", "cmd", "deploy", "docs", "go.mod", "go.sum",
		"internal", "labs", "scenarios", "scripts",
	}
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "../.." {
			return err
		}
		if !slices.Contains(known, entry.Name()) {
			t.Errorf("%s is in the top folder of the repository but is not listed", entry.Name())
		}
		if entry.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

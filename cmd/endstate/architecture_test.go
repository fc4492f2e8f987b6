package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pkg is what go list says of a package.
type pkg struct {
	ImportPath, Dir, Doc string
	Imports              []string
	GoFiles              []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Imports,GoFiles", "endstate/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var one pkg
		if err := decoder.Decode(&one); err != nil {
			t.Fatal(err)
		}
		if len(one.GoFiles) > 0 {
			all = append(all, one)
		}
	}
	if len(all) < 10 {
		t.Fatalf("go list found only %d packages", len(all))
	}
	return all
}

func within(path string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return path == root || strings.HasPrefix(path, root+"/") })
}

func isStandard(path string) bool { return !strings.Contains(strings.Split(path, "/")[0], ".") }

// Dependencies point inward: cmd to internal and labs/*, those to labs, labs to
// nothing but the standard library.
func TestDependenciesPointInward(t *testing.T) {
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			own := within(path, "endstate")
			switch {
			case p.ImportPath == "endstate/labs" && (own || !isStandard(path)):
				t.Errorf("labs imports %s: the domain stands on the standard library alone", path)
			case within(p.ImportPath, "endstate/labs") && own && path != "endstate/labs":
				t.Errorf("%s imports %s: a family knows labs alone", p.ImportPath, path)
			case within(p.ImportPath, "endstate/internal") && strings.HasPrefix(path, "endstate/labs/") && !isTestHelp(p):
				t.Errorf("%s imports %s: only main knows the families", p.ImportPath, path)
			case path == "endstate/internal/cli" && !within(p.ImportPath, "endstate/cmd"):
				t.Errorf("%s imports the command line", p.ImportPath)
			}
		}
	}
}

// What a learner masters and should practise, and what an exam is, is decided without
// a database, a file or a screen: a web page is to show the same.
func TestDecisionsArePure(t *testing.T) {
	may := map[string][]string{
		"endstate/internal/practice": {"endstate/labs", "endstate/internal/attempts"},
		"endstate/internal/exams":    {"endstate/labs"},
	}
	for _, p := range packages(t) {
		known, ok := may[p.ImportPath]
		if !ok {
			continue
		}
		delete(may, p.ImportPath)
		for _, path := range p.Imports {
			if path == "database/sql" || path == "os" || path == "io" || within(path, "endstate") && !slices.Contains(known, path) {
				t.Errorf("%s imports %s", p.ImportPath, path)
			}
		}
	}
	for path := range may {
		t.Errorf("there is no %s any more: this rule holds nothing", path)
	}
}

func isTestHelp(p pkg) bool { return strings.HasSuffix(p.ImportPath, "test") }

// One package for each outside dependency, so that it can be changed in one place.
func TestEachDependencyHasOneRoom(t *testing.T) {
	rooms := map[string][]string{
		"github.com/docker/docker":                  {"endstate/internal/docker"},
		"github.com/docker/cli":                     {"endstate/internal/docker"},
		"github.com/moby/profiles":                  {"endstate/internal/docker"},
		"github.com/opencontainers/runtime-spec":    {"endstate/internal/docker"},
		"github.com/go-sql-driver/mysql":            {"endstate/labs/mysql"},
		"go.mongodb.org/mongo-driver":               {"endstate/labs/mongodb"},
		"github.com/go-git/go-git":                  {"endstate/labs/git"},
		"cel.dev/cel-go":                            {"endstate/internal/expect"},
		"modernc.org/sqlite":                        {"endstate/internal/attempts"},
		"go.yaml.in/yaml":                           {"endstate/internal/scenario"},
		"github.com/spf13/cobra":                    {"endstate/internal/cli"},
		"github.com/invopop/jsonschema":             {"endstate/internal/scenario"},
		"github.com/brianvoe/gofakeit":              {"endstate/internal/scenario"},
		"charm.land/glamour":                        {"endstate/internal/cli"},
		"github.com/open-spaced-repetition/go-fsrs": {"endstate/internal/practice"},
	}
	used := map[string]bool{}
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			for dependency, room := range rooms {
				if !within(path, dependency) {
					continue
				}
				used[dependency] = true
				if !slices.Contains(room, p.ImportPath) {
					t.Errorf("%s imports %s, whose room is %v", p.ImportPath, path, room)
				}
			}
		}
	}
	for dependency := range rooms {
		if !used[dependency] {
			t.Errorf("nothing imports %s any more: this rule holds nothing", dependency)
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no doc comment", p.ImportPath)
		}
	}
}

const (
	longestFile     = 400
	longestFunction = 60
)

// No file holds more than one idea, no function more than a screen; nothing
// happens before main; nothing takes the process's own streams but main.
func TestHouseRules(t *testing.T) {
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			path := filepath.Join(p.Dir, name)
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			if lines := set.File(file.Pos()).LineCount(); lines > longestFile {
				t.Errorf("%s has %d lines", path, lines)
			}
			ast.Inspect(file, func(node ast.Node) bool {
				inspect(t, p, set, node)
				return true
			})
		}
	}
}

func inspect(t *testing.T, p pkg, set *token.FileSet, node ast.Node) {
	t.Helper()
	switch node := node.(type) {
	case *ast.FuncDecl:
		if lines := set.Position(node.End()).Line - set.Position(node.Pos()).Line; lines > longestFunction {
			t.Errorf("%s: %s has %d lines", set.Position(node.Pos()), node.Name.Name, lines)
		}
		if node.Name.Name == "init" && node.Recv == nil {
			t.Errorf("%s: init does something before main", set.Position(node.Pos()))
		}
	case *ast.SelectorExpr:
		of, ok := node.X.(*ast.Ident)
		if !ok || of.Name != "os" || within(p.ImportPath, "endstate/cmd") {
			return
		}
		if slices.Contains([]string{"Stdout", "Stderr", "Stdin", "Args", "Exit"}, node.Sel.Name) {
			t.Errorf("%s: os.%s is main's alone", set.Position(node.Pos()), node.Sel.Name)
		}
	}
}

// Only what is known to belong there stands at the top.
func TestTopLevel(t *testing.T) {
	known := []string{
		".ci", ".git", ".gitignore", "LICENSE", "Makefile", "README.md", "bin", "cmd", "docs", "go.mod", "go.sum",
		"internal", "labs", "scenarios", "scripts",
	}
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "../.." {
			return err
		}
		if !slices.Contains(known, entry.Name()) {
			t.Errorf("%s stands at the top and nobody knows why", entry.Name())
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

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
	TestImports          []string
	XTestImports         []string
	GoFiles              []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-tags", "engine", "-json=ImportPath,Dir,Doc,Imports,TestImports,XTestImports,GoFiles", "endstate/...").Output()
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

// What a package may import of others' making, its tests apart. A library that is not
// listed is not known here: whoever adds one says in which package it is at home, so
// that it can be changed in one place.
var libraries = map[string][]string{
	"endstate/cmd/endstate":      {},
	"endstate/internal/attempts": {"modernc.org/sqlite"},
	"endstate/internal/cli":      {"charm.land/glamour/v2", "github.com/charmbracelet/x/ansi", "github.com/docker/go-units", "github.com/gofrs/flock", "github.com/spf13/cobra"},
	"endstate/internal/docker": {
		"github.com/containerd/errdefs", "github.com/docker/cli", "github.com/docker/docker", "github.com/docker/go-units", "github.com/gofrs/flock",
		"github.com/moby/profiles/seccomp", "github.com/opencontainers/runtime-spec", "golang.org/x/sys",
	},
	"endstate/internal/enginetest": {"github.com/containerd/errdefs", "github.com/docker/docker", "github.com/rogpeppe/go-internal"},
	"endstate/internal/exams":      {},
	"endstate/internal/expect":     {"cel.dev/cel-go"},
	"endstate/internal/images":     {"github.com/gofrs/flock"},
	"endstate/internal/places":     {"github.com/gofrs/flock"},
	"endstate/internal/practice":   {"github.com/open-spaced-repetition/go-fsrs/v4"},
	"endstate/internal/progress":   {"github.com/charmbracelet/x/ansi"},
	"endstate/internal/recording":  {},
	"endstate/internal/report":     {"github.com/charmbracelet/x/ansi"},
	"endstate/internal/scenario": {
		"github.com/agnivade/levenshtein", "github.com/brianvoe/gofakeit/v7", "github.com/docker/go-units", "github.com/invopop/jsonschema",
		"github.com/mattn/go-shellwords", "go.yaml.in/yaml/v4", "golang.org/x/text",
	},
	"endstate/internal/terminal":  {"github.com/muesli/cancelreader", "golang.org/x/term"},
	"endstate/internal/valuetest": {"pgregory.net/rapid"},
	"endstate/labs":               {},
	"endstate/labs/file":          {},
	"endstate/labs/git":           {"github.com/go-git/go-git/v5", "golang.org/x/text"},
	"endstate/labs/mongodb":       {"go.mongodb.org/mongo-driver/v2"},
	"endstate/labs/mysql":         {"github.com/go-sql-driver/mysql"},
	"endstate/labs/run":           {},
	"endstate/scenarios":          {},
}

// Libraries that are part of how several packages write; every other has one room.
var shared = []string{"github.com/charmbracelet/x/ansi", "github.com/docker/go-units", "github.com/gofrs/flock", "golang.org/x/text"}

// What any package's tests may import.
var testLibraries = []string{
	"github.com/charmbracelet/x/ansi", "github.com/creack/pty", "github.com/docker/docker", "github.com/gofrs/flock", "github.com/google/go-cmp",
	"github.com/invopop/jsonschema", "github.com/rogpeppe/go-internal", "github.com/santhosh-tekuri/jsonschema/v6", "go.yaml.in/yaml/v4",
	"golang.org/x/net", "golang.org/x/term", "pgregory.net/rapid",
}

func TestLibrariesOfTests(t *testing.T) {
	for _, p := range packages(t) {
		for _, path := range append(p.TestImports, p.XTestImports...) {
			if !isStandard(path) && !within(path, "endstate") && !within(path, append(testLibraries, libraries[p.ImportPath]...)...) {
				t.Errorf("a test of %s imports %s, which is listed neither for it nor for tests", p.ImportPath, path)
			}
		}
	}
}

func TestLibrariesAreAtHome(t *testing.T) {
	rooms := map[string]string{}
	for _, p := range packages(t) {
		known, listed := libraries[p.ImportPath]
		if !listed {
			t.Errorf("%s is not listed: say which libraries it may import", p.ImportPath)
		}
		used := map[string]bool{}
		for _, path := range p.Imports {
			if isStandard(path) || within(path, "endstate") {
				continue
			}
			at := slices.IndexFunc(known, func(library string) bool { return within(path, library) })
			if at < 0 {
				t.Errorf("%s imports %s, which is not listed for it", p.ImportPath, path)
				continue
			}
			used[known[at]] = true
			if isTestHelp(p) {
				continue
			}
			if room := rooms[known[at]]; room != "" && room != p.ImportPath && !slices.Contains(shared, known[at]) {
				t.Errorf("%s is at home in %s and in %s", known[at], room, p.ImportPath)
			}
			rooms[known[at]] = p.ImportPath
		}
		for _, library := range known {
			if !used[library] {
				t.Errorf("%s no longer imports %s: remove it from the list", p.ImportPath, library)
			}
		}
	}
}

// go.mod and go.sum hold what the code imports, and nothing else.
func TestModulesAreTidy(t *testing.T) {
	tidy := exec.Command("go", "mod", "tidy", "-diff")
	var complaint strings.Builder
	tidy.Dir, tidy.Stderr = "../..", &complaint
	diff, err := tidy.Output()
	switch {
	case len(diff) > 0:
		t.Errorf("go.mod or go.sum is not tidy: go mod tidy\n%s", diff)
	case err != nil:
		t.Skipf("NOT CHECKED, as modules can't be had here: %v\n%s", err, complaint.String())
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

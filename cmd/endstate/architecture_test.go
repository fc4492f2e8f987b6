package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// imports lists what each package imports besides the standard library: packages of this
// module, and other modules. Unlisted packages and imports fail the test, and so do imports
// that are listed but unused. Families have a rule of their own: see TestFamilies.
//
// Dependencies point inward: cmd to doors, doors to memory and engines, these to labs.
var imports = map[string]string{
	"cmd/endstate":               "internal/cli internal/desk internal/docker internal/kubernetes internal/workspace labs labs/all labs/kit scenarios",
	"cmd/supervisor":             "internal/supervisor",
	"internal/archive":           "labs",
	"internal/attempts":          "internal/attempts/database internal/attempts/postgres internal/attempts/schema internal/attempts/sqlite internal/classes internal/exams internal/rehearsal labs",
	"internal/attempts/database": "labs",
	"internal/attempts/postgres": "internal/attempts/database internal/attempts/schema labs github.com/jackc/pgx/v5",
	"internal/attempts/schema":   "",
	"internal/attempts/sqlite":   "internal/attempts/database internal/attempts/schema labs github.com/gofrs/flock modernc.org/sqlite",
	"internal/cli":               "internal/archive internal/attempts internal/cli/author internal/cli/door internal/cli/exam internal/cli/past internal/cli/people internal/cli/rehearse internal/cli/serve internal/desk internal/desk/files internal/desk/machine internal/desk/saves internal/desk/visit internal/practice internal/report internal/seat internal/tty labs github.com/spf13/cobra",
	"internal/cli/author":        "internal/cli/door internal/desk internal/desk/author internal/desk/visit internal/grading internal/report internal/scenario internal/seat internal/tty labs github.com/spf13/cobra",
	"internal/cli/door": "internal/collections internal/desk internal/desk/admission internal/desk/author internal/desk/saves internal/desk/visit internal/progress internal/report internal/report/wrap internal/scenario internal/seat internal/tty labs labs/kit " +
		"charm.land/glamour/v2 github.com/charmbracelet/x/ansi github.com/docker/go-units github.com/spf13/cobra github.com/spf13/pflag",
	"internal/cli/exam": "internal/cli/door internal/desk internal/desk/exam internal/exams internal/exams/pace internal/exams/blueprints internal/exams/spoken internal/report internal/report/wrap internal/seat internal/tty labs github.com/charmbracelet/x/ansi github.com/spf13/cobra",
	"internal/cli/past": "internal/attempts internal/cli/door internal/cli/exam internal/desk internal/desk/machine internal/exams internal/practice internal/recording internal/report internal/report/wrap internal/seat internal/tty labs " +
		"github.com/charmbracelet/x/ansi github.com/spf13/cobra",
	"internal/cli/people":   "internal/cli/door internal/desk/people internal/report internal/report/wrap labs github.com/spf13/cobra",
	"internal/cli/rehearse": "internal/cli/door internal/desk/rehearse internal/practice internal/rehearsal internal/report internal/report/wrap internal/tty labs github.com/spf13/cobra",
	"internal/cli/serve":    "internal/cli/door internal/cli/exam internal/desk/exam internal/desk/visit internal/report/wrap internal/seat internal/web internal/web/openid internal/web/reach labs github.com/spf13/cobra",
	"internal/desk": "internal/attempts internal/desk/admission internal/exams internal/grading internal/images internal/interview internal/places internal/practice internal/recording " +
		"internal/report internal/scenario internal/seat internal/site internal/stage labs labs/kit",
	"internal/desk/files":     "internal/desk labs",
	"internal/desk/sessions":  "internal/desk labs",
	"internal/desk/people":    "internal/attempts internal/desk labs github.com/alexedwards/argon2id golang.org/x/text",
	"internal/desk/saves":     "internal/attempts internal/desk internal/stage labs",
	"internal/desk/machine":   "internal/attempts internal/desk internal/images/registry labs",
	"internal/classes":        "labs",
	"internal/desk/class":     "internal/attempts internal/classes internal/desk internal/desk/exam internal/exams internal/recording internal/report labs",
	"internal/collections":    "labs github.com/go-git/go-billy/v5 github.com/go-git/go-git/v5",
	"internal/desk/author":    "internal/collections internal/desk internal/grading internal/scenario internal/scenario/outline labs labs/kit github.com/fsnotify/fsnotify",
	"internal/desk/exam":      "internal/attempts internal/desk internal/desk/visit internal/exams internal/exams/pace internal/exams/blueprints internal/exams/spoken internal/grading internal/interview internal/practice internal/rehearsal internal/report internal/scenario internal/seat internal/stage labs",
	"internal/desk/rehearse":  "internal/attempts internal/desk internal/interview internal/practice internal/rehearsal labs",
	"internal/desk/visit":     "internal/attempts internal/desk internal/practice internal/grading internal/recording internal/seat internal/stage labs",
	"internal/desk/admission": "internal/places labs github.com/gofrs/flock",
	"internal/desk/operate":   "internal/desk labs",
	"internal/desk/overview":  "internal/attempts internal/desk labs",
	"internal/docker": "internal/docker/abilities internal/docker/locks internal/docker/maker internal/docker/ping internal/docker/reach internal/docker/runtimes internal/docker/seccomp internal/docker/subnets internal/images labs " +
		"github.com/containerd/errdefs github.com/docker/docker github.com/docker/go-units",
	"internal/docker/abilities": "internal/docker/seccomp labs github.com/docker/docker",
	"internal/docker/locks":     "labs github.com/gofrs/flock",
	"internal/docker/maker":     "",
	"internal/docker/ping":      "github.com/docker/docker",
	"internal/docker/reach":     "labs github.com/docker/cli github.com/docker/docker",
	"internal/docker/runtimes":  "labs github.com/docker/docker",
	"internal/docker/subnets":   "labs",
	"internal/docker/seccomp":   "github.com/moby/profiles/seccomp github.com/opencontainers/runtime-spec golang.org/x/sys",
	"internal/docgen":           "internal/exams internal/practice internal/report labs labs/all labs/kit github.com/invopop/jsonschema",
	"internal/enginetest": "internal/docker internal/docker/reach internal/grading internal/images internal/places internal/scenario internal/site internal/stage internal/workspace labs labs/all labs/kit scenarios " +
		"github.com/containerd/errdefs github.com/docker/docker github.com/google/go-cmp github.com/rogpeppe/go-internal",
	"internal/exams":                "internal/exams/spoken labs",
	"internal/exams/blueprints":     "",
	"internal/exams/pace":           "internal/exams",
	"internal/exams/spoken":         "internal/rehearsal labs",
	"internal/expect":               "labs cel.dev/cel-go",
	"internal/grading":              "internal/site internal/stage labs labs/kit",
	"internal/images":               "labs labs/kit github.com/gofrs/flock",
	"internal/images/registry":      "internal/images labs github.com/google/go-containerregistry",
	"internal/interview":            "internal/rehearsal labs go.yaml.in/yaml/v4",
	"internal/kubernetes":           "internal/images internal/images/registry internal/kubernetes/readiness internal/supervisor/program internal/supervisor/wire labs github.com/go-logr/logr k8s.io/api k8s.io/apimachinery k8s.io/client-go k8s.io/klog/v2",
	"internal/kubernetes/readiness": "labs k8s.io/api k8s.io/apimachinery k8s.io/client-go",
	"internal/supervisor":           "internal/supervisor/wire labs github.com/creack/pty golang.org/x/sys",
	"internal/supervisor/program":   "labs",
	"internal/supervisor/wire":      "labs",
	"internal/openidtest":           "",
	"internal/places":               "github.com/gofrs/flock",
	"internal/postgrestest":         "github.com/jackc/pgx/v5",
	"internal/practice":             "internal/attempts internal/rehearsal labs github.com/open-spaced-repetition/go-fsrs/v4",
	"internal/progress":             "internal/report labs github.com/charmbracelet/x/ansi",
	"internal/recording":            "",
	"internal/rehearsal":            "github.com/kljensen/snowball github.com/sergi/go-diff",
	"internal/report":               "internal/attempts internal/exams internal/exams/spoken internal/practice internal/recording internal/report/wrap labs github.com/charmbracelet/x/ansi",
	"internal/report/wrap":          "github.com/charmbracelet/x/ansi",
	"internal/scenario": "internal/exams internal/exams/spoken internal/expect internal/scenario/advice internal/scenario/sample internal/scenario/templates labs labs/kit github.com/agnivade/levenshtein github.com/docker/go-units " +
		"github.com/mattn/go-shellwords go.yaml.in/yaml/v4",
	"internal/scenario/advice":    "github.com/agnivade/levenshtein",
	"internal/scenario/sample":    "github.com/brianvoe/gofakeit/v7 golang.org/x/text",
	"internal/scenario/outline":   "labs labs/kit go.yaml.in/yaml/v4",
	"internal/scenario/templates": "internal/scenario/sample",
	"internal/seat":               "labs github.com/charmbracelet/x/ansi github.com/charmbracelet/x/vt",
	"internal/site":               "labs labs/kit",
	"internal/stage":              "internal/site labs labs/kit",
	"internal/tty":                "github.com/muesli/cancelreader golang.org/x/sys golang.org/x/term",
	"internal/valuetest":          "internal/expect labs pgregory.net/rapid",
	"internal/web":                "internal/attempts internal/classes internal/desk internal/desk/class internal/desk/exam internal/desk/operate internal/desk/overview internal/desk/people internal/desk/rehearse internal/desk/saves internal/desk/sessions internal/desk/visit internal/exams internal/interview internal/practice internal/progress internal/recording internal/rehearsal internal/report internal/seat internal/web/assets internal/web/author internal/web/class internal/web/exam internal/web/feed internal/web/meter internal/web/openid internal/web/pages internal/web/people internal/web/reach internal/web/room internal/web/session internal/web/terminal internal/web/trace labs github.com/coder/websocket",
	"internal/web/assets":         "",
	"internal/web/author":         "internal/desk internal/desk/author internal/grading internal/report internal/scenario internal/web/feed internal/web/pages internal/web/room labs",
	"internal/web/class":          "internal/classes internal/desk internal/desk/class internal/recording internal/report internal/web/feed internal/web/pages internal/web/room labs",
	"internal/web/exam":           "internal/desk internal/desk/exam internal/desk/visit internal/exams internal/exams/spoken internal/report internal/seat internal/web/feed internal/web/pages internal/web/room internal/web/terminal labs",
	"internal/web/meter":          "internal/web/trace labs github.com/prometheus/client_golang",
	"internal/web/trace":          "",
	"internal/web/feed":           "",
	"internal/web/openid":         "internal/desk/people labs github.com/coreos/go-oidc/v3 golang.org/x/oauth2",
	"internal/web/pages":          "internal/attempts internal/classes internal/practice internal/rehearsal internal/report labs github.com/yuin/goldmark",
	"internal/web/people":         "internal/desk/people internal/web/openid internal/web/pages internal/web/room internal/web/session labs",
	"internal/web/reach":          "labs",
	"internal/web/room":           "internal/web/feed internal/web/pages labs",
	"internal/web/session":        "internal/desk/people internal/web/openid labs github.com/alexedwards/scs/v2",
	"internal/web/terminal":       "internal/seat github.com/coder/websocket",
	"internal/workspace":          "labs/kit",
	"labs":                        "",
	"labs/git/plain":              "labs/kit github.com/go-git/go-git/v5",
	"labs/kit":                    "labs",
	"scenarios":                   "",
}

// familyImports are the packages of this module that a family may import.
var familyImports = []string{"labs", "labs/kit"}

// shared are the modules that several packages may import. Any other module has one home, so
// that it can be replaced in one place.
var shared = []string{"github.com/charmbracelet/x/ansi", "github.com/docker/go-units", "github.com/go-git/go-git/v5", "github.com/gofrs/flock", "go.yaml.in/yaml/v4", "golang.org/x/sys", "golang.org/x/text"}

// testModules are what any package's tests may import.
var testModules = []string{
	"github.com/spf13/pflag", // flags of commands
	"github.com/charmbracelet/x/ansi", "github.com/creack/pty", "github.com/docker/docker", "github.com/gofrs/flock", "github.com/google/go-cmp",
	"github.com/rogpeppe/go-internal", "github.com/santhosh-tekuri/jsonschema/v6", "go.yaml.in/yaml/v4",
	"golang.org/x/net", "golang.org/x/term", "pgregory.net/rapid",
}

// forbidden lists what some packages may not import even from the standard library. Exams and
// practice decide without a database, files or streams, so that every door shows the same. A
// seat works over any stream, including a browser's.
var forbidden = map[string][]string{
	"internal/exams":    {"database/sql", "os", "io"},
	"internal/practice": {"database/sql", "os", "io"},
	"internal/seat":     {"os", "os/signal", "syscall"},
}

// pkg is a package as go list describes it.
type pkg struct {
	ImportPath, Dir, Doc string
	Imports              []string
	TestImports          []string
	XTestImports         []string
	GoFiles              []string
}

// listed returns the packages of the module.
var listed = sync.OnceValues(func() ([]pkg, error) {
	out, err := exec.Command("go", "list", "-tags", "engine", "-json=ImportPath,Dir,Doc,Imports,TestImports,XTestImports,GoFiles", "endstate/...").Output()
	var all []pkg
	for decoder := json.NewDecoder(bytes.NewReader(out)); err == nil && decoder.More(); {
		var one pkg
		if err = decoder.Decode(&one); len(one.GoFiles) > 0 {
			all = append(all, one)
		}
	}
	return all, err
})

func packages(t *testing.T) []pkg {
	t.Helper()
	all, err := listed()
	if err != nil || len(all) < 10 {
		t.Fatalf("go list found %d packages: %v", len(all), err)
	}
	return all
}

// name is the package's path inside the module.
func (p pkg) name() string { return strings.TrimPrefix(p.ImportPath, "endstate/") }

// house is the package that a package is a room of, as internal/cli/door is of internal/cli.
func (p pkg) house() string {
	folders := strings.Split(p.name(), "/")
	return strings.Join(folders[:min(len(folders), 2)], "/")
}

// isFamily reports whether the package is a topic, or a probe that topics share.
func (p pkg) isFamily() bool {
	family, _ := path.Match("labs/*", p.name())
	return family && p.name() != "labs/all" && p.name() != "labs/kit"
}

// isTestHelp reports whether only tests import the package.
func (p pkg) isTestHelp() bool { return strings.HasSuffix(p.name(), "test") }

func within(path string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return path == root || strings.HasPrefix(path, root+"/") })
}

func isStandard(path string) bool {
	return !within(path, "endstate") && !strings.Contains(strings.Split(path, "/")[0], ".")
}

// requirements returns the modules that go.mod requires directly.
func requirements(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json", "../../go.mod").Output()
	var file struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err == nil {
		err = json.Unmarshal(out, &file)
	}
	if err != nil {
		t.Fatalf("read go.mod: %v", err)
	}
	var modules []string
	for _, one := range file.Require {
		if !one.Indirect {
			modules = append(modules, one.Path)
		}
	}
	return modules
}

// named returns the imports beyond the standard library, sorted, in the form that the table
// uses: packages of this module by their path inside it, others by their module.
func named(paths, modules []string) []string {
	found := map[string]bool{}
	for _, path := range paths {
		own, isOwn := strings.CutPrefix(path, "endstate/")
		switch at := slices.IndexFunc(modules, func(module string) bool { return within(path, module) }); {
		case isStandard(path):
		case isOwn:
			found[own] = true
		case at >= 0:
			found[modules[at]] = true
		default:
			found[path] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func TestImportsAreListed(t *testing.T) {
	modules, unseen := requirements(t), maps.Clone(imports)
	for _, p := range packages(t) {
		if p.isFamily() || p.name() == "labs/all" {
			continue
		}
		row, listed := imports[p.name()]
		if !listed {
			t.Errorf("%s is not listed: add it to the table with its imports", p.name())
		}
		delete(unseen, p.name())
		allowed, used := strings.Fields(row), named(p.Imports, modules)
		for _, path := range used {
			if !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s, which is not listed for it", p.name(), path)
			}
		}
		for _, path := range allowed {
			if !slices.Contains(used, path) {
				t.Errorf("%s does not import %s: remove it from the list", p.name(), path)
			}
		}
	}
	for name := range unseen {
		t.Errorf("%s is listed but does not exist", name)
	}
}

// Every family is in labs/all. Of the modules in go.mod, it imports only its driver and the
// shared ones.
func TestFamilies(t *testing.T) {
	modules := requirements(t)
	var families, inAll []string
	for _, p := range packages(t) {
		if p.name() == "labs/all" {
			inAll = slices.DeleteFunc(named(p.Imports, modules), func(path string) bool { return slices.Contains(familyImports, path) })
		}
		if !p.isFamily() {
			continue
		}
		families = append(families, p.name())
		drivers := 0
		for _, path := range named(p.Imports, modules) {
			switch {
			case within(path, p.name()) || slices.Contains(familyImports, path) || slices.Contains(shared, path):
			case slices.Contains(modules, path):
				drivers++
			default:
				t.Errorf("%s imports %s: a family imports %v", p.name(), path, familyImports)
			}
		}
		if drivers > 1 {
			t.Errorf("%s has %d drivers", p.name(), drivers)
		}
	}
	if slices.Sort(families); !slices.Equal(families, inAll) {
		t.Errorf("the families are %v, labs/all lists %v", families, inAll)
	}
}

func TestModulesHaveOneHome(t *testing.T) {
	modules, homes := requirements(t), map[string]string{}
	for _, p := range packages(t) {
		if p.isTestHelp() {
			continue
		}
		for _, path := range named(p.Imports, modules) {
			if !slices.Contains(modules, path) || slices.Contains(shared, path) {
				continue
			}
			if home := homes[path]; home != "" && home != p.house() {
				t.Errorf("%s is imported by %s and by %s", path, home, p.name())
			}
			homes[path] = p.house()
		}
	}
}

func TestModulesOfTests(t *testing.T) {
	modules := requirements(t)
	for _, p := range packages(t) {
		own := named(p.Imports, modules)
		for _, path := range named(append(p.TestImports, p.XTestImports...), modules) {
			if slices.Contains(modules, path) && !slices.Contains(testModules, path) && !slices.Contains(own, path) {
				t.Errorf("a test of %s imports %s, which is not listed for the package or for tests", p.name(), path)
			}
		}
	}
}

func TestForbiddenImports(t *testing.T) {
	unseen := maps.Clone(forbidden)
	for _, p := range packages(t) {
		delete(unseen, p.name())
		for _, path := range p.Imports {
			if slices.Contains(forbidden[p.name()], path) {
				t.Errorf("%s must not import %s", p.name(), path)
			}
		}
	}
	for name := range unseen {
		t.Errorf("forbidden lists %s, which does not exist", name)
	}
}

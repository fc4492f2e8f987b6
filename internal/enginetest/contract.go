//go:build engine

package enginetest

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"endstate/labs"
	"endstate/labs/kit"
)

// Contract says for one family what the contract test can't know: what is looked at, and
// how a learner changes it, gets in its way, and tries to get past the grader. It is an
// archive of files, see docs/families.md.
type Contract struct {
	family kit.Family
	files  map[string]string // the contract's own, by name
	v      *labs.Variant     // a scenario whose facts, checks and guards are the looks
}

// The contract's own files. All others are the scenario's.
var own = []string{"hosts", "looks", "change", "reached", "refused", "lock", "holder", "stop"}

// ReadContract returns the archive of a family, which its folder holds.
func ReadContract(t *testing.T, labsFolder, family string) string {
	t.Helper()
	path := labsFolder + "/" + family + "/testdata/contract.txtar"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("a family says how it is held to its contract, see docs/families.md: %v", err)
	}
	return string(data)
}

func (r *Runner) contract(family kit.Family, archive string) *Contract {
	r.t.Helper()
	c := &Contract{family: family, files: map[string]string{}}
	var files []txtar.File
	for _, file := range txtar.Parse([]byte(archive)).Files {
		if slices.Contains(own, file.Name) {
			c.files[file.Name] = string(file.Data)
			continue
		}
		files = append(files, file)
	}
	document := c.scenario(r.t)
	c.v = r.written(append(files, txtar.File{Name: "scenario.yaml", Data: document}))
	return c
}

// scenario writes a scenario of the looks: each is a fact, and a check and a guard that
// hold while it gives what the fact measured.
func (c *Contract) scenario(t testing.TB) []byte {
	var facts, checks, guards bytes.Buffer
	looks := lines(c.files["looks"])
	points := labs.Total - len(looks) + 1
	for _, line := range looks {
		name, look, _ := strings.Cut(line, ": ")
		look = strings.TrimSuffix(strings.TrimPrefix(look, "{"), "}")
		probe, _, _ := strings.Cut(look, ":")
		fmt.Fprintf(&facts, "  %s: {%s}\n", name, look)
		asserts := fmt.Sprintf("title: %s, %s, expect: %s == facts.%[1]s, otherwise: \"${%[3]s}\"}\n", name, look, c.variable(t, probe))
		fmt.Fprintf(&checks, "  - {id: %s, points: %d, %s", name, points, asserts)
		fmt.Fprintf(&guards, "  - {id: %s-kept, costs: 1, %s", name, asserts)
		points = 1
	}
	return fmt.Appendf(nil, "hosts:\n%sfacts:\n%schecks:\n%sguards:\n%s", c.files["hosts"], &facts, &checks, &guards)
}

func (c *Contract) variable(t testing.TB, probe string) string {
	for _, one := range c.family.Probes {
		if one.Name == probe {
			return one.New().Variable()
		}
	}
	t.Fatalf("%s has no probe %q", c.family.Name, probe)
	return ""
}

func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return line == "" })
}

// covered fails if a field of a probe is in none of the looks: what it observes is then
// held to no shape and to no record.
func (c *Contract) covered(t *testing.T) {
	set := map[string]bool{}
	for _, fact := range c.v.Facts {
		look := reflect.ValueOf(fact.Look).Elem()
		for i := range look.NumField() {
			name := look.Type().String() + "." + look.Type().Field(i).Name
			set[name] = set[name] || !look.Field(i).IsZero()
		}
	}
	for _, probe := range c.family.Probes {
		look := reflect.TypeOf(probe.New()).Elem()
		for _, field := range reflect.VisibleFields(look) {
			if field.IsExported() && !set[look.String()+"."+field.Name] {
				t.Errorf("no look of the contract uses %s of %s", field.Name, probe.Name)
			}
		}
	}
}

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

// Contract tells the contract test what it can't know about a family: which looks to use, and
// how a learner changes what they observe, blocks them, and attacks the grader's account.
// docs/families.md describes its files.
type Contract struct {
	family kit.Family
	files  map[string]string // the contract's own, by name
	v      *labs.Variant     // has a fact, a check and a guard for each look
}

// The files that only the contract has. All others are the scenario's.
var own = []string{"hosts", "looks", "change", "reached", "refused", "lock", "holder", "stop"}

// ReadContract reads the contract from a family's folder.
func ReadContract(t *testing.T, labsFolder, family string) string {
	t.Helper()
	path := labsFolder + "/" + family + "/testdata/contract.txtar"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("the family has no contract, see docs/families.md: %v", err)
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

// scenario writes a scenario.yaml in which each look is a fact, and a check and a guard that
// pass as long as the look gives the value of the fact.
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

// testFields fails if no look uses a field of a probe, because nothing would then compare that
// field's observations with their shape and the record.
func (c *Contract) testFields(t *testing.T) {
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

package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"endstate/internal/report"
	"endstate/labs"
)

// Every act that a problem can suggest is worded as an existing command.
func TestActsAreCommands(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../labs/problem.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	d, acts := newConsole(t), 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Act") {
			return true
		}
		name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		acts++
		_, line, _ := strings.Cut(report.Acts([]labs.Act{{Name: name, For: "Do"}}), "Do: ")
		command, _, _ := strings.Cut(strings.TrimSuffix(line, " SCENARIO"), " --")
		status, out, _ := d.run(append(strings.Fields(command)[1:], "--help")...)
		if status != StatusDone || !strings.Contains(out, "Usage:\n  "+command) {
			t.Errorf("%s is worded as %q, which is not a command", name, line)
		}
		return true
	})
	if acts < 20 {
		t.Errorf("only %d acts were found", acts)
	}
}

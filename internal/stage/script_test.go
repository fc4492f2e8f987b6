package stage

import "testing"

// The error of a script names the line that failed, as it was rendered.
func TestScriptError(t *testing.T) {
	script := "set -u\nmysql < schema.sql\necho $missing\n"
	for _, test := range []struct{ name, output, want string }{
		{"a command", "ERROR 1064 at line 3\nendstate: failed in line 2\n", "line 2 as rendered: mysql < schema.sql\nexit status 1: ERROR 1064 at line 3"},
		{"in a function, then its caller", "endstate: failed in line 2\nendstate: failed in line 3\n", "line 2 as rendered: mysql < schema.sql\nexit status 1"},
		{"a variable", "bash: line 3: missing: unbound variable\n", "line 3 as rendered: echo $missing\nexit status 1: bash: line 3: missing: unbound variable"},
		{"syntax", "bash: -c: line 9: syntax error\n", "exit status 1: bash: -c: line 9: syntax error"},
		{"lines that are written over", "Rebasing (1/2)\rRebasing (2/2)\rDone\r\nno disk\r\n", "exit status 1: Done\nno disk"},
		{"an exit", "no disk\n", "exit status 1: no disk"},
	} {
		if got := scriptError(1, script, test.output).Error(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"endstate/internal/cli/door"
)

// internals matches what Go's packages say, and what their formats look like.
var internals = regexp.MustCompile(`strconv\.|%!|map\[|unmarshal|invalid argument|invalid character|looking for beginning|dial (unix|tcp)|deadline exceeded|\bEOF\b|` +
	`(^|[^.\w])(json|yaml|xml|sql|os|io|exec|fork/exec|open|stat|lstat|mkdir|rename): |\b(open|stat|lstat|read) /|no such file or directory|<nil>|\bnil\b|\*[a-z]+\.[A-Z]|` +
	`panic|goroutine|runtime error|0x[0-9a-f]{6,}|value out of range|unknown (short)?hand|unknown (flag|command)|accepts \d+ arg|context canceled|unsupported protocol`)

// withoutInternals runs a command line with something wrong in it, and demands an error for people.
func (d *console) withoutInternals(args ...string) {
	d.Helper()
	status, out, err := d.run(args...)
	if found := internals.FindString(out + err); found != "" && !strings.Contains(strings.Join(args, " "), found) {
		d.Errorf("%q says %q:\n%s%s", args, found, out, err)
	}
	if status != StatusDone && status != StatusFailed {
		if lines := strings.Split(strings.TrimSpace(err), "\n"); len(lines) < 2 {
			d.Errorf("%q says what is wrong, but not what to do: %q", args, err)
		}
	}
}

// Wrong values of every flag and every argument of every command are explained to people.
func TestWrongInputIsExplained(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first --seed 1")
	d.wants(StatusDone, "check")
	folder := filepath.Join(t.TempDir(), "a", "b") // some commands write files
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	values := []string{"", "x", "-1", "1e9", "99999999999999999999999", "../..", "a b\x00c\x1b[2J", folder, filepath.Join(folder, "nowhere", "x")}
	var files []string
	for name, text := range map[string]string{
		"empty.yaml": "", "list.yaml": "- 1\n- 2\n", "broken.yaml": "a: [1\nb: {", "types.yaml": "title: {a: b}\nminutes: many\npass: [1]\nquestions: 3\n",
		"broken.json": "{\"a\": ", "types.json": "{\"endstate\": \"x\", \"attempt\": 5, \"sittings\": {\"a\": 1}}", "binary": "\x00\xff\xfe\x1b", "plain.txt": "hello\n",
	} {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	for _, value := range append(values, files...) {
		d.withoutInternals("list", "--scenarios="+value)
		d.withoutInternals("status", "--owner="+value)
		d.withoutInternals("lint", "--scenarios="+value)
	}
	everyCommand(rootCommand(door.New(door.Program(d.program(nil, nil)))), func(c *cobra.Command) {
		path := strings.Fields(c.CommandPath())[1:]
		if c.Name() == "keep" || c.Name() == "__complete" {
			return // no person runs it
		}
		if c.Name() == "prove" {
			path = append(path, "nothing") // the engine of these tests plays no proofs
		}
		if c.Name() == "serve" {
			path = append(path, "--listen=nowhere") // it would serve for ever
		}
		do := func(args ...string) { d.withoutInternals(append(append([]string{}, path...), args...)...) }
		for _, value := range append(values, files...) {
			if len(path) == 0 || path[0] != "completion" && path[0] != "help" || value != "" {
				do(value)
			}
		}
		do("x", "y", "z")
		for _, value := range values {
			c.LocalNonPersistentFlags().VisitAll(func(flag *pflag.Flag) { do("--" + flag.Name + "=" + value) })
		}
		c.LocalNonPersistentFlags().VisitAll(func(flag *pflag.Flag) { do("--" + flag.Name) })
		do("--nothing-like-it")
		do("-?")
	})
}

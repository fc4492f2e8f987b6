package stage

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"endstate/labs"
)

// scriptDir is where a script's data files are while it runs, readable by root alone.
const scriptDir = "/run"

// scriptRunner unpacks a script's data files from its input and runs the script among them. That
// takes one call of the engine.
const scriptRunner = `trap 'rm -rf "$0"' EXIT
mkdir -m 700 "$0" && cd "$0" && tar -x --no-same-owner -f - && bash -Eeuo pipefail -c "$1" </dev/null`

// ScriptError is the error of a script that failed.
type ScriptError struct {
	Status int
	Line   int    // of the script as rendered, from 1; 0: unknown
	Text   string // of that line
	Output string // the last lines
}

// Error returns the line and the output.
func (s *ScriptError) Error() string {
	var text strings.Builder
	if s.Line > 0 {
		fmt.Fprintf(&text, "line %d as rendered: %s\n", s.Line, s.Text)
	}
	fmt.Fprintf(&text, "exit status %d", s.Status)
	if s.Output != "" {
		fmt.Fprintf(&text, ": %s", s.Output)
	}
	return text.String()
}

// lineMark is what the shell writes before the number of a line that fails.
const lineMark = "endstate: failed in line "

// Where the shell says in which line a script fails: our own mark, or its own messages, such as
// "bash: line 3: x: unbound variable".
var (
	markedLine = regexp.MustCompile(`(?m)^` + lineMark + `(\d+)\n?`)
	shellLine  = regexp.MustCompile(`(?m)^bash: (?:-c: )?line (\d+): `)
)

// scriptError finds the line that failed in a script's output.
func scriptError(status int, script, output string) *ScriptError {
	failed := &ScriptError{Status: status}
	match := markedLine.FindStringSubmatch(output)
	if match == nil {
		match = shellLine.FindStringSubmatch(output)
	}
	lines := strings.Split(script, "\n")
	if match != nil {
		if line, err := strconv.Atoi(match[1]); err == nil && line >= 1 && line <= len(lines) {
			failed.Line, failed.Text = line, strings.TrimSpace(lines[line-1])
		}
	}
	failed.Output = lastLines(markedLine.ReplaceAllString(output, ""), maxLines)
	return failed
}

// scripted is a host in which scripts run as root.
type scripted struct {
	labs.Host
	// helper shares the processes of the host, and has the engine's usual capabilities, which
	// the host has not. Nil: the host has them itself.
	helper *labs.Host
}

// command returns where a command has to be executed, and its arguments.
func (s scripted) command(args ...string) (labs.Host, []string) {
	if s.helper == nil {
		return s.Host, args
	}
	return *s.helper, append([]string{"chroot", "/proc/1/root"}, args...)
}

// runScript runs a script as root in a host. Its working directory is a temporary folder
// with its data files. If the script fails, the error is a [ScriptError].
func runScript(ctx context.Context, engine labs.Engine, host scripted, script labs.Script, env map[string]string) error {
	files, err := archiveOf(script.Files)
	if err != nil {
		return err
	}
	path := scriptDir + "/endstate-" + rand.Text()
	// The mark of the failed line is on the first line, so that line numbers stay as they are.
	marked := "trap 'echo \"" + lineMark + "$LINENO\" >&2' ERR; " + script.Text
	in, args := host.command("bash", "-c", scriptRunner, path, marked)
	status, output, err := run(ctx, engine, in, labs.Command{
		Args: args, Environment: withHome(env, path), User: "root",
	}, files)
	if err != nil {
		return err
	}
	if status != 0 {
		return scriptError(status, script.Text, output)
	}
	return nil
}

// withHome sets HOME to the script's temporary folder, so that files written there
// disappear with it.
func withHome(env map[string]string, home string) map[string]string {
	with := maps.Clone(env)
	with["HOME"] = home
	return with
}

// maxLines is how many lines of a script's output are shown.
const maxLines = 15

// Run runs a command to its end. It returns the exit status and the last lines of output.
func Run(ctx context.Context, engine labs.Engine, host labs.Host, command labs.Command) (int, string, error) {
	status, output, err := run(ctx, engine, host, command, strings.NewReader(""))
	return status, lastLines(output, maxLines), err
}

// run runs a command with an input to its end. It returns the exit status and the output.
func run(ctx context.Context, engine labs.Engine, host labs.Host, command labs.Command, input io.Reader) (int, string, error) {
	process, err := engine.Execute(ctx, host, command)
	if err != nil {
		return 0, "", err
	}
	defer process.Close()
	stop := context.AfterFunc(ctx, func() { _ = process.Kill(ctx) })
	defer stop()
	go func() {
		// A command that does not read its input fails, and says why.
		_, _ = io.Copy(process.Stdin(), input)
		_ = process.Stdin().Close()
	}()
	out, readErr := io.ReadAll(process.Stdout())
	if cause := context.Cause(ctx); cause != nil {
		return 0, "", cause
	}
	if readErr != nil {
		return 0, "", readErr
	}
	status, err := process.Wait(ctx)
	return status, string(out) + process.Stderr(), err
}

// lastLines returns the last lines of a text as a terminal shows them: a carriage return writes over its line, as
// programs do that show how far they are.
func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	lines = lines[max(0, len(lines)-n):]
	for i, line := range lines {
		line = strings.TrimRight(line, "\r")
		lines[i] = line[strings.LastIndex(line, "\r")+1:]
	}
	return strings.Join(lines, "\n")
}

// archiveOf returns files as a tar archive.
func archiveOf(files fs.FS) (io.Reader, error) {
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	if files != nil {
		if err := addFiles(w, files); err != nil {
			return nil, err
		}
	}
	return &buffer, w.Close()
}

func addFiles(w *tar.Writer, files fs.FS) error {
	return fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		header := &tar.Header{Name: path, Mode: 0o644}
		if entry.IsDir() {
			header.Typeflag, header.Mode = tar.TypeDir, 0o755
			return w.WriteHeader(header)
		}
		data, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		header.Size = int64(len(data))
		if err := w.WriteHeader(header); err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
}

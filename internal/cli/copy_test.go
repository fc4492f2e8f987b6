//go:build unix

package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"endstate/labs"
)

// hostProgram is a process of a fake host: a program of this machine, at home in the host's folder.
type hostProgram struct {
	*exec.Cmd
	in     io.WriteCloser
	out    io.Reader
	errors bytes.Buffer
}

// start runs a command of the fake host. As the host's user, it must be the learner.
func start(command labs.Command, home string) (labs.Process, error) {
	if command.User != labs.UserName || command.Dir != labs.LearnerHome {
		return nil, errors.New("it does not run as the learner")
	}
	p := &hostProgram{Cmd: exec.Command(command.Args[0], command.Args[1:]...)}
	p.Cmd.Dir, p.Cmd.Stderr = home, &p.errors
	in, err := p.StdinPipe()
	if err == nil {
		p.in = in
		p.out, err = p.StdoutPipe()
	}
	if err == nil {
		err = p.Start()
	}
	return p, err
}

func (p *hostProgram) Stdin() io.WriteCloser                  { return p.in }
func (p *hostProgram) Stdout() io.Reader                      { return p.out }
func (p *hostProgram) Stderr() string                         { return p.errors.String() }
func (p *hostProgram) Resize(context.Context, int, int) error { return nil }
func (p *hostProgram) Kill(context.Context) error             { return p.Process.Kill() }
func (p *hostProgram) Close() error                           { return p.in.Close() }
func (p *hostProgram) Wait(context.Context) (int, error) {
	err := p.Cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// withFiles gives a console a lab with a home folder, and goes to an empty folder.
func withFiles(t *testing.T) (d *console, home string) {
	t.Helper()
	d = newConsole(t)
	d.lab("ada", "first")
	d.engine.home = t.TempDir()
	t.Chdir(t.TempDir())
	return d, d.engine.home
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, name, want string) {
	t.Helper()
	if text, err := os.ReadFile(name); err != nil || string(text) != want {
		t.Errorf("%s is %q, %v; want %q", name, text, err, want)
	}
}

func TestCopyIn(t *testing.T) {
	for name, test := range map[string]struct{ line, want, says string }{
		"to the home folder":   {"cp fix.sql :", "fix.sql", "Copied to first:fix.sql\n"},
		"to the home's name":   {"cp fix.sql :~/", "fix.sql", ""},
		"by the scenario":      {"cp fix.sql first:", "fix.sql", ""},
		"into a folder":        {"cp fix.sql :work", "work/fix.sql", "Copied to first:work/fix.sql\n"},
		"under a new name":     {"cp fix.sql :work/new.sql", "work/new.sql", ""},
		"over a file":          {"cp fix.sql :work/old.sql", "work/old.sql", ""},
		"with an odd name":     {"cp fix.sql :-rf", "-rf", ""},
		"a folder":             {"cp project :", "project/deep/fix.sql", ""},
		"a folder, as another": {"cp project :other", "other/deep/fix.sql", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d, home := withFiles(t)
			write(t, "fix.sql", "SELECT 1")
			write(t, "project/deep/fix.sql", "SELECT 1")
			write(t, filepath.Join(home, "work/old.sql"), "old")
			d.wants(StatusDone, test.line, test.says)
			holds(t, filepath.Join(home, test.want), "SELECT 1")
		})
	}
}

func TestCopyOut(t *testing.T) {
	for name, test := range map[string]struct{ line, want string }{
		"a file":                    {"cp :work/a.txt .", "a.txt"},
		"a file under a new name":   {"cp :work/a.txt b.txt", "b.txt"},
		"from home by its name":     {"cp :~/work/a.txt .", "a.txt"},
		"a folder":                  {"cp :work .", "work/a.txt"},
		"a folder under a new name": {"cp first:work new", "new/a.txt"},
		"a folder's content":        {"cp :work/. .", "a.txt"},
		"a file with an odd name":   {"cp :-rf .", "-rf"},
	} {
		t.Run(name, func(t *testing.T) {
			d, home := withFiles(t)
			write(t, filepath.Join(home, "work/a.txt"), "text")
			write(t, filepath.Join(home, "-rf"), "text")
			d.wants(StatusDone, test.line, "Copied to")
			holds(t, test.want, "text")
		})
	}
}

func TestCopiesThatFail(t *testing.T) {
	d, home := withFiles(t)
	write(t, "fix.sql", "SELECT 1")
	write(t, filepath.Join(home, "work/a.txt"), "text")
	if err := errors.Join(os.Mkdir(filepath.Join(home, "shut"), 0o500), os.Symlink("/etc/passwd", filepath.Join(home, "work/link"))); err != nil {
		t.Fatal(err)
	}
	for line, says := range map[string]string{
		"cp fix.sql other.sql":     "One of the two must be in a lab",
		"cp :a :b":                 "One of the two must be in a lab",
		"cp nothing.sql :":         "nothing.sql can't be copied.",
		"cp fix.sql :nowhere/x":    "It can't be written to nowhere",
		"cp fix.sql :nowhere/":     "There is no folder",
		"cp :nothing .":            "There is no ./nothing in `workspace`, or you can't see it.",
		"cp fix.sql second:":       "No lab of second is running.",
		"cp --host db fix.sql :":   `The scenario opens no host "db".`,
		"cp --host db :work .":     `The scenario opens no host "db".`,
		"cp :work fix.sql/nowhere": "It can't be copied to fix.sql/nowhere.",
	} {
		d.wants(StatusMisused, line, says)
	}
	d.wants(StatusDone, "cp :work .", "Left out, as it is no file or leads elsewhere: link")
	if _, err := os.Lstat("work/link"); err == nil {
		t.Error("a link that leads elsewhere was copied")
	}
	d.engine.down = true
	d.wants(StatusMisused, "cp fix.sql :", "The host `workspace` does not run.", "endstate shell first")
}

// What the learner's user can't read or write is not copied: the scripts run as that user.
func TestCopyHasTheRightsOfTheShell(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads everything; TestCopyInARealLab shows it")
	}
	d, home := withFiles(t)
	write(t, filepath.Join(home, "work/secret"), "text")
	if err := os.Chmod(filepath.Join(home, "work/secret"), 0); err != nil {
		t.Fatal(err)
	}
	d.wants(StatusMisused, "cp :work/secret .", "Not all of ./work/secret in `workspace` can be read.")
}

func TestExamsAreNotCopied(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "exam start "+d.exam("hints: none")+" --candidate ada --no-shell")
	write(t, filepath.Join(t.TempDir(), "x"), "")
	for _, line := range []string{"cp :work .", "cp copy_test.go :"} {
		d.wants(StatusMisused, line, "Labs of an exam can't be copied into or out of.")
	}
}

// Nobody reaches another learner's files.
func TestCopyFromAnother(t *testing.T) {
	d, home := withFiles(t)
	write(t, filepath.Join(home, "work/a.txt"), "text")
	d.env["ENDSTATE_OWNER"] = "eve"
	for _, lab := range []string{"", "first", d.engine.labs[0].ID} {
		status, out, err := d.run("cp", lab+":work", ".")
		if status != StatusMisused || !strings.Contains(err, "No lab") && !strings.Contains(err, "There is no scenario") {
			t.Errorf("by %q: %d, %s%s", lab, status, out, err)
		}
	}
}

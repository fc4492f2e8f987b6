package cli

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"endstate/internal/attempts"
	examdesk "endstate/internal/desk/exam"
	"endstate/labs"
)

// completes demands what a command line completes: names and their descriptions.
func (d *console) completes(line string, want ...string) {
	d.Helper()
	args := append([]string{"__complete"}, strings.Fields(line)...)
	if strings.HasSuffix(line, " ") {
		args = append(args, "")
	}
	_, out, _ := d.run(args...)
	for _, one := range want {
		if !strings.Contains("\n"+out, "\n"+one) {
			d.Errorf("%q does not complete %q: %s", line, one, out)
		}
	}
	if len(want) == 0 && !strings.HasPrefix(out, ":") {
		d.Errorf("%q completes %s", line, out)
	}
}

// Commands about labs complete the learner's labs; without an engine, all scenarios.
func TestCompleteLabs(t *testing.T) {
	d := newConsole(t)
	for _, line := range []string{"check ", "stop ", "shell ", "save --lab ", "saved ", "extend ", "reset ", "task "} {
		d.completes(line)
	}
	d.lab("ada", "second")
	for _, line := range []string{"check ", "stop ", "hint ", "shell ", "save --lab ", "reset ", "solution "} {
		d.completes(line, "second\tseed 7, since 10:00")
		if _, out, _ := d.run("__complete", strings.Fields(line)[0], ""); strings.Contains(out, "first") {
			t.Errorf("%s completes a scenario without a lab: %s", line, out)
		}
	}
	d.completes("start ", "first\tThe first", "second\tThe second")
	d.completes("shell ", "workspace")
	d.completes("shell second ", "workspace")
	d.completes("shell second workspace ")
	d.completes("cp file se", "second:\tseed 7")
	d.completes("cp file second: --host ", "workspace")
	d.engine.listing = func(context.Context) error { return errors.New("it is gone") }
	d.completes("check ", "first\tThe first", "second\tThe second")
	if len(d.engine.labs) != 1 || d.engine.launched > 0 {
		t.Errorf("completion has changed %v", d.engine.labs)
	}
}

// Commands about attempts and exams complete them, the latest first, and looking creates no store.
func TestCompleteAttemptsAndExams(t *testing.T) {
	d := newConsole(t)
	for _, line := range []string{"show ", "replay ", "debrief ", "report ", "exam status --exam ", "exam grade --candidate ", "exam resume "} {
		d.completes(line)
	}
	if d.remembersAnything() {
		t.Error("completion has created a store")
	}
	d.wants(StatusDone, "start first")
	d.wants(StatusDone, "check")
	d.wants(StatusDone, "stop")
	d.after(time.Hour)
	d.wants(StatusDone, "start second")
	for _, line := range []string{"show ", "replay ", "debrief ", "report "} {
		d.completes(line, "2\tsecond, no score, 1 Mar 11:00\n1\tfirst, 100 of 100, 1 Mar 10:00\n", "first\tthe latest attempt at it, 1")
		d.completes(line + "1 ")
	}
	d.wants(StatusDone, "exam start "+d.exam("")+" --no-shell --candidate Ada")
	d.completes("exam status --exam ", "1\tmine, Ada, ")
	d.completes("exam grade --candidate ", "Ada")
	d.completes("exam resume ", "workspace")
	d.completes("exam comment ", "1\tmine, Ada, ")
	d.completes("report ", "exam-1\tmine, Ada, ", "2\tsecond")
}

// Exams that can be started complete: the built-in ones, and those whose blueprints were kept in a browser.
func TestCompleteBlueprints(t *testing.T) {
	d := newConsole(t)
	d.completes("exam start ", "taste\n")
	if d.remembersAnything() {
		t.Error("completion has created a store")
	}
	text, err := os.ReadFile(d.exam(""))
	if err != nil {
		t.Fatal(err)
	}
	ada := labs.Learner{Name: "ada", Role: labs.RoleAdmin}
	if _, err := examdesk.New(d.atDesk(), nil).KeepBlueprint(t.Context(), ada, "class", string(text), false); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"exam start ", "exam lint ", "exam draw "} {
		d.completes(line, "taste\n", "class\n")
		d.completes(line + "class ")
	}
	d.wants(StatusDone, "exam list", "class ")
}

func (d *console) remembersAnything() bool {
	_, err := os.Stat(attempts.Path(d.env["ENDSTATE_HOME"]))
	return err == nil
}

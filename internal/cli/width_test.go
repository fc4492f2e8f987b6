package cli

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
)

// copied matches lines that people copy, which are not wrapped: commands and paths.
var copied = regexp.MustCompile(`^\W*(endstate |\S*/\S*\W*$)`)

// fits demands that no line of a command's output is wider than the terminal.
func (d *console) fits(width int, line string) {
	d.Helper()
	_, out, err := d.run(strings.Fields(line)...)
	d.allFit(width, line, out+err)
}

// allFit demands that no line of a text is wider than the terminal.
func (d *console) allFit(width int, name, text string) {
	d.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		if ansi.StringWidth(line) > width && !copied.MatchString(line) {
			d.Errorf("%s at %d columns has a line of %d: %q", name, width, ansi.StringWidth(line), line)
		}
	}
}

// everyCommand calls a function for each command, hidden ones included.
func everyCommand(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, sub := range c.Commands() {
		everyCommand(sub, do)
	}
}

var widths = []int{60, 80, 120}

func TestHelpFits(t *testing.T) {
	d := newConsole(t)
	everyCommand(rootCommand(door.New(door.Program(d.program(nil, nil)))), func(c *cobra.Command) {
		for _, width := range widths {
			d.env["COLUMNS"] = fmt.Sprint(width)
			d.fits(width, strings.TrimPrefix(c.CommandPath(), "endstate")+" --help")
		}
		delete(d.env, "COLUMNS")
		d.fits(80, strings.TrimPrefix(c.CommandPath(), "endstate")+" --help")
	})
}

// What commands write fits, with names, titles and texts that are as long as they get.
func TestOutputFits(t *testing.T) {
	d := newConsole(t)
	long := "a-scenario-with-a-name-longer-than-any"
	d.topics = map[string]string{long: "documentation", "first": "tests", "second": "tests"}
	for i := range 20 {
		d.topics[fmt.Sprintf("s%02d", i)] = "mysql"
	}
	for i := range 12 {
		name := fmt.Sprintf("s%02d", i)
		if i == 0 {
			name = long
		}
		d.wants(StatusDone, "start "+name+" --seed 9007199254740991")
		d.wants(StatusDone, "hint --yes "+name)
		d.state = strings.Repeat("bad ", 60)
		d.wants(StatusFailed, "check "+name)
		d.wants(StatusDone, "solution --yes "+name)
		d.wants(StatusDone, "stop "+name)
		d.after(200 * time.Hour)
	}
	d.state = strings.Repeat("bad ", 60)
	d.wants(StatusDone, "start "+long+" --seed 9007199254740991")
	d.wants(StatusDone, "start s01")
	d.wants(StatusDone, "exam start "+d.exam("")+" --no-shell --candidate Somebody-With-Quite-A-Long-Name")
	for _, width := range widths {
		d.env["COLUMNS"] = fmt.Sprint(width)
		for _, line := range []string{
			"list", "history", "history --last 0", "history " + long, "progress", "next", "status", "status --everyone", "doctor", "images list", "lint", "questions",
			"show 1", "show", "report 1", "report", "replay 1", "task " + long, "check " + long, "hint " + long, "hint --yes " + long, "solution " + long, "solution --yes " + long,
			"start " + long, "start nothing-like-it", "exam list", "exam status", "exam goto 1 --no-shell", "exam grade", "exam grade 1", "stop nothing", "stop " + long + " s01",
			"reset " + long, "check", "check --junit --json", "history --last many", "report 1 -o x.pdf", "show nothing-of-that-name-at-all", "verify nothing", "import nothing", "prove nothing",
			"rehearse", "rehearse company", "frobnicate", "exam start nothing",
		} {
			d.fits(width, line)
		}
	}
	d.wants(StatusFailed, "exam submit --yes")
	for _, width := range widths {
		d.env["COLUMNS"] = fmt.Sprint(width)
		for _, line := range []string{"exam list", "exam status --exam 1", "report exam-1", "show 14"} {
			d.fits(width, line)
		}
	}
}

// Colours are colours, not escaped control characters.
func TestColoursAreNotEscaped(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first")
	d.state = "bad"
	d.wants(StatusFailed, "check")
	d.after(100 * time.Hour)
	d.wants(StatusDone, "start second")
	for _, line := range []string{"list", "history", "progress", "next", "status", "doctor", "show 1", "report 1", "check second", "hint second", "exam list", "questions"} {
		if _, shown := d.sit("y\n", strings.Fields(line)...); strings.Contains(shown, `\x1b`) {
			t.Errorf("%s shows %q", line, shown)
		}
	}
	if _, shown := d.sit("", "progress"); !strings.Contains(shown, "\x1b[33mDue now:\x1b[0m") {
		t.Errorf("what is due is not marked: %q", shown)
	}
}

package cli

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"endstate/internal/attempts"
)

// A past that commands can look back at: three attempts at two scenarios, the last one running.
func withPast(t *testing.T) *console {
	d := newConsole(t)
	for _, line := range []string{"start first --seed 1", "check", "stop", "start second --seed 2", "check", "stop", "start first --seed 3"} {
		d.wants(StatusDone, line)
		d.after(time.Minute)
	}
	d.wants(StatusDone, "check")
	return d
}

// Whatever a command writes, it can write to a file, and the file's extension says the format.
func TestOutputGoesToAFile(t *testing.T) {
	d := withPast(t)
	for _, line := range []string{"list", "status", "history", "progress", "next", "show 1", "report 1", "check", "doctor", "images list", "exam list"} {
		for flag, name := range map[string]string{"": "out.txt", " --json": "out.json"} {
			file := filepath.Join(t.TempDir(), name)
			want := d.wants(StatusDone, line+flag)
			if out := d.wants(StatusDone, line+" -o "+file, "Written: "+file); out != "" && !strings.HasPrefix(line, "status") {
				t.Errorf("%s -o writes to standard output too: %s", line, out)
			}
			got, err := os.ReadFile(file)
			if err != nil || withoutTimes(string(got)) != withoutTimes(want) {
				t.Errorf("%s%s, %v:\n%s\nin the file:\n%s", line, flag, err, want, got)
			}
			if out := d.wants(StatusDone, line+flag+" -o -"); withoutTimes(out) != withoutTimes(want) {
				t.Errorf("%s -o -: %s", line, out)
			}
			d.wants(StatusMisused, line+" -o "+filepath.Join(t.TempDir(), "out.pdf"), "This can't be written as .pdf", "--format text|json")
		}
	}
}

// withoutTimes removes what differs from one run to the next.
func withoutTimes(text string) string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if !strings.Contains(line, `"took"`) && !strings.Contains(line, `"digest"`) && !strings.Contains(line, `"recall"`) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func TestFormatFollowsTheExtension(t *testing.T) {
	d := withPast(t)
	for name, begin := range map[string]string{"a.html": "<!doctype html>", "a.htm": "<!doctype html>", "a.JSON": "{", "a.xml": "<?xml", "a.csv": "attempt,", "a.txt": "The first", "a": "The first"} {
		file := filepath.Join(t.TempDir(), name)
		d.wants(StatusDone, "report 1 -o "+file)
		got, err := os.ReadFile(file)
		if err != nil || !strings.HasPrefix(strings.ToLower(string(got)), strings.ToLower(begin)) {
			t.Errorf("%s begins with %.40q, %v", name, got, err)
		}
	}
	file := filepath.Join(t.TempDir(), "a.html")
	d.wants(StatusDone, "report 1 --format json -o "+file)
	if got, _ := os.ReadFile(file); !json.Valid(got) {
		t.Errorf("--format json writes %.40q", got)
	}
	d.wants(StatusMisused, "history -o "+file, "This can't be written as .html", ".txt, .json")
	d.wants(StatusMisused, "check --json --junit", "json or junit")
	d.wants(StatusMisused, "check --json --format text", "json or text")
	d.wants(StatusMisused, "history --format csv", "text, json")
	d.wants(StatusDone, "check --junit", "<testsuites ")
}

// An existing device or pipe is written to, not replaced.
func TestOutputToAPipe(t *testing.T) {
	d := withPast(t)
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		file, err := os.Open(pipe)
		if err != nil {
			t.Error(err)
			close(read)
			return
		}
		defer file.Close()
		text, _ := io.ReadAll(file)
		read <- string(text)
	}()
	d.wants(StatusDone, "show 1 -o "+pipe)
	if text := <-read; !strings.HasPrefix(text, "Attempt 1: first") {
		t.Errorf("the pipe got %q", text)
	}
	if info, err := os.Stat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe was replaced: %v, %v", info, err)
	}
	d.wants(StatusUngraded, "show 1 -o "+filepath.Join(t.TempDir(), "nowhere", "x.txt"), "can't be written", "Choose a file in a folder")
}

// Every command that is about an attempt takes the same names for it.
func TestAttemptsAreNamedAlike(t *testing.T) {
	d := withPast(t)
	id := read[attempts.Story](d, "show 2 --json").UID
	d.in = "I looked at the state and changed it."
	for _, command := range []string{"show", "report", "debrief"} {
		for name, want := range map[string]string{
			"1": `"seed": 1,`, "2": `"seed": 2,`, id: `"seed": 2,`, id[:6]: `"seed": 2,`, "second": `"seed": 2,`, "first": `"seed": 3,`, "": `"seed": 3,`,
		} {
			if command == "debrief" {
				want = `"answer"`
			}
			d.wants(StatusDone, strings.TrimSpace(command+" "+name)+" --json", want)
		}
		d.wants(StatusMisused, command+" 9", `There is no attempt "9".`, "endstate history")
		d.wants(StatusMisused, command+" ffffff", `There is no attempt "ffffff".`)
		d.wants(StatusMisused, command+" frist", "Did you mean first?")
	}
	for name, number := range map[string]string{"2": "2", "second": "2", "first": "3", "": "3"} {
		d.wants(StatusMisused, strings.TrimSpace("replay "+name), "There is no recording of attempt "+number)
	}
	if a := read[attempts.Story](d, "show 1 --json"); len(a.Explanations) != 1 {
		t.Errorf("attempt 1 has %d explanations", len(a.Explanations))
	}
	fresh := newConsole(t)
	for _, command := range []string{"show", "report", "replay", "debrief"} {
		fresh.wants(StatusMisused, command, "There are no attempts yet.", "endstate next")
		fresh.wants(StatusMisused, command+" first", "There is no attempt at first yet.", "endstate start first")
	}
}

// The model answer of an earlier attempt gives a running lab of the same scenario away too.
func TestDebriefOfAnEarlierAttempt(t *testing.T) {
	d := newConsole(t)
	for _, line := range []string{"start first --seed 1", "check", "stop", "start first --seed 2"} {
		d.wants(StatusDone, line)
		d.after(time.Minute)
	}
	d.in = "I looked at the state."
	d.wants(StatusMisused, "debrief 1", "This needs your consent")
	d.wants(StatusDone, "debrief 1 --yes", "Stored with attempt 1.")
	if earlier, running := read[attempts.Story](d, "show 1 --json"), read[attempts.Story](d, "show 2 --json"); earlier.Assisted || !running.Assisted {
		t.Errorf("assisted: attempt 1 %v, attempt 2 %v", earlier.Assisted, running.Assisted)
	}
}

// An error about a flag names the flag and says what it takes, in the words of people.
func TestFlagErrors(t *testing.T) {
	d := newConsole(t)
	for line, want := range map[string]string{
		"history --last x":            "--last can't be \"x\".\nIt takes a whole number. See: endstate history --help\n",
		"history --last":              "--last needs a value.\nIt takes a whole number. See: endstate history --help\n",
		"replay 1 --speed fast":       "--speed can't be \"fast\".\nIt takes a number, such as 2 or 0.5. See: endstate replay --help\n",
		"start first --seed -1":       "--seed can't be \"-1\".\nIt takes a whole number from 0 to 9007199254740991. See: endstate start --help\n",
		"start first --no-shell=soon": "--no-shell can't be \"soon\".\nIt is a switch and takes no value. See: endstate start --help\n",
		"start first --sed 3":         "endstate start has no flag --sed.\nDid you mean --seed?\n",
		"check -x":                    "endstate check has no flag -x.\nSee: endstate check --help\n",
		"check --format pdf":          "--format can't be \"pdf\".\nChoose one of text, json, junit. See: endstate check --help\n",
		"check --format":              "--format needs a value.\nIt takes one of text, json, junit. See: endstate check --help\n",
		"history -o":                  "--output needs a value.\nIt takes a file. See: endstate history --help\n",
	} {
		if status, _, got := d.run(strings.Fields(line)...); status != StatusMisused || got != want {
			t.Errorf("%s: %d\n%s", line, status, got)
		}
	}
}

// A topic in place of a scenario offers its scenarios, the easiest first.
func TestStartOfATopic(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusMisused, "start tests", "NO.  SCENARIO  LEVEL   PAR    STANDING   TITLE", "  1  first     1 core  5 min  not tried  The first",
		"  2  second    1 core", "tests is a topic, and none of its scenarios was chosen.", "endstate start first")
	if d.engine.launched != 0 {
		t.Error("a lab was started")
	}
	status, shown := d.sit("2\n", "start", "tests", "--no-shell")
	if status != StatusDone || !strings.Contains(shown, "Which one? ") || !strings.Contains(shown, "endstate shell second") {
		t.Errorf("%d, %q", status, shown)
	}
	if status, shown := d.sit("7\n\n", "start", "tests", "--no-shell"); status != StatusMisused || d.engine.launched != 1 {
		t.Errorf("%d, %q", status, shown)
	}
}

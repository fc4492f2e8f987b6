package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// inTwoLines demands the form in which learners see errors.
func inTwoLines(t *testing.T, text string) {
	t.Helper()
	lines := strings.SplitN(strings.TrimSuffix(text, "\n"), "\n", 3)
	if len(lines) < 2 || !strings.HasSuffix(lines[0], ".") || lines[1] == "" || len(lines) == 3 && lines[2][0] != '(' {
		t.Errorf("it does not tell what happened and what to do:\n%s", text)
	}
}

func TestNoLab(t *testing.T) {
	d := newConsole(t)
	d.lab("grace", "first") // somebody else's
	for _, command := range []string{"task", "check", "check --json", "check --junit", "hint", "solution --yes", "reset --yes"} {
		status, out, err := d.run(strings.Fields(command)...)
		if status != StatusMisused || out != "" || !strings.HasPrefix(err, "No lab is running.\nStart one: endstate start") {
			t.Errorf("%s: %d, %s%s", command, status, out, err)
		}
		status, _, err = d.run(append(strings.Fields(command), "first")...)
		if status != StatusMisused || err != "No lab of first is running.\nStart it: endstate start first\n" {
			t.Errorf("%s first: %d, %s", command, status, err)
		}
		status, _, err = d.run(append(strings.Fields(command), "frist")...)
		if status != StatusMisused || err != "There is no scenario \"frist\".\nDid you mean first?\n" {
			t.Errorf("%s frist: %d, %s", command, status, err)
		}
	}
	d.wants(StatusDone, "status", "No lab is running.")
	d.wants(StatusDone, "stop", "No lab is running.")
	d.wants(StatusDone, "stop first", "No lab of first is running.")
	d.wants(StatusDone, "stop --all", "No lab is running.")
	d.wants(StatusMisused, "stop frist", "Did you mean first?")
	d.wants(StatusDone, "sweep", "Nothing has expired.")
	if len(d.engine.labs) != 1 {
		t.Error("somebody else's lab is gone")
	}
}

func TestOneLab(t *testing.T) {
	d := newConsole(t)
	lab := d.lab("ada", "first")
	d.lab("grace", "second")
	d.wants(StatusDone, "task", "Do the first thing.", "seed 7")
	d.wants(StatusDone, "check", "The state is good", "100 of 100")
	d.wants(StatusDone, "check "+lab.ID, "100 of 100")
	d.wants(StatusDone, "--owner grace check", "100 of 100")
	d.wants(StatusDone, "status", "first", "ada", "60 min", "190 MiB", "running")
	d.wants(StatusDone, "status --everyone", "grace")
	d.wants(StatusMisused, "solution", "This needs your consent", "--yes")
	d.wants(StatusMisused, "reset", "This needs your consent", "--yes")
	d.wants(StatusDone, "reset --yes", "is as it was handed over")
	d.wants(StatusMisused, "start first --seed 8", "at seed 7", "endstate stop first")
	d.wants(StatusDone, "start first", "is running already, at seed 7")
	d.wants(StatusDone, "stop", "The lab of first is gone.")
	if d.engine.launched != 1 || len(d.engine.labs) != 1 || d.engine.labs[0].Owner != "grace" {
		t.Errorf("%d launched, %v are left", d.engine.launched, d.engine.labs)
	}
}

func TestSeveralLabs(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.lab("ada", "second")
	for _, command := range []string{"task", "check", "hint", "solution --yes", "reset --yes", "stop"} {
		d.wants(StatusMisused, command, "Several labs are running.\nName one of: first, second\n")
	}
	d.wants(StatusDone, "check second", "100 of 100")
	d.wants(StatusDone, "stop --all", "The lab of first is gone.", "The lab of second is gone.")
}

func TestStart(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first --seed 12", "Do the first thing.", "at seed 12", "endstate check first")
	var lab labs.Lab
	if err := json.Unmarshal([]byte(d.wants(StatusDone, "start second --seed 3 --json")), &lab); err != nil {
		t.Fatal(err)
	}
	if lab.Scenario != "second" || lab.Seed != 3 || lab.Owner != "ada" || lab.ID != labs.LabID("ada", "second") {
		t.Errorf("%+v", lab)
	}
	var all []struct {
		Scenario, State string
		Memory          int64
	}
	if err := json.Unmarshal([]byte(d.wants(StatusDone, "status --json")), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].State != "running" || all[1].Memory != 190<<20 {
		t.Errorf("%+v", all)
	}
	d.engine.labs[0].Hosts[0] = labs.Host{Name: labs.Workspace, State: labs.HostStopped, Exit: 137}
	d.wants(StatusDone, "status", "workspace stopped (137)", "endstate reset first")
	d.engine.labs[0].Hosts[0].State = labs.HostOutOfMemory
	d.wants(StatusDone, "status", "workspace ran out of memory")
	d.engine.labs[0].Whole = false
	d.wants(StatusDone, "status", "has lost a host", "endstate reset first", "endstate stop first")
}

// The results of a check decide the exit status, whatever the output format.
func TestCheckStatus(t *testing.T) {
	for name, test := range map[string]struct {
		state   any
		failed  error
		status  int
		verdict labs.Verdict
	}{
		"passed":   {"good", nil, StatusDone, labs.Passed},
		"failed":   {"bad\x1b[2J", nil, StatusFailed, labs.Failed},
		"obstacle": {nil, &kit.Obstacle{Message: "The server is stopped."}, StatusFailed, labs.Failed},
		"ungraded": {nil, errors.New("the engine is gone"), StatusUngraded, labs.Ungraded},
	} {
		t.Run(name, func(t *testing.T) {
			d := newConsole(t)
			d.lab("ada", "first")
			d.state, d.failed = test.state, test.failed
			if out := d.wants(test.status, "check", "The state is good"); strings.Contains(out, "\x1b") {
				t.Errorf("the terminal is steered by %q", out)
			}
			var found struct {
				Checks         []labs.Result
				Hints, Servers []any
			}
			if err := json.Unmarshal([]byte(d.wants(test.status, "check --json")), &found); err != nil {
				t.Fatal(err)
			}
			if found.Checks[0].Verdict != test.verdict || found.Hints == nil || found.Servers == nil {
				t.Errorf("%+v", found)
			}
			if err := xml.Unmarshal([]byte(d.wants(test.status, "check --junit")), new(struct{ XMLName xml.Name })); err != nil {
				t.Error(err)
			}
		})
	}
}

// Hints and the solution are charged, even after a reset and by another process.
func TestHelpIsCharged(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.state = "bad"
	if out := d.wants(StatusDone, "hint --yes", "Hint 1 of 2 (−5)", "The first hint."); strings.Contains(out, "second") {
		t.Error("two hints at once")
	}
	d.wants(StatusFailed, "check", "0 of 100", "hints −5")
	d.wants(StatusDone, "hint --yes", "The first hint.", "Hint 2 of 2 (−7)")
	d.wants(StatusDone, "hint", "All hints are open.")
	d.state = "good"
	d.wants(StatusDone, "reset --yes")
	d.wants(StatusDone, "solution --yes", "do-the-thing", "I would do the thing.")
	d.wants(StatusDone, "check", "88 of 100", "solution seen")
	d.wants(StatusDone, "stop")
	d.now = d.now.Add(time.Minute)
	d.lab("ada", "first")
	d.wants(StatusDone, "check", "100 of 100") // another attempt
}

// Nobody pays for a hint without having agreed to its price.
func TestHintsAskFirst(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.wants(StatusMisused, "hint", "This needs your consent", "--yes")
	for _, test := range []struct {
		keys, question, shown string
		open                  int
	}{
		{"n\n", "Hint 1 of 2 costs 5 points. Open it? [y/N]", "", 0},
		{"y\n", "Hint 1 of 2 costs 5 points. Open it? [y/N]", "The first hint.", 1},
		{"\n", "Hint 2 of 2 costs 7 points, 12 in all. Open it? [y/N]", "The first hint.", 1},
		{"y\n", "Hint 2 of 2 costs 7 points, 12 in all. Open it? [y/N]", "The second hint.", 2},
		{"", "All hints are open.", "The second hint.", 2},
	} {
		status, shown := d.sit(test.keys, "hint")
		shown = colour.ReplaceAllString(shown, "")
		if status != StatusDone || !strings.Contains(shown, test.question) || !strings.Contains(shown, test.shown) {
			t.Errorf("%q: %d, %s", test.keys, status, shown)
		}
		if a := d.remembered()[0]; a.Hints != test.open || a.Charged != test.open {
			t.Errorf("%q: %d hints are open, %d are charged", test.keys, a.Hints, a.Charged)
		}
	}
}

// Once everything is solved, hints cost nothing and nobody is asked.
func TestHintsAreFreeOnceSolved(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.state = "bad"
	d.wants(StatusDone, "hint --yes")
	d.wants(StatusFailed, "check")
	d.wants(StatusMisused, "hint", "This needs your consent") // a check that failed frees none
	d.state = "good"
	d.wants(StatusDone, "check", "95 of 100", "With 1 hint.")
	d.wants(StatusDone, "hint", "Hint 1 of 2 (−5)", "Hint 2 of 2 (free)")
	d.wants(StatusDone, "check", "95 of 100 (as before)", "With 2 hints.")
	d.state = "bad" // broken again, and still the same attempt
	d.wants(StatusFailed, "check", "hints −5")
	if a := d.remembered()[0]; a.Hints != 2 || a.Charged != 1 || a.Solved == nil || *a.Score != 95 {
		t.Errorf("%+v", a)
	}
}

// An author may remove hints after they were opened.
func TestHintsTakenAway(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.wants(StatusDone, "hint --yes")
	d.wants(StatusDone, "hint --yes", "The second hint.")
	d.lacks = "  - {costs: 7, text: The second hint.}\n"
	d.wants(StatusDone, "hint", "Hint 1 of 1 (−5)", "All hints are open.")
	d.wants(StatusDone, "check", "95 of 100")
}

// The task is read while the lab is started. A start that can't succeed shows none.
func TestStartShowsTheTaskFirst(t *testing.T) {
	d := newConsole(t)
	var out, err bytes.Buffer
	d.engine.struck = func(moment string) {
		if moment == "launched" && (!strings.Contains(out.String(), "Do the first thing.") || !strings.Contains(out.String(), "first · seed ")) {
			t.Errorf("when the lab was launched, the output was %q", out.String())
		}
	}
	if status := d.program(&out, &err).Run(t.Context(), []string{"start", "first"}); status != StatusDone || d.engine.launched != 1 {
		t.Errorf("start: %d, %d launched: %s", status, d.engine.launched, err.String())
	}
	seed := d.engine.labs[0].Seed
	if shown := fmt.Sprintf("first · seed %d · par", seed); !strings.Contains(out.String(), shown) || !strings.Contains(d.wants(StatusDone, "start first"), shown) {
		t.Errorf("the lab has seed %d, and the tasks are %q and another", seed, out.String())
	}
	for _, line := range []string{"start first --seed 100000", "start first --json --seed 100000", "start second --owner ada/exam-x"} {
		if out := d.wants(StatusMisused, line); out != "" {
			t.Errorf("%s shows %q", line, out)
		}
	}
	d.engine.labs[0].Expires = d.now.Add(-time.Minute)
	if out := d.wants(StatusDone, "start first --seed 9", "was past its time"); !strings.Contains(out, "first · seed 9 · par") {
		t.Errorf("after the old lab's time, start shows %q", out)
	}
}

// A store that can't be used does not stop anybody from practising. Only help, whose cost
// could not be stored, waits until the store works again.
func TestWithoutStore(t *testing.T) {
	d := newConsole(t)
	if err := os.WriteFile(filepath.Join(d.env["ENDSTATE_HOME"], "endstate.db"), bytes.Repeat([]byte("no database\n"), 99), 0o600); err != nil {
		t.Fatal(err)
	}
	const warning = "The store of attempts can't be used"
	d.wants(StatusDone, "start first", warning, "Do the first thing.")
	d.wants(StatusDone, "task", "Do the first thing.")
	d.wants(StatusDone, "check", warning, "100 of 100")
	d.wants(StatusDone, "reset --yes", warning, "is as it was handed over")
	d.wants(StatusUngraded, "hint", "A hint can't be opened", "endstate doctor")
	d.wants(StatusUngraded, "doctor", "✗ attempts", "ENDSTATE_HOME")
	d.wants(StatusDone, "stop", warning, "The lab of first is gone.")
}

// Commands remove expired labs in passing. One that can't be removed does not stop anybody
// from working.
func TestSweep(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.now = d.now.Add(90 * time.Minute)
	d.lab("ada", "second")
	if out := d.wants(StatusDone, "check --json", "The lab of first was past its time and has been removed."); !json.Valid([]byte(out)) {
		t.Errorf("the notice is amid what programs read: %s", out)
	}
	d.now = d.now.Add(90 * time.Minute)
	d.engine.stuck = labs.LabID("ada", "second")
	d.wants(StatusDone, "status", "device or resource busy", "the command goes on")
	status, _, err := d.run("sweep")
	if status != StatusUngraded || !strings.Contains(err, "device or resource busy") {
		t.Errorf("sweep: %d, %s", status, err)
	}
}

// A command sweeps what its owner owns: labs, and those of the owner's exams and proofs.
// With --everyone, it sweeps all.
func TestSweepIsOfOnesOwn(t *testing.T) {
	d := newConsole(t)
	for _, owner := range []string{"ada", "ada/exam-x", "ada/prove-x", "adam", "bob", ""} {
		d.lab(owner, "first")
	}
	d.now = d.now.Add(240 * time.Hour)
	owners := func() (left []string) {
		for _, lab := range d.engine.labs {
			left = append(left, lab.Owner)
		}
		return left
	}
	for _, test := range []struct {
		line string
		left []string
	}{
		{"status", []string{"adam", "bob", ""}},
		{"sweep", []string{"adam", "bob", ""}},
		{"sweep --everyone", nil},
	} {
		d.wants(StatusDone, test.line)
		if left := owners(); !slices.Equal(left, test.left) {
			t.Errorf("%s leaves the labs of %q, want %q", test.line, left, test.left)
		}
	}
}

// With a wrong clock, nothing is removed and nothing ends, and a warning says so.
func TestClocksDiffer(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	for _, off := range []time.Duration{240 * time.Hour, -240 * time.Hour} {
		d.now, d.ahead = d.now.Add(off), off
		d.wants(StatusDone, "status", "10 days", "the engine's", "first")
		d.wants(StatusDone, "sweep")
		d.wants(StatusDone, "check", "100 of 100")
		if len(d.engine.labs) != 1 {
			t.Fatalf("with a clock %v ahead the lab was removed", off)
		}
		d.now, d.ahead = d.now.Add(-off), 0
	}
	d.now, d.ahead = d.now.Add(240*time.Hour), 240*time.Hour
	d.wants(StatusDone, "start second", "10 days ahead")
	d.now, d.ahead = d.now.Add(-240*time.Hour), 0
	d.wants(StatusDone, "stop second")
	for _, attempt := range d.remembered() {
		if attempt.Ended != nil && attempt.Ended.Before(attempt.Started) {
			t.Errorf("%s went on from %v to %v", attempt.Scenario, attempt.Started, attempt.Ended)
		}
	}
}

// Only commands meant to remove a lab remove one that has lost a host.
func TestDamagedLabStays(t *testing.T) {
	d := newConsole(t)
	lab := d.lab("ada", "first")
	lab.Whole, lab.Orphan, lab.Made = false, true, d.now
	lab.Hosts = []labs.Host{{Name: "db", Image: "fake", State: labs.HostRunning}}
	d.now = d.now.Add(30 * time.Minute)
	d.wants(StatusMisused, "start first --seed 8", "has lost a host", "endstate reset first", "endstate stop first")
	d.wants(StatusMisused, "start first", "has lost a host")
	d.wants(StatusUngraded, "check", "incomplete", "endstate reset first")
	d.wants(StatusDone, "sweep")
	d.wants(StatusDone, "status", "has lost a host")
	if !slices.Contains(d.engine.labs, lab) {
		t.Fatal("it was removed")
	}
	d.wants(StatusDone, "reset --yes", "is as it was handed over")
}

// A lab whose record was removed from the engine can't be graded. That costs nothing, and no
// work is lost.
func TestLabWithoutRecordStays(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first --seed 7")
	d.engine.lost = true
	d.wants(StatusUngraded, "check", "can't be graded", "still there", "endstate reset first")
	d.wants(StatusDone, "status", "first")
	if all := d.remembered(); len(d.engine.labs) != 1 || len(all) != 1 || all[0].Checks != 0 || all[0].Ended != nil {
		t.Errorf("left %d labs and the attempts %+v", len(d.engine.labs), all)
	}
	d.engine.lost = false
	d.wants(StatusDone, "check", "100 of 100")
}

// A command that is interrupted or killed while removing a lab never leaves an attempt open
// without a lab. If the lab still exists, its attempt goes on.
func TestInterruptedRemoval(t *testing.T) {
	for _, test := range []struct {
		line, at string
		there    bool // the lab, afterwards
	}{
		{"stop", "remove", false},
		{"stop", "removed", false},
		{"reset --yes", "remove", true},
		{"reset --yes", "removed", true},
		{"reset --yes", "launched", true},
	} {
		for _, how := range []string{"interrupted", "killed"} {
			t.Run(test.line+" "+how+" at "+test.at, func(t *testing.T) {
				d := newConsole(t)
				d.wants(StatusDone, "start first")
				d.strike(how, test.at, test.line)
				d.engine.struck = nil
				there := len(d.engine.labs) == 1
				if how == "interrupted" && there != test.there {
					t.Errorf("the lab is there: %v", there)
				}
				if there {
					d.wants(StatusDone, "check", "100 of 100")
				}
				all := d.remembered()
				if open := all[0].Ended == nil; len(all) != 1 || open != there {
					t.Errorf("the lab is there: %v, the attempt is open: %v of %d", there, open, len(all))
				}
			})
		}
	}
}

// A lab that fills the disk causes a warning; over the limit it is stopped, but not lost.
func TestLabThatFillsTheDisk(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	for _, test := range []struct {
		written int64
		says    string
		stopped int
	}{{100 << 20, "", 0}, {5 << 29, "has written 2.5 GiB. At 4.0 GiB it will be stopped", 0}, {9 << 29, "was stopped because it had written 4.5 GiB", 1}} {
		d.engine.written = test.written
		d.wants(StatusDone, "check", "100 of 100", test.says)
		if d.engine.stopped != test.stopped {
			t.Errorf("with %d bytes written, %d hosts were stopped", test.written, d.engine.stopped)
		}
	}
	d.wants(StatusDone, "status", "4.5 GiB")
	if len(d.engine.labs) != 1 {
		t.Error("the lab is gone")
	}
}

// No command sees another owner's data, even if IDs are the same.
func TestOwnersWithOneID(t *testing.T) {
	d := newConsole(t)
	other := d.lab("bob", "first")
	other.ID = labs.LabID("ada", "first")
	d.wants(StatusMisused, "check first", "No lab of first is running")
	d.wants(StatusMisused, "check "+other.ID)
	d.wants(StatusDone, "start first")
	d.wants(StatusDone, "stop first")
	if len(d.engine.labs) != 1 || d.engine.labs[0] != other {
		t.Errorf("left are %v", d.engine.labs)
	}
}

func TestEngineFails(t *testing.T) {
	d := newConsole(t)
	d.engine.listing = func(context.Context) error { return errors.New("list labs: \x1b[2J500 internal error") }
	for _, command := range []string{"task", "check", "hint", "status", "stop", "stop --all", "sweep"} {
		status, out, err := d.run(strings.Fields(command)...)
		if status != StatusUngraded || out != "" || !strings.Contains(err, "list labs: ") || !strings.Contains(err, "endstate doctor") || strings.Contains(err, "\x1b") {
			t.Errorf("%s: %d, %q%q", command, status, out, err)
		}
	}
	d.wants(StatusUngraded, "doctor", "✗ labs")
}

// Errors take two lines, and nothing is written to standard output.
func TestProblems(t *testing.T) {
	d := newConsole(t)
	for _, args := range [][]string{
		{"frobnicate"},
		{"start"},
		{"start", "frist"},
		{"check", "--frob"},
		{"prove", "--seeds", "0"},
		{"shell"},
		{"check"},
		{"stop", "--all", "first"},
		{"images", "build", "nothing-such"},
		{"images", "load", "not-there"},
	} {
		status, out, err := d.run(args...)
		if status != StatusMisused || out != "" {
			t.Errorf("%v: %d, %s", args, status, out)
		}
		inTwoLines(t, err)
	}
}

// In JSON output, an empty list is never null.
func TestListsInJSON(t *testing.T) {
	d := newConsole(t)
	for _, command := range []string{"status --json", "list cobol --json", "images list --json", "doctor --json"} {
		out := d.wants(StatusDone, command)
		if !json.Valid([]byte(out)) || strings.Contains(out, "null") {
			t.Errorf("%s: %s", command, out)
		}
	}
}

func TestLintWantsFolders(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusMisused, "lint first", "There is no folder first.", "endstate lint")
	d.wants(StatusFailed, "lint "+t.TempDir(), "there is no scenario in this folder", "0 scenarios, 1 mistake\n")
}

// There may be a password in the place of the store, which is never shown.
func TestPlaceOfTheStore(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusMisused, "import --store endstate.db", "ENDSTATE_STORE names no database")
	d.wants(StatusMisused, "import --store endstate.db attempts.jsonl", "Give one of them")
	for place, wants := range map[string]struct {
		status int
		said   string
	}{
		"mysql://ada:s3cret@db/endstate":         {StatusMisused, "ENDSTATE_STORE is not the URL of a database of PostgreSQL"},
		"s3cret.db":                              {StatusMisused, "ENDSTATE_STORE is not the URL of a database of PostgreSQL"},
		"postgres://ada:s3cret@db:port/endstate": {StatusUngraded, "ENDSTATE_STORE is not the URL of a database"},
	} {
		d.env["ENDSTATE_STORE"] = place
		status, out, err := d.run("doctor")
		if status != wants.status || !strings.Contains(out+err, wants.said) || strings.Contains(out+err, "s3cret") {
			t.Errorf("%s: %d\n%s%s", place, status, out, err)
		}
	}
}

func TestSettings(t *testing.T) {
	d := newConsole(t)
	for name, values := range map[string][]string{
		"ENDSTATE_LIFE": {"soon", "-1h", "10s"}, "ENDSTATE_LONGEST_LIFE": {"long", "7h59m"}, "ENDSTATE_LABS": {"many", "-1"}, "ENDSTATE_PERSON_LABS": {"1.5"}, "ENDSTATE_MEMORY": {"much"}, "ENDSTATE_PERSON_MEMORY": {"-1GiB"}, "ENDSTATE_CACHE": {"lots", "-4GiB"},
	} {
		for _, value := range values {
			d.env[name] = value
			status, _, err := d.run("start", "first")
			if status != StatusMisused || !strings.Contains(err, value) {
				t.Errorf("%s=%s: %d, %s", name, value, status, err)
			}
			inTwoLines(t, err)
		}
		delete(d.env, name)
	}
	d.wants(StatusDone, "start first")
	if !slices.ContainsFunc(d.engine.labs, func(l *labs.Lab) bool { return l.Expires.Sub(l.Started) == 8*time.Hour }) {
		t.Error("a lab does not live for 8 h by default")
	}
}

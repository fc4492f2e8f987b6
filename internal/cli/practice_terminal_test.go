//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/cli/door"
	"endstate/internal/recording"
	"endstate/labs"
)

// At a terminal, the learner says which key points they made.
func TestDebriefAtATerminal(t *testing.T) {
	for name, test := range map[string]struct {
		env   map[string]string
		keys  string
		said  []bool
		shown string
	}{
		"as it seems":       {nil, "I looked at the state, then changed it.\n\x04\n\n", []bool{true, false}, "✓ Look at the state"},
		"as it was":         {nil, "I looked at the state, then changed it.\n\x04n\ny\n", []bool{false, true}, "✓ Never guess"},
		"unclear at first":  {nil, "I looked at the state, then changed it.\n\x04maybe\nn\nsure\nyes\n", []bool{false, true}, "Please answer y or n; Enter alone means yes."},
		"not told":          {nil, "I looked at the state, then changed it.\n\x04\x04", nil, "~ Look at the state"},
		"in an editor":      {map[string]string{"EDITOR": "echo I changed the state after a look. >>"}, "\n\n", []bool{true, false}, "✓ Look at the state"},
		"in another editor": {map[string]string{"EDITOR": "false", "VISUAL": "echo I never guess. >>"}, "\n\n", []bool{false, true}, "✓ Never guess"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newConsole(t)
			d.wants(StatusDone, "start first")
			d.wants(StatusDone, "check")
			for key, value := range test.env {
				d.env[key] = value
			}
			status, shown := d.sit(test.keys, "debrief")
			if status != StatusDone || !strings.Contains(colour.ReplaceAllString(shown, ""), test.shown) {
				t.Errorf("%d, %s", status, shown)
			}
			all := read[attempts.Story](d, "show 1 --json").Explanations
			if len(all) != 1 || strings.Contains(all[0].Text, "#") {
				t.Fatalf("%+v", all)
			}
			for i, point := range all[0].Points {
				switch {
				case test.said == nil && point.Said != nil, test.said != nil && (point.Said == nil || *point.Said != test.said[i]):
					t.Errorf("point %d: %+v", i+1, point)
				}
			}
		})
	}
}

func TestEditorThatFails(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first")
	d.wants(StatusDone, "check")
	for editor, says := range map[string]string{"false": "The editor false failed; nothing was stored", "true": "The explanation is empty", "no-such-editor": "failed"} {
		d.env["EDITOR"] = editor
		if status, shown := d.sit("", "debrief"); status != StatusMisused || !strings.Contains(shown, says) {
			t.Errorf("%s: %d, %s", editor, status, shown)
		}
	}
	if all := read[attempts.Story](d, "show 1 --json").Explanations; len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

// recorded gives the first attempt a recorded stay in a shell.
func (d *console) recorded() {
	d.Helper()
	d.wants(StatusDone, "start first")
	d.wants(StatusDone, "check")
	store, err := attempts.Open(d.Context(), attempts.Path(d.env["ENDSTATE_HOME"]))
	if err != nil {
		d.Fatal(err)
	}
	defer store.Close()
	a, err := store.Of(labs.Learner{Name: "ada"}).Find(d.Context(), "1")
	if err != nil {
		d.Fatal(err)
	}
	now := d.now
	r, err := recording.Create(filepath.Join(d.env["ENDSTATE_HOME"], "recordings", a.UID+"-1.cast"), 80, 24, "", "xterm", func() time.Time { return now })
	if err != nil {
		d.Fatal(err)
	}
	for i, text := range []string{"\x1b[?2004hlab ~$ ", "mend --it", "\r\n\x1b[?2004l", "\x1b[?1049hin an editor\x1b[?25l"} {
		now = d.now.Add(time.Duration(i) * 40 * time.Millisecond)
		r.Output([]byte(text))
	}
	r.Mark("check: 100 of 100")
	if _, err := store.Enter(d.Context(), a, "workspace", a.UID+"-1.cast", d.now); err != nil {
		d.Fatal(err)
	}
	if err := r.Close(); err != nil {
		d.Fatal(err)
	}
}

func TestReplay(t *testing.T) {
	d := newConsole(t)
	d.recorded()
	begun := time.Now()
	status, shown := d.sit("", "replay", "1")
	if took := time.Since(begun); took < 120*time.Millisecond {
		t.Errorf("it was played in %v", took)
	}
	for _, text := range []string{"n: the next check", "1 of 1", "it was recorded at 80 columns and 24 rows, here are 60 and 20", "lab ~$ mend --it", "in an editor", "\x1b[?25h"} {
		if status != StatusDone || !strings.Contains(shown, text) {
			t.Errorf("%d, it does not show %q: %q", status, text, shown)
		}
	}
	d.wants(StatusMisused, "replay 1", "A replay needs a terminal", "endstate show 1")
	d.wants(StatusDone, "show 1", "0:00  $ mend --it", "came into the shell of workspace")
}

// A missing or invalid recording does not stop anybody from seeing the rest.
func TestRecordingsThatAreNotThere(t *testing.T) {
	d := newConsole(t)
	d.recorded()
	found, err := filepath.Glob(filepath.Join(d.env["ENDSTATE_HOME"], "recordings", "*.cast"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	file := found[0]
	if err := os.WriteFile(file, []byte("garbage\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.wants(StatusUngraded, "replay 1", "A recording of the attempt can't be read.", filepath.Base(file))
	d.wants(StatusDone, "show 1", "check: 100 of 100")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	d.wants(StatusMisused, "replay 1", "There is no recording of attempt 1 here.")
	d.wants(StatusDone, "show 1", "check: 100 of 100")
}

func TestRecords(t *testing.T) {
	for value, want := range map[string]bool{"": true, "on": true, "off": false, "OFF": false, "no": false, "0": false, "false": false} {
		d := newConsole(t)
		d.env["ENDSTATE_RECORD"] = value
		if got := (&door.Shell{Door: &door.Door{Program: door.Program(d.program(nil, nil))}}).Records(); got != want {
			t.Errorf("ENDSTATE_RECORD=%s records: %v", value, got)
		}
	}
}

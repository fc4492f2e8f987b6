//go:build engine && linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/enginetest"
	"endstate/internal/practice"
)

// toldStory is the output of show --json for an attempt.
type toldStory struct {
	attempts.Story
	Timeline []practice.Moment `json:"timeline"`
}

func (m *machine) story(number string) (story toldStory) {
	m.t.Helper()
	if err := json.Unmarshal([]byte(m.must("show", number, "--json").out), &story); err != nil {
		m.t.Fatal(err)
	}
	return story
}

// home returns the folder with this machine's attempts.
func (m *machine) home() string {
	for _, variable := range m.env {
		if home, ok := strings.CutPrefix(variable, "ENDSTATE_HOME="); ok {
			return home
		}
	}
	m.t.Fatal("the machine has no home")
	return ""
}

func (s *seat) leave() {
	s.t.Helper()
	s.types("exit\r")
	s.sees("The lab goes on")
	s.leaves(0)
}

// What a learner does at a terminal is recorded, listed and replayed, except for input that the
// terminal does not show.
func TestLookBackAtARealTerminal(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	s := sit(m, "start", enginetest.Git, "--seed", fmt.Sprint(enginetest.Seed))
	s.sees("Its screen is recorded")
	s.sees("~$")
	s.types("cd ~/*/\r")
	s.sees("$ ")
	s.types("read -s secret\r")
	s.sees("read -s secret")
	s.types("hunter2\r")
	s.types("hint\r")
	s.sees("costs 5 points. Open it? [y/N]")
	s.types("y\r")
	s.sees("Hint 1 of 3 (−5)")
	s.types("check\r")
	s.sees("Score 0 of 100")
	s.resize(90, 30)
	s.leave()
	// A second stay, whose client is killed.
	again := sit(m, "shell")
	again.sees("~$")
	again.types("echo se'cond' stay\r")
	again.sees("second stay")
	m.records("second stay") // which is a moment after it is shown
	if err := again.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-again.ended
	m.must("stop")

	story := m.story("1")
	if len(story.Visits) != 2 || story.Visits[0].Ended == nil || story.Visits[1].Ended != nil || story.Hints != 1 || len(story.Rounds) != 1 || story.Ending != attempts.Stopped {
		t.Errorf("%+v", story.Story)
	}
	if story.Active.Duration <= 0 || story.Active.Duration > story.Ended.Sub(story.Started)+time.Second || story.Engine == "" || len(story.Images) != 1 || story.Images[0].ID == "" {
		t.Errorf("%v at work, on %s, %+v", story.Active, story.Engine, story.Images)
	}
	var lines []string
	for _, moment := range story.Timeline {
		lines = append(lines, string(moment.Kind)+" "+moment.Text)
	}
	want := []string{"began ", "entered workspace", "typed cd ~/*/", "typed read -s secret", "typed hint", "hint ", "typed check", "check ", "typed exit", "left workspace", "entered workspace", "typed echo se'cond' stay", "ended stopped"}
	for i := 0; len(want) > 0; i++ {
		if i == len(lines) {
			t.Fatalf("%q is not in %q", want[0], lines)
		}
		if lines[i] == want[0] {
			want = want[1:]
		}
	}
	m.recordings(2)
	replay := sit(m, "replay", "1", "--speed", "50")
	replay.leaves(0)
	rest := replay.tail(1 << 20)
	for _, text := range []string{"1 of 2", "Score", "0 of 100", "2 of 2", "second stay"} {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Errorf("%q is not replayed in order", text)
			continue
		}
		rest = after
	}
}

// records waits until a recording has a text.
func (m *machine) records(text string) {
	m.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		files, _ := filepath.Glob(filepath.Join(m.home(), "recordings", "*.cast"))
		for _, file := range files {
			if recorded, _ := os.ReadFile(file); strings.Contains(string(recorded), text) {
				return
			}
		}
	}
	m.t.Fatalf("%q is not recorded", text)
}

// recordings fails the test unless there are n recordings, each private and without hidden input.
func (m *machine) recordings(n int) {
	m.t.Helper()
	files, err := filepath.Glob(filepath.Join(m.home(), "recordings", "*.cast"))
	if err != nil || len(files) != n {
		m.t.Fatalf("recordings: %v, %v", files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			m.t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
		text, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(text), "hunter2") {
			m.t.Errorf("%s contains hidden input, or %v", file, err)
		}
	}
}

// With --no-record or ENDSTATE_RECORD=off, nothing is recorded.
func TestNoRecord(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ flag, setting string }{"by flag": {"--no-record", ""}, "by setting": {"", "off"}} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t, "ENDSTATE_RECORD="+test.setting)
			s := sit(m, strings.Fields("start "+enginetest.Git+" "+test.flag+" --seed "+fmt.Sprint(enginetest.Seed))...)
			s.sees("~$")
			if strings.Contains(s.tail(4000), "is recorded") {
				t.Error("the shell says that it is recorded")
			}
			s.leave()
			m.recordings(0)
			if story := m.story("1"); len(story.Visits) != 1 || story.Visits[0].Recording != "" {
				t.Errorf("%+v", story.Visits)
			}
			m.must("stop")
		})
	}
}

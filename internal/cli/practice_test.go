package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/internal/practice"
	"endstate/labs"
	"endstate/labs/kit"
)

func read[T any](d *console, line string) T {
	d.Helper()
	return readAt[T](d, StatusDone, line)
}

// readAt reads the JSON of a command line that ends with a status.
func readAt[T any](d *console, status int, line string) (value T) {
	d.Helper()
	if err := json.Unmarshal([]byte(d.wants(status, line)), &value); err != nil {
		d.Fatalf("%s: %v", line, err)
	}
	return value
}

// practises starts what next chooses, lets the learner work for some minutes, grades a good
// or a bad state, and stops the lab.
func (d *console) practises(want string, minutes int, state string, hints int) {
	d.Helper()
	pick := read[practice.Pick](d, "next --json")
	if pick.Scenario.Name != want {
		d.Fatalf("on %s, %s is chosen, want %s: %q", d.now.Format("2 Jan"), pick.Scenario.Name, want, pick.Why)
	}
	d.wants(StatusDone, fmt.Sprintf("start %s --seed %d", want, pick.Seed), "The lab is running")
	for range hints {
		d.wants(StatusDone, "hint --yes "+want, "Hint")
	}
	for range minutes {
		d.after(time.Minute)
		d.wants(StatusDone, "task "+want)
	}
	d.state = state
	status := StatusFailed
	if state == "good" {
		status = StatusDone
	}
	d.wants(status, "check "+want)
	d.wants(StatusDone, "stop "+want, "is gone")
}

// A learner's fortnight over the command line, with a clock that the test moves.
func TestFortnight(t *testing.T) {
	d := newConsole(t)
	d.topics = map[string]string{"git-a": "git", "git-b": "git", "mysql-a": "mysql"}
	d.wants(StatusDone, "history", "There are no attempts yet")
	d.wants(StatusDone, "next", "git-a", "You have not finished anything yet", "Start it: endstate start git-a --seed")
	d.wants(StatusDone, "progress", "2 not tried", "1 not tried", "Mastered: 100 without help twice")

	d.practises("git-a", 4, "bad", 1)
	d.wants(StatusDone, "next", "git-b", "never tried it, and nothing you have tried is due", "equally weak in git and some other topics")
	d.practises("git-b", 2, "good", 0)
	d.practises("mysql-a", 3, "good", 0)
	d.after(48 * time.Hour)
	d.wants(StatusDone, "next", "git-a", "It is due", "2 days ago", "0 of 100 without help", "1 hint", "git is your weakest topic")
	d.practises("git-a", 3, "good", 0)
	d.wants(StatusDone, "progress", "2 solved", "git-a: solved, last 100 of 100 without help", "To master it: 100 without help once more, on another seed, started\n  after 4 Mar")
	d.wants(StatusDone, "list", "git-a     git    1 core  5 min  solved ", "mysql-a   mysql  1 core  5 min  solved ")
	d.after(12 * time.Hour)
	d.wants(StatusDone, "next", "Nothing is due and nothing is new")
	// The second success, days after the first and at another seed.
	d.after(5 * 24 * time.Hour)
	d.practises("mysql-a", 2, "good", 0)
	d.practises("git-a", 2, "good", 0)
	d.wants(StatusDone, "progress", "1 mastered, 1 solved", "1 mastered\n")
	d.wants(StatusDone, "history git-a", "Trend: rising", "100  +100 ", "1 hint")
	seeds := map[uint64]bool{}
	for _, entry := range read[[]practice.Entry](d, "history git-a --json") {
		seeds[entry.Seed] = true
		if !entry.Over || entry.Ending != attempts.Stopped || entry.Minutes != 5 || entry.Topic != "git" || entry.Engine == "" || len(entry.Images) != 1 {
			t.Errorf("%+v", entry.Attempt)
		}
	}
	if len(seeds) != 3 {
		t.Errorf("seeds %v of three attempts", seeds)
	}
}

// list says where the learner stands with each scenario.
func TestListSaysWhereYouStand(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "list", "first     tests  1 core  5 min  not tried ")
	d.wants(StatusDone, "start first")
	d.wants(StatusDone, "list", "5 min  not tried, lab running ", "5 min  not tried  ")
	d.state = "bad"
	d.wants(StatusFailed, "check")
	d.wants(StatusDone, "stop")
	d.wants(StatusDone, "start second")
	d.state = "good"
	d.wants(StatusDone, "check")
	d.wants(StatusDone, "list", "shaky, last score 0 ", "solved, lab running ")
	d.after(10 * 24 * time.Hour)
	d.wants(StatusDone, "list", "shaky, last score 0, due ")
	if all := read[[]practice.Standing](d, "list second --json"); len(all) != 1 || all[0].State != practice.Solved || all[0].Needs == "" || all[0].Title != "The second" {
		t.Errorf("%+v", all)
	}
}

// A store that can't be used takes no scenario away.
func TestListWithoutAStore(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "list")
	if _, err := os.Stat(attempts.Path(d.env["ENDSTATE_HOME"])); err == nil {
		t.Error("looking has created a store")
	}
	if err := os.WriteFile(attempts.Path(d.env["ENDSTATE_HOME"]), []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	d.wants(StatusDone, "list", "The store of attempts can't be used", "Where you stand is not shown.", "first     tests  1 core  5 min  not tried ")
}

// What next chooses can be started at once. If every scenario has a running lab, there is
// nothing to choose.
func TestNextIsStarted(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "next --start", "You have not finished anything yet", "The lab is running", "endstate shell first")
	if lab := read[map[string]any](d, "next --start --json"); lab["scenario"] != "second" || d.engine.launched != 2 {
		t.Errorf("%v, %d launched", lab, d.engine.launched)
	}
	d.wants(StatusMisused, "next", "every scenario has a running lab", "endstate status")
	d.wants(StatusDone, "stop first")
	d.wants(StatusDone, "next", "first", "You have never had seed")
}

func TestStoryOfAnAttempt(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first --seed 7")
	d.after(time.Minute)
	d.state = "bad"
	d.wants(StatusFailed, "check")
	d.wants(StatusDone, "hint --yes")
	d.after(20 * time.Minute)
	d.failed = os.ErrDeadlineExceeded
	d.wants(StatusUngraded, "check")
	d.failed, d.state = nil, "good"
	d.after(2 * time.Minute)
	d.wants(StatusDone, "reset --yes")
	d.wants(StatusDone, "check")
	d.wants(StatusDone, "stop")
	d.wants(StatusDone, "show 1", "Attempt 1: first, seed 7", "0:00  began", "1:00  check: 0 of 100", "failed: The state is good", "The state is bad.",
		"1:00  opened hint 1", "no time counts for 20 min", "21:00  check: could not be graded", "23:00  reset the lab", "23:00  check: 95 of 100",
		"23:00  ended: stopped", "Score:   95 of 100; without help 0", "Time:    60 s at work until that score (par 5 min), 60 s at", "23 min by the clock", "Ran on:  ", "workspace from fake",
		"What happened, with the time since the start")
	story := read[attempts.Story](d, "show 1 --json")
	if len(story.Rounds) != 3 || story.Rounds[1].Report.Graded() || story.Resets != 1 || story.Hints != 1 || story.Ungraded != 1 || story.Hash == "" {
		t.Errorf("%+v", story)
	}
	d.wants(StatusDone, "show "+story.UID[:8], "Attempt 1")
	d.wants(StatusMisused, "show 2", `There is no attempt "2".`, "endstate history")
	d.wants(StatusMisused, "replay 1", "There is no recording of attempt 1 here.")
	d.wants(StatusMisused, "replay 1 --speed 0", "The speed is out of range")
}

// When a lab expires, its attempt ends at that time.
func TestExpired(t *testing.T) {
	d := newConsole(t)
	d.env["ENDSTATE_LIFE"] = "1h"
	d.wants(StatusDone, "start first")
	d.after(3 * time.Hour)
	d.wants(StatusDone, "sweep", "was past its time")
	if a := read[attempts.Story](d, "show 1 --json"); a.Ending != attempts.Expired || a.Ended.Sub(a.Started) != time.Hour {
		t.Errorf("%+v", a.Attempt)
	}
}

func TestDebrief(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusMisused, "debrief", "There are no attempts yet.")
	d.wants(StatusMisused, "debrief frist", "Did you mean first?")
	d.wants(StatusDone, "start first")
	d.wants(StatusMisused, "debrief", "has not been checked yet", "endstate check first")
	d.state = "bad"
	d.wants(StatusFailed, "check")
	d.in = "I looked at the state first, then changed it."
	d.wants(StatusMisused, "debrief", "This needs your consent", "--yes")
	if a := read[attempts.Story](d, "show 1 --json"); a.Assisted || len(a.Explanations) != 0 {
		t.Errorf("it was assisted by an answer that did not show: %+v", a)
	}
	d.state = "good"
	d.wants(StatusDone, "check")
	d.wants(StatusDone, "debrief first", "I would do the thing.", "~ Look at the state before you change it.", "· Never guess.", "does not affect the score")
	d.in = " \n"
	d.wants(StatusMisused, "debrief", "The explanation is empty")
	d.in = strings.Repeat("x", desk.MaxExplanation+1)
	d.wants(StatusMisused, "debrief", "The explanation is too long")
	a := read[attempts.Story](d, "show 1 --json")
	if len(a.Explanations) != 1 || !a.Explanations[0].Points[0].Touched || a.Explanations[0].Points[1].Touched || a.Explanations[0].Points[0].Said != nil {
		t.Errorf("%+v", a.Explanations)
	}
	if *a.Score != 100 || a.Assisted {
		t.Errorf("the explanation changed the score: %+v", a.Attempt)
	}
	d.wants(StatusDone, "show 1", "How you explained it", "I looked at the state first", "explained it")
}

// While a lab is running and not repaired, the model answer counts as the solution.
func TestDebriefOfWhatIsNotRepaired(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first")
	d.state, d.in = "bad", "I gave up."
	d.wants(StatusFailed, "check")
	d.wants(StatusDone, "debrief --yes", "I would do the thing.")
	if a := read[attempts.Story](d, "show 1 --json"); !a.Assisted {
		t.Error("the attempt is not assisted")
	}
	d.wants(StatusFailed, "check", "solution seen")
}

// Text typed by a learner can't control a terminal.
func TestHostileText(t *testing.T) {
	const hostile = "\x1b]0;title\a\x1b[2J\u202e\x9b31m<script>alert(1)</script> state change look"
	d := newConsole(t)
	d.env["ENDSTATE_OWNER"] = "ada\x1b[31m"
	d.wants(StatusDone, "start first")
	d.state = hostile
	d.wants(StatusFailed, "check")
	d.wants(StatusDone, "stop")
	d.in = hostile
	d.wants(StatusDone, "debrief")
	for _, line := range []string{"show 1", "history", "history first", "progress", "next"} {
		for _, r := range d.wants(StatusDone, line) {
			if r < ' ' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u202e' {
				t.Errorf("%s writes the character %q", line, r)
				break
			}
		}
	}
	d.wants(StatusDone, "show 1", `\x1b]0;title\a`, `\u202e`)
}

func TestMovedToAnotherMachine(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "export", "There are no attempts to export.")
	d.wants(StatusDone, "start first")
	d.wants(StatusDone, "check")
	d.env["ENDSTATE_OWNER"] = "grace"
	d.wants(StatusDone, "start second")
	d.env["ENDSTATE_OWNER"] = "ada"
	if n := strings.Count(d.wants(StatusDone, "export"), "\n"); n != 1 {
		t.Errorf("%d attempts of one owner", n)
	}
	text := d.wants(StatusDone, "export --everyone")
	file := filepath.Join(t.TempDir(), "attempts.jsonl")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	other := newConsole(t)
	other.wants(StatusDone, "import "+file, "2 attempts added")
	other.in = text
	other.wants(StatusDone, "import", "0 attempts added, 0 updated, 2 unchanged.")
	if got := read[attempts.Imported](other, "import --json "+file); got.Unchanged != 2 {
		t.Errorf("%+v", got)
	}
	if other.wants(StatusDone, "export --everyone") == "" || len(read[[]practice.Entry](other, "history --json")) != 1 {
		t.Error("nothing came")
	}
	other.in = "no attempt\n"
	other.wants(StatusMisused, "import", "Line 1 is not an attempt; nothing was imported.", "endstate export")
	other.wants(StatusMisused, "import nowhere.jsonl", "can't be read")
}

// A store that can't be used does not stop anybody from practising. Commands that only need
// the store report it.
func TestLookingBackWithoutAStore(t *testing.T) {
	d := newConsole(t)
	if err := os.WriteFile(attempts.Path(d.env["ENDSTATE_HOME"]), []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"history", "progress", "next", "show 1", "replay 1", "debrief", "export", "import"} {
		status, out, err := d.run(strings.Fields(line)...)
		if status != StatusUngraded || out != "" || !strings.HasPrefix(err, "The store of attempts can't be used.\n") {
			t.Errorf("%s: %d, %s%s", line, status, out, err)
		}
	}
	d.wants(StatusDone, "start first", "The lab works without it")
	d.wants(StatusDone, "check", "100 of 100", "The lab works without it")
	d.wants(StatusDone, "stop", "is gone")
}

// What is named wrongly is neither an attempt nor a scenario, and the advice fits that.
func TestUnknownAttempts(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first")
	for _, line := range []string{"show", "debrief", "replay", "report"} {
		d.wants(StatusMisused, line+" abc", `"abc" is neither the number of an attempt nor the name of a scenario`, "See your attempts: endstate history")
	}
	d.wants(StatusMisused, "show second", "There is no attempt at second yet", "endstate start second")
}

// Scenarios are in the same order everywhere: by topic, and the easiest first.
func TestOrderOfScenarios(t *testing.T) {
	d := newConsole(t)
	d.topics = map[string]string{"a-long": "tests", "b-short": "tests", "c-medium": "tests"}
	d.minutes = map[string]int{"a-long": 30, "b-short": 5, "c-medium": 10}
	inOrder := func(line, out string) {
		t.Helper()
		short, medium, long := strings.Index(out, "b-short"), strings.Index(out, "c-medium"), strings.Index(out, "a-long")
		if short < 0 || medium < short || long < medium {
			t.Errorf("%s: %s", line, out)
		}
	}
	for _, line := range []string{"list", "list --json", "__complete start b", "progress --json"} {
		inOrder(line, d.wants(StatusDone, line))
	}
	_, _, err := d.run("start", "tests")
	inOrder("start tests", err)
	d.wants(StatusDone, "next", "b-short")
}

// A check that the learner's system makes impossible may be blocked by a program in a shell that waits
// for its owner: it is named.
func TestBlockedCheckNamesWaitingShells(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first")
	d.failed = &kit.Obstacle{Message: "Session 7 holds a lock."}
	const waits = "A shell without a terminal waits for you in this lab, on `workspace` since 10:00."
	if _, out, err := d.run("check"); strings.Contains(out+err, "waits for you") || !strings.Contains(out, "Session 7 holds a lock.") {
		t.Errorf("%s%s", out, err)
	}
	store, err := attempts.Open(t.Context(), attempts.Path(d.env["ENDSTATE_HOME"]))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	a, err := store.Of(labs.Learner{Name: "ada"}).Find(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	id, err := store.Enter(t.Context(), a, labs.Workspace, "", d.now)
	if err == nil {
		err = store.TakeShell(t.Context(), id, "shell")
	}
	if err == nil {
		err = store.Lose(t.Context(), a, id, d.now)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.wants(StatusFailed, "check", waits, "What runs in it may hold locks. To get it back, open another shell there.")
	d.failed = nil
	if _, out, err := d.run("check"); strings.Contains(out+err, "waits for you") {
		t.Errorf("a check that nothing blocks names it: %s%s", out, err)
	}
}

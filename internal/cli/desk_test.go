package cli

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"endstate/internal/desk"
	"endstate/internal/desk/machine"
	"endstate/internal/desk/visit"
	"endstate/internal/practice"
	"endstate/internal/scenario"
	"endstate/labs"
)

// atDesk opens a desk on the same store and engine as a command line, without the command
// line.
func (d *console) atDesk() *desk.Desk {
	at := desk.New(desk.Config{
		Families: d.families(), Scenarios: []scenario.Root{{Files: d.scenarios()}}, Clock: d.clock, Version: "test",
		Settings: desk.Settings{Home: d.env["ENDSTATE_HOME"], Life: 8 * time.Hour, Cache: 1 << 30},
		Open:     d.program(nil, nil).Open,
	})
	d.Cleanup(at.Close)
	return at
}

// unwarned fails the test if an act emits a warning.
func (d *console) unwarned(event labs.Event) {
	if event.State == labs.Warned {
		d.Errorf("warned of %v", event.Warning)
	}
}

// exercise is an attempt: after a pause, some minutes of work with some hints, leaving the
// lab in a state.
type exercise struct {
	pause    time.Duration
	scenario string
	minutes  int
	state    string
	hints    int
}

var fortnight = []exercise{
	{0, "git-a", 4, "bad", 1},
	{0, "git-b", 2, "good", 0},
	{0, "mysql-a", 3, "good", 0},
	{48 * time.Hour, "git-a", 3, "good", 0},
	{132 * time.Hour, "mysql-a", 2, "good", 0},
	{0, "git-a", 2, "good", 0},
}

// doesAtDesk does an exercise without the command line.
func (d *console) doesAtDesk(at *desk.Desk, who labs.Learner, e exercise) {
	d.Helper()
	ctx := d.Context()
	must := func(err error) {
		d.Helper()
		if err != nil {
			d.Fatal(err)
		}
	}
	pick, err := at.Next(ctx, who)
	must(err)
	if pick.Scenario.Name != e.scenario {
		d.Fatalf("on %s, %s is chosen, want %s", d.now.Format("2 Jan"), pick.Scenario.Name, e.scenario)
	}
	_, err = at.Start(ctx, who, e.scenario, &pick.Seed, d.unwarned)
	must(err)
	for i := range e.hints {
		hints, err := at.Hint(ctx, who, e.scenario, true, d.unwarned)
		must(err)
		if len(hints.Open) != i+1 || !hints.Fresh {
			d.Errorf("hint %d: %+v", i+1, hints)
		}
	}
	for range e.minutes {
		d.after(time.Minute)
		_, err = at.Task(ctx, who, "", d.unwarned)
		must(err)
	}
	d.state = e.state
	found, err := at.Check(ctx, who, e.scenario, d.unwarned)
	must(err)
	if found.Passed() != (e.state == "good") {
		d.Errorf("%s in a %s state: %+v", e.scenario, e.state, found.Checks)
	}
	_, err = at.Stop(ctx, who, e.scenario, d.unwarned)
	must(err)
}

// A fortnight over the command line and one over the desk alone have the same result: the
// door adds nothing.
func TestFortnightComesToTheSameAtTheDesk(t *testing.T) {
	topics := map[string]string{"git-a": "git", "git-b": "git", "mysql-a": "mysql"}
	line, alone := newConsole(t), newConsole(t)
	line.topics, alone.topics = topics, topics
	at, ada := alone.atDesk(), labs.Learner{Name: "ada"}
	for _, e := range fortnight {
		line.after(e.pause)
		alone.after(e.pause)
		line.practises(e.scenario, e.minutes, e.state, e.hints)
		alone.doesAtDesk(at, ada, e)
	}
	history, err := at.History(t.Context(), ada, desk.Past{Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(told(t, read[[]practice.Entry](line, "history --json --last 0")), told(t, history.Entries)); diff != "" {
		t.Errorf("attempts differ:\n%s", diff)
	}
	progress, err := at.Progress(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(read[any](line, "progress --json"), asJSON(t, progress)); diff != "" {
		t.Errorf("progress differs:\n%s", diff)
	}
}

// told is a history without the parts that are unique to each attempt.
func told(t *testing.T, entries []practice.Entry) any {
	for _, entry := range entries {
		entry.UID = ""
	}
	return asJSON(t, entries)
}

func asJSON(t testing.TB, value any) (decoded any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, &decoded)
	}
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

// A learner finds nothing of another's, by any name and with any act, whatever their role.
func TestAnothersIsNotFound(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first --seed 3")
	d.wants(StatusDone, "check")
	at, ctx, lab := d.atDesk(), t.Context(), d.engine.labs[0]
	for _, role := range []labs.UserRole{labs.RoleLearner, labs.RoleExaminer, labs.RoleAdmin} {
		eve := labs.Learner{Name: "eve", Role: role}
		for _, name := range []string{"", "first", lab.ID} {
			_, task := at.Task(ctx, eve, name, nil)
			_, check := at.Check(ctx, eve, name, nil)
			_, hint := at.Hint(ctx, eve, name, true, nil)
			_, solution := at.Solution(ctx, eve, name, true, nil)
			_, reset := at.Reset(ctx, eve, name, true, nil)
			_, enter := visit.Enter(ctx, at, eve, name, labs.Workspace, nil)
			for act, err := range map[string]error{"task": task, "check": check, "hint": hint, "solution": solution, "reset": reset, "enter": enter} {
				if err == nil {
					t.Errorf("as %s, %s reaches the lab by %q", role, act, name)
				}
			}
		}
		if gone, err := at.StopAll(ctx, eve, nil); err != nil || len(gone) > 0 {
			t.Errorf("as %s, stop all ends %v, %v", role, gone, err)
		}
		if all, err := at.Status(ctx, eve, false, nil); err != nil || len(all) > 0 {
			t.Errorf("as %s, status shows %v, %v", role, all, err)
		}
		_, show := at.Show(ctx, eve, "1")
		_, replay := at.Replay(ctx, eve, "1")
		_, _, report := at.Report(ctx, eve, "1")
		_, debrief := at.Debrief(ctx, eve, "first", true)
		for act, err := range map[string]error{"show": show, "replay": replay, "report": report, "debrief": debrief} {
			if err == nil {
				t.Errorf("as %s, %s reaches the attempt", role, act)
			}
		}
	}
	if len(d.engine.labs) != 1 || d.engine.labs[0] != lab {
		t.Errorf("the labs are %v", d.engine.labs)
	}
}

// Acts on everyone's data take a role, and the refusal says so.
func TestRoles(t *testing.T) {
	d := newConsole(t)
	at, ctx := d.atDesk(), t.Context()
	acts := map[string]struct {
		examiner bool
		act      func(labs.Learner) error
	}{
		"status": {true, func(who labs.Learner) error { _, err := at.Status(ctx, who, true, nil); return err }},
		"export": {true, func(who labs.Learner) error { _, err := at.Export(ctx, who, true); return err }},
		"sweep":  {false, func(who labs.Learner) error { return at.Sweep(ctx, who, true, nil) }},
		"drop":   {false, func(who labs.Learner) error { _, err := machine.New(at).DropSnapshots(ctx, who, nil); return err }},
	}
	for name, test := range acts {
		for role, may := range map[labs.UserRole]bool{"": false, labs.RoleAuthor: false, labs.RoleExaminer: test.examiner, labs.RoleAdmin: true} {
			err := test.act(labs.Learner{Name: "eve", Role: role})
			var problem *labs.Problem
			refused := errors.As(err, &problem) && problem.Code == labs.CodeForbidden
			if may && err != nil || !may && !refused {
				t.Errorf("%s of everyone as %q: %v", name, role, err)
			}
		}
	}
}

// Acts that cost something ask first, and are done once the learner agrees.
func TestActsThatAskFirst(t *testing.T) {
	d := newConsole(t)
	at, ctx, ada := d.atDesk(), t.Context(), labs.Learner{Name: "ada"}
	d.lab("ada", "first")
	for name, act := range map[string]func(agreed bool) error{
		"reset":    func(agreed bool) error { _, err := at.Reset(ctx, ada, "first", agreed, d.unwarned); return err },
		"hint":     func(agreed bool) error { _, err := at.Hint(ctx, ada, "first", agreed, d.unwarned); return err },
		"solution": func(agreed bool) error { _, err := at.Solution(ctx, ada, "first", agreed, d.unwarned); return err },
	} {
		var asks *desk.Unconfirmed
		if err := act(false); !errors.As(err, &asks) || asks.Question == "" {
			t.Errorf("%s, not agreed to: %v", name, err)
		}
		if err := act(true); err != nil {
			t.Errorf("%s, agreed to: %v", name, err)
		}
	}
	if all := d.remembered(); len(all) != 1 || all[0].Resets != 1 || all[0].Hints != 1 || !all[0].Assisted {
		t.Errorf("remembered is %+v", all)
	}
}

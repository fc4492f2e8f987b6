package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk/saves"
	"endstate/labs"
)

// A learner saves a lab, goes back to it as often as they like, and the attempt goes on.
func TestSaveAndGoBack(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first --seed 7")
	d.wants(StatusDone, "saved", "The lab has no saved state.", "endstate save NAME")
	d.after(time.Minute)
	d.wants(StatusDone, "save before-rebase", "Saved the lab of first as before-rebase.", "endstate reset first --to before-rebase")
	d.after(time.Minute)
	d.wants(StatusDone, "save", "Saved the lab of first as 1.")
	d.wants(StatusDone, "save", "as 2.")
	d.wants(StatusDone, "saved", "before-rebase", "10:01:00", "3 of 5.")
	d.state = "bad"
	d.wants(StatusDone, "hint --yes")
	d.wants(StatusFailed, "check")
	d.wants(StatusMisused, "reset --to before-rebase", "This needs your consent")
	d.wants(StatusMisused, "reset --to nowhere --yes", `The lab of first has no saved state "nowhere".`, "endstate saved")
	if d.engine.launched != 1 {
		t.Fatal("a lab was started")
	}
	d.wants(StatusDone, "reset --to before-rebase --yes", "The lab of first is as it was when it was saved as before-rebase.")
	if d.engine.image != "saved 0" {
		t.Errorf("the lab was started from %s", d.engine.image)
	}
	d.wants(StatusDone, "reset --to 1 --yes")
	if d.engine.image != "saved 1" {
		t.Errorf("the lab was started from %s", d.engine.image)
	}
	d.wants(StatusDone, "reset --yes", "as it was handed over")
	d.wants(StatusDone, "saved", "before-rebase", "3 of 5.") // still there
	d.state = "good"
	d.wants(StatusDone, "check", "95 of 100", "hints −5") // going back takes no charge back
	d.wants(StatusDone, "stop")
	if len(d.engine.saved) > 0 {
		t.Errorf("stop leaves %v", d.engine.saved)
	}
	a := read[attempts.Story](d, "show 1 --json")
	if a.Resets != 1 || a.Hints != 1 || a.Ended == nil || len(d.remembered()) != 1 {
		t.Errorf("%+v", a.Attempt)
	}
	d.wants(StatusDone, "show 1", "1:00  saved the lab", "2:00  went back to a saved state", "2:00  reset the lab")
}

// A state is replaced only with consent, and a lab has no more states than it may.
func TestSavedStatesAreLimited(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first")
	for i := range 5 {
		d.wants(StatusDone, fmt.Sprintf("save s%d", i))
	}
	d.wants(StatusMisused, "save s5", "has 5 saved states, which is the most", "endstate saved")
	d.wants(StatusMisused, "save s3", "This needs your consent")
	d.after(time.Hour)
	d.wants(StatusDone, "save s3 --yes", "Saved")
	d.wants(StatusDone, "saved", "11:00:00", "5 of 5.")
	if out := d.wants(StatusDone, "saved --remove s0"); strings.Contains(out, "s0") || !strings.Contains(out, "4 of 5.") {
		t.Errorf("%s", out)
	}
	d.wants(StatusMisused, "saved --remove s0", `no saved state "s0"`)
	for _, name := range []string{"-x", "a/b", ".", strings.Repeat("x", 32)} {
		d.wants(StatusMisused, "save -- "+name, "can't be the name of a saved state")
	}
	d.engine.written = 2 << 30
	d.wants(StatusMisused, "save s5", "has written 2 GiB, and at most 1 GiB can be saved", "Remove large files first.")
	d.engine.written = 0
	d.engine.mark(labs.Host{ID: labs.Workspace}, labs.HostStopped)
	d.wants(StatusMisused, "save s5", "can't be saved while a host is down", "endstate shell first")
}

// At the desk it comes to the same, and another learner reaches nothing.
func TestSavesAtTheDesk(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first --seed 7")
	room, ctx, ada := saves.New(d.atDesk()), t.Context(), labs.Learner{Name: "ada"}
	saved, err := room.Save(ctx, ada, "first", "", false, d.unwarned)
	if err != nil || saved.Name != "1" {
		t.Fatalf("%+v, %v", saved, err)
	}
	if _, err := room.Save(ctx, ada, "first", "1", false, d.unwarned); err == nil || !strings.Contains(err.Error(), "Replace it?") {
		t.Errorf("a state is replaced: %v", err)
	}
	if found, err := room.List(ctx, ada, "", d.unwarned); err != nil || len(found.States) != 1 || found.Most != 5 {
		t.Errorf("%+v, %v", found, err)
	}
	eve := labs.Learner{Name: "eve", Role: labs.RoleAdmin}
	for _, name := range []string{"", "first", d.engine.labs[0].ID} {
		_, list := room.List(ctx, eve, name, nil)
		_, save := room.Save(ctx, eve, name, "2", true, nil)
		_, reset := room.Reset(ctx, eve, name, "1", true, nil)
		remove := room.Remove(ctx, eve, name, "1", nil)
		for act, err := range map[string]error{"list": list, "save": save, "reset": reset, "remove": remove} {
			if err == nil {
				t.Errorf("%s reaches the lab by %q", act, name)
			}
		}
	}
	if _, err := room.Reset(ctx, ada, "first", "1", true, d.unwarned); err != nil || d.engine.launched != 2 {
		t.Errorf("%v, %d launched", err, d.engine.launched)
	}
	if err := room.Remove(ctx, ada, "first", "1", d.unwarned); err != nil || len(d.engine.saved) != 0 {
		t.Errorf("%v, %v", err, d.engine.saved)
	}
}

// An exam's candidate can't save its labs.
func TestExamsAreNotSaved(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "exam start "+d.exam("hints: none")+" --candidate ada --no-shell")
	for _, line := range []string{"save", "saved", "reset --to 1 --yes"} {
		d.wants(StatusMisused, line, "Labs of an exam can't be saved")
	}
	if len(d.engine.saved) > 0 {
		t.Errorf("saved is %v", d.engine.saved)
	}
}

// A saved state that does not start costs nobody their lab.
func TestSavedStateThatDoesNotStart(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first")
	d.wants(StatusDone, "save here")
	d.engine.refuses = "saved 0"
	d.wants(StatusUngraded, "reset --to here --yes", "The state here does not start; the lab is as it was at the start instead.")
	if len(d.engine.labs) != 1 || d.engine.image != "snapshot" {
		t.Errorf("%d labs, from %s", len(d.engine.labs), d.engine.image)
	}
	if a := d.remembered(); len(a) != 1 || a[0].Ended != nil {
		t.Errorf("%+v", a)
	}
}

// Whatever is interrupted: the attempt is open as long as its lab exists, and a sweep removes the
// states of labs that no longer exist, but not those of a lab that is just being put back.
func TestSavesThatAreInterrupted(t *testing.T) {
	for _, how := range []string{"interrupted", "killed"} {
		for _, at := range []string{"keep", "kept", "remove", "removed", "launched"} {
			d := newConsole(t)
			d.wants(StatusDone, "start first --seed 7")
			d.wants(StatusDone, "save one")
			line := "reset --to one --yes"
			if strings.HasPrefix(at, "k") {
				line = "save two"
			}
			d.strike(how, at, line)
			d.engine.struck = nil
			d.engine.mark(labs.Host{ID: labs.Workspace}, labs.HostRunning) // a killed process thaws nothing; the engine does
			d.wants(StatusDone, "sweep")
			if _, there := d.engine.saved[savedKeyOf(d, "one")]; !there {
				t.Errorf("%s at %s: the state is gone", how, at)
			}
			d.after(time.Hour)
			d.wants(StatusDone, "sweep")
			if len(d.engine.labs) == 0 && len(d.engine.saved) > 0 {
				t.Errorf("%s at %s: without a lab there is %v", how, at, d.engine.saved)
			}
			if len(d.engine.labs) > 0 && savedKeyOf(d, "one") == "" {
				t.Errorf("%s at %s: the lab has lost its state", how, at)
			}
		}
	}
}

func savedKeyOf(d *console, name string) string {
	for key, saved := range d.engine.saved {
		if saved.Name == name {
			return key
		}
	}
	return ""
}

// Removing a lab by any means removes its states.
func TestSavedStatesOfAnExpiredLab(t *testing.T) {
	d := newConsole(t)
	d.env["ENDSTATE_LIFE"] = "1h"
	d.wants(StatusDone, "start first")
	d.wants(StatusDone, "save")
	d.after(2 * time.Hour)
	d.wants(StatusDone, "status", "No lab is running.")
	if len(d.engine.saved) > 0 {
		t.Errorf("left is %v", d.engine.saved)
	}
	d.wants(StatusDone, "start first")
	d.wants(StatusDone, "save")
	d.engine.listing = func(context.Context) error { return errors.New("busy") }
	d.wants(StatusUngraded, "sweep")
	if len(d.engine.saved) != 1 {
		t.Error("an engine that lists no labs does not mean that there are none")
	}
}

package stage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"endstate/internal/site"
	"endstate/labs"
)

// Scripts find the environment of their host, whether they run in it or in its helper.
func TestHelpersHaveTheEnvironmentOfTheirHosts(t *testing.T) {
	v := &labs.Variant{
		Hosts: []labs.HostSpec{{Name: "workspace", Image: "git", Environment: map[string]string{"DATABASE": "shop"}}, {Name: "idle", Image: "git"}},
		Setup: []labs.Script{{Host: "workspace"}},
	}
	lab := &labs.Lab{Hosts: []labs.Host{{Name: "workspace", Image: "git", ID: "w"}, {Name: "idle", Image: "git", ID: "i"}}}
	plan := helperPlan(lab, v, map[string]labs.ImageRef{"git": {Ref: "endstate/git:1"}}, time.Now())
	if len(plan.Hosts) != 1 {
		t.Fatalf("%d helpers, want one for the host that has a script", len(plan.Hosts))
	}
	if helper := plan.Hosts[0]; helper.Within != "w" || helper.Environment["DATABASE"] != "shop" {
		t.Errorf("the helper within %q has the environment %v", helper.Within, helper.Environment)
	}
}

// A host that stops while it is asked is as much the last script's doing as one that has stopped before.
func TestHostsThatHaveStopped(t *testing.T) {
	for err, want := range map[error]bool{labs.ErrDown: true, site.ErrStopped: true, labs.ErrNotFound: false} {
		if got := hasStopped(fmt.Errorf("seal: %w", err)); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}

// A lab of the owner's own, which another process has just started, makes nobody follow.
func TestOnlyOthersMakeASnapshotWorthItsTime(t *testing.T) {
	s := &Stage{Engine: listing{labs: []*labs.Lab{{Owner: "ada", Snapshot: "key"}, {Owner: "bob", Snapshot: "another seed"}}}}
	for owner, want := range map[string]bool{"ada": false, "bob": true, "cleo": true} {
		if got, err := s.usedByOthers(t.Context(), owner, "git-merge-conflict", "key"); got != want || err != nil {
			t.Errorf("%s: used by others: %v, %v", owner, got, err)
		}
	}
}

// listing is an engine that is only asked for its labs.
type listing struct {
	labs.Engine
	labs []*labs.Lab
}

func (l listing) Labs(context.Context, labs.Which) ([]*labs.Lab, error) { return l.labs, nil }

package stage

import (
	"testing"
	"time"

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

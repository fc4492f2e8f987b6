package labs

import (
	"encoding/json"
	"testing"
	"time"
)

func TestLabIDsDoNotMeet(t *testing.T) {
	// With 24 bits these two were one.
	if a, b := LabID("review-alice", "git-merge-conflict"), LabID("review-m13513044", "git-merge-conflict"); a == b {
		t.Errorf("two owners have the lab %s", a)
	}
	if id := LabID("ada", "first"); len(id) != len("first-")+32 {
		t.Errorf("%s has not 128 bits", id)
	}
}

// What is there of a lab tells whether anybody may have worked in it, and whether it may go.
func TestRemains(t *testing.T) {
	made := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	workspace, db := Host{Name: Workspace, State: HostCreated}, Host{Name: "db", State: HostCreated}
	begun := func(h Host) Host { h.State = HostRunning; return h }
	for name, test := range map[string]struct {
		lab             Lab
		age             time.Duration
		handed, damaged bool
		over            bool
	}{
		"only a network":                       {Lab{Role: RoleLab, Orphan: true}, 0, false, false, true},
		"only a network, somebody is at it":    {Lab{Role: RoleLab}, time.Second, false, false, false},
		"only a network, for long":             {Lab{Role: RoleLab}, time.Hour, false, false, true},
		"created":                              {Lab{Role: RoleLab, Orphan: true, Hosts: []Host{workspace, db}}, 0, false, false, true},
		"the others are started":               {Lab{Role: RoleLab, Orphan: true, Hosts: []Host{workspace, begun(db)}}, 0, false, false, true},
		"the workspace is started":             {Lab{Role: RoleLab, Orphan: true, Hosts: []Host{begun(workspace), db}}, 0, false, false, true},
		"the others are started, by a process": {Lab{Role: RoleLab, Hosts: []Host{workspace, begun(db)}}, time.Second, false, false, false},
		"handed over":                          {Lab{Role: RoleLab, Orphan: true, Whole: true, Hosts: []Host{begun(workspace), begun(db)}}, time.Hour, true, false, false},
		"handed over, its time is up":          {Lab{Role: RoleLab, Orphan: true, Whole: true, Hosts: []Host{begun(workspace)}}, 9 * time.Hour, true, false, true},
		"the database was removed":             {Lab{Role: RoleLab, Orphan: true, Hosts: []Host{begun(workspace)}}, time.Hour, true, true, false},
		"the workspace was removed":            {Lab{Role: RoleLab, Orphan: true, Hosts: []Host{begun(db)}}, time.Hour, true, true, false},
		"a proof at work":                      {Lab{Role: RoleLab, Owner: "ada/prove-x", Whole: true, Hosts: []Host{begun(workspace)}}, time.Hour, true, false, false},
		"a proof whose process ended":          {Lab{Role: RoleLab, Owner: "ada/prove-x", Whole: true, Orphan: true, Hosts: []Host{begun(workspace)}}, 0, true, false, true},
		"a setup at work":                      {Lab{Role: RoleSetup, Whole: true, Hosts: []Host{begun(workspace)}}, time.Minute, true, false, false},
		"a setup whose process ended":          {Lab{Role: RoleSetup, Whole: true, Orphan: true, Hosts: []Host{begun(workspace)}}, 0, true, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			lab := test.lab
			lab.Made, lab.Expires = made, made.Add(8*time.Hour)
			if lab.Handed() != test.handed || lab.Damaged() != test.damaged || lab.Over(made.Add(test.age)) != test.over {
				t.Errorf("handed over: %v, damaged: %v, to be swept: %v", lab.Handed(), lab.Damaged(), lab.Over(made.Add(test.age)))
			}
		})
	}
}

func TestHostAsJSON(t *testing.T) {
	for host, want := range map[Host]string{
		{Name: "db", ID: "1", Image: "mysql", State: HostFrozen}:                 `{"host":"db","id":"1","image":"mysql","state":"frozen","running":true,"frozen":true}`,
		{Name: "db", ID: "1", Image: "mysql", State: HostOutOfMemory, Exit: 137}: `{"host":"db","id":"1","image":"mysql","state":"out-of-memory","exit":137,"running":false,"out_of_memory":true}`,
	} {
		got, err := json.Marshal(host)
		if err != nil || string(got) != want {
			t.Errorf("got %s (%v), want %s", got, err, want)
		}
		var read Host
		if err := json.Unmarshal(got, &read); err != nil || read != host {
			t.Errorf("read back: %+v (%v), want %+v", read, err, host)
		}
	}
}

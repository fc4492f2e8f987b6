package desk

import (
	"context"
	"fmt"
	"sync"
	"time"

	"endstate/labs"
)

// LabStatus is the status of a lab.
type LabStatus struct {
	*labs.Lab
	State  string        `json:"state"`
	Memory int64         `json:"memory"` // bytes
	Disk   int64         `json:"disk"`   // bytes that its hosts have written
	Left   time.Duration `json:"-"`      // until it expires, by the engine's clock
	// Help is what can be done if some of the lab is not running; nil if all is.
	Help *labs.Problem `json:"-"`
}

// Status returns the status of the learner's labs, with those of proofs that they have kept. An examiner can ask for everyone's.
func (d *Desk) Status(ctx context.Context, who labs.Learner, everyone bool, emit labs.Emit) ([]LabStatus, error) {
	owner, err := d.whose(who, everyone, who.SeesOthers())
	if err == nil {
		err = d.open(ctx, who, emit)
	}
	if err != nil {
		return nil, err
	}
	found, err := d.labsOf(ctx, owner)
	if err != nil {
		return nil, err
	}
	end := emit.Step(labs.MeasureLabs, "")
	all := make([]LabStatus, len(found))
	var each sync.WaitGroup
	for i, lab := range found {
		each.Go(func() { all[i] = d.statusOf(ctx, lab) })
	}
	each.Wait()
	end(nil)
	return all, nil
}

// labsOf returns an owner's labs, with those of proofs that they have kept; "" owns all.
func (d *Desk) labsOf(ctx context.Context, owner string) ([]*labs.Lab, error) {
	found, err := d.stage(owner).Labs(ctx, owner)
	if err != nil || owner == "" {
		return found, err
	}
	kept, err := d.stage(owner).Kept(ctx, owner)
	return append(found, kept...), err
}

func (d *Desk) statusOf(ctx context.Context, lab *labs.Lab) LabStatus {
	status := LabStatus{Lab: lab, State: stateOf(lab), Left: lab.Expires.Sub(d.backend.Engine.Now()), Help: helpWith(lab)}
	// A host that stops meanwhile shows in the state.
	status.Memory, _ = d.backend.Engine.Memory(ctx, lab)
	for _, host := range lab.Hosts {
		written, _ := d.backend.Engine.Written(ctx, host)
		status.Disk += written
	}
	return status
}

// stateOf describes the state of a lab in a few words.
func stateOf(lab *labs.Lab) string {
	switch {
	case lab.Damaged():
		return "has lost a host"
	case !lab.Whole:
		return "starting"
	}
	state := "running"
	for _, host := range lab.Hosts {
		switch host.State {
		case labs.HostRunning, labs.HostFrozen:
		case labs.HostOutOfMemory:
			state = host.Name + " ran out of memory"
		case labs.HostRestarting:
			state = fmt.Sprintf("%s keeps ending (%d)", host.Name, host.Exit)
		default:
			state = fmt.Sprintf("%s stopped (%d)", host.Name, host.Exit)
		}
	}
	return state
}

// helpWith says what can be done if some of a lab is not running.
func helpWith(lab *labs.Lab) *labs.Problem {
	act := func(name, what string) labs.Act { return labs.Act{Name: name, For: what, Scenario: lab.Scenario} }
	switch {
	case lab.Damaged():
		return &labs.Problem{
			Code: labs.CodeHostDown, What: fmt.Sprintf("A host of %s was removed, with all that was in it", lab.Scenario),
			Acts: []labs.Act{act(labs.ActReset, "It can only be reset"), act(labs.ActStop, "end it")},
		}
	case !lab.Running() && lab.Whole:
		return &labs.Problem{
			Code: labs.CodeHostDown, What: fmt.Sprintf("A host of %s does not run", lab.Scenario),
			Acts: []labs.Act{act(labs.ActEnter, "Start it again, with all that is in it"), act(labs.ActReset, "put the lab back")},
		}
	}
	return nil
}

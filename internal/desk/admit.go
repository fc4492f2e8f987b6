package desk

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"endstate/internal/desk/admission"
	"endstate/labs"
)

// newGate returns what lets starts in.
func (d *Desk) newGate() *admission.Gate {
	return &admission.Gate{Limits: d.Limits, Folder: filepath.Join(os.TempDir(), "endstate-admission"), Running: d.everyLab, Clock: d.Clock}
}

// everyLab returns the labs of everybody, with those of exams.
func (d *Desk) everyLab(ctx context.Context) ([]admission.Lab, error) {
	found, err := d.backend.Engine.Labs(ctx, labs.Which{})
	var all []admission.Lab
	for _, lab := range found {
		if lab.Role == labs.RoleLab {
			all = append(all, admission.Lab{Owner: lab.Owner, Scenario: lab.Scenario, Memory: d.memoryOf(lab.Scenario)})
		}
	}
	return all, err
}

// memoryOf returns how much memory the hosts of a scenario's labs may use. It is the same at every seed;
// for a scenario that is not there any more, it is not known.
func (d *Desk) memoryOf(scenario string) int64 {
	if known, ok := d.memories.Load(scenario); ok {
		return known.(int64)
	}
	sum := int64(0)
	if v, err := d.library().Variant(scenario, 1); err == nil {
		sum = asksFor(v, "").Memory
	}
	d.memories.Store(scenario, sum)
	return sum
}

// asksFor returns what a lab of a variant needs.
func asksFor(v *labs.Variant, owner string) admission.Lab {
	lab := admission.Lab{Owner: owner, Scenario: v.Name}
	for _, host := range v.Hosts {
		lab.Memory += host.Plan("").Memory
	}
	return lab
}

// startNew starts a lab once there is room for it.
func (d *Desk) startNew(ctx context.Context, v *labs.Variant, who labs.Learner, seen func() time.Time, emit labs.Emit) (*labs.Lab, error) {
	leave, err := d.gate.Enter(ctx, asksFor(v, who.Name), seen, emit)
	if err != nil {
		return nil, err
	}
	defer leave()
	return d.stage(who.Name).StartNew(ctx, v, who.Name, d.Life, emit)
}

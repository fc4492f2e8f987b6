// Package stage creates labs: it prepares variants and keeps their snapshots, and starts,
// resets, revives and sweeps labs.
package stage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"endstate/internal/site"
	"endstate/labs"
	"endstate/labs/kit"
)

// Stage prepares variants, and starts, resets, revives and sweeps labs.
type Stage struct {
	Engine    labs.Engine
	Snapshots labs.Snapshots
	Images    labs.Images
	Families  []kit.Family
	// Sites gives looks access to labs in setup, to measure their facts.
	Sites site.Opener
	// Owner is the owner of setups. Sweep removes only what belongs to Owner, or everything
	// if it is empty.
	Owner string
	Clock func() time.Time
	Cache int64 // limit of the snapshots' size in bytes; beyond it the least recently used are dropped
}

// readyInterval is how often to ask a starting server whether it is ready.
const readyInterval = 25 * time.Millisecond

// Start starts a lab of the variant for an owner from the variant's snapshot, and makes the
// snapshot first if necessary. Sweep removes the lab once life is over.
func (s *Stage) Start(ctx context.Context, v *labs.Variant, owner string, life time.Duration, emit labs.Emit) (*labs.Lab, error) {
	if err := s.Vacant(ctx, owner, v.Name); err != nil {
		return nil, err
	}
	images, err := s.imagesOf(ctx, v, emit)
	if err != nil {
		return nil, err
	}
	return s.fromSnapshot(ctx, v, images, owner, life, emit)
}

// fromSnapshot starts a lab from the variant's snapshot, and makes the snapshot first if necessary.
func (s *Stage) fromSnapshot(ctx context.Context, v *labs.Variant, images map[string]labs.ImageRef, owner string, life time.Duration, emit labs.Emit) (*labs.Lab, error) {
	snapshot, clean, err := s.snapshot(ctx, v, images, emit)
	if err != nil {
		return nil, err
	}
	defer clean()
	return s.launch(ctx, labPlan(v, snapshot, owner, s.Clock(), s.Engine.Now().Add(life)), v, images, emit)
}

// Reset puts a lab back to the state in which it was handed over, with the same owner,
// seed, start and expiry. It removes the old lab only once it has everything to start a new
// one. From then on it starts the new lab even if the context ends.
func (s *Stage) Reset(ctx context.Context, lab *labs.Lab, v *labs.Variant, emit labs.Emit) (*labs.Lab, error) {
	images, err := s.imagesOf(ctx, v, emit)
	if err != nil {
		return nil, err
	}
	snapshot, clean, err := s.snapshot(ctx, v, images, emit)
	if err != nil {
		return nil, err
	}
	defer clean()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), labs.StartTimeout)
	defer cancel()
	end := emit.Step(labs.RemoveLab, lab.Scenario)
	err = s.Engine.Remove(ctx, lab)
	if end(err); err != nil {
		return nil, err
	}
	fresh, err := s.launch(ctx, labPlan(v, snapshot, lab.Owner, lab.Started, lab.Expires), v, images, emit)
	if err != nil {
		return nil, &labs.Problem{
			Code: labs.CodeReset,
			What: fmt.Sprintf("The lab of %s could not be reset: the old lab was removed, and the new one does not start", lab.Scenario),
			Acts: []labs.Act{{Name: labs.ActStart, For: "Start the same exercise again", Scenario: lab.Scenario, Seed: lab.Seed}}, Err: err,
		}
	}
	return fresh, nil
}

// Revive starts the stopped hosts of a lab, with their data. It leaves hosts alone that the
// engine is restarting. A lab that is still being started must be waited for: that is an error.
func (s *Stage) Revive(ctx context.Context, lab *labs.Lab, v *labs.Variant, emit labs.Emit) (err error) {
	if !lab.Handed() {
		return starting(lab.Scenario)
	}
	down := *lab
	down.Hosts = slices.DeleteFunc(slices.Clone(lab.Hosts), func(h labs.Host) bool { return h.State.Up() || h.State == labs.HostRestarting })
	if len(down.Hosts) == 0 {
		return nil
	}
	end := emit.Step(labs.ReviveLab, lab.Scenario)
	defer func() { end(err) }()
	record, err := s.Snapshots.Record(ctx, lab)
	lost := errors.Is(err, labs.ErrNotFound)
	if err != nil && !lost {
		return err
	}
	if err := s.Engine.Restart(ctx, &down); err != nil || lost {
		return err // without its record a lab can't be asked whether it serves, only worked in
	}
	return s.ready(ctx, site.Subject{Lab: lab, Record: record, Given: v.Files}, down.Hosts, emit)
}

// imagesOf provides the images that a variant needs.
func (s *Stage) imagesOf(ctx context.Context, v *labs.Variant, emit labs.Emit) (map[string]labs.ImageRef, error) {
	images, err := s.Images.Ensure(ctx, imageNames(v), emit)
	if err == nil {
		err = checkServers(v, images)
	}
	return images, err
}

// Vacant returns an error if the owner has a lab of the scenario. It removes the remains of an
// interrupted start, but never a lab that may contain work.
func (s *Stage) Vacant(ctx context.Context, owner, scenario string) error {
	lab, err := s.Find(ctx, owner, scenario)
	switch {
	case errors.Is(err, labs.ErrNotFound):
		return nil
	case err != nil:
		return err
	case lab.Abandoned(s.Engine.Now()):
		return s.Engine.Remove(ctx, lab)
	case !lab.Handed():
		return starting(scenario)
	case lab.Damaged():
		return labs.Misuse(fmt.Sprintf("There is already a lab of %s, at seed %d, but it has lost a host", scenario, lab.Seed),
			"Everything else done in it is still there.",
			labs.Act{Name: labs.ActReset, For: "Reset it", Scenario: scenario}, labs.Act{Name: labs.ActStop, For: "end it", Scenario: scenario})
	}
	return labs.Misuse(fmt.Sprintf("There is already a lab of %s, at seed %d", scenario, lab.Seed),
		"", labs.Act{Name: labs.ActEnter, For: "Enter it", Scenario: scenario}, labs.Act{Name: labs.ActReset, For: "reset it", Scenario: scenario},
		labs.Act{Name: labs.ActStop, For: "end it", Scenario: scenario})
}

func starting(scenario string) error {
	return labs.Misuse(fmt.Sprintf("A lab of %s is being started by another process", scenario), "", labs.Act{Name: labs.ActEnter, For: "Wait until it is ready, then", Scenario: scenario})
}

// Find returns an owner's lab of a scenario. If there is none, the error is ErrNotFound.
func (s *Stage) Find(ctx context.Context, owner, scenario string) (*labs.Lab, error) {
	found, err := s.Engine.Labs(ctx, labs.Which{Owner: owner, Scenario: scenario})
	if err != nil {
		return nil, err
	}
	for _, lab := range found {
		if lab.Role == labs.RoleLab && lab.Owner == owner {
			return lab, nil
		}
	}
	return nil, labs.ErrNotFound
}

// Labs returns the labs handed over to an owner, or to any owner if owner is empty.
func (s *Stage) Labs(ctx context.Context, owner string) ([]*labs.Lab, error) {
	all, err := s.Engine.Labs(ctx, labs.Which{Owner: owner})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(l *labs.Lab) bool {
		return l.Role != labs.RoleLab || (owner != "" && l.Owner != owner)
	}), nil
}

// Kept returns the labs of proofs that an owner has kept. It lists the labs of all owners, which takes
// longer than [Stage.Labs].
func (s *Stage) Kept(ctx context.Context, owner string) ([]*labs.Lab, error) {
	all, err := s.Labs(ctx, "")
	return slices.DeleteFunc(all, func(l *labs.Lab) bool { return !l.IsKeptFor(owner) }), err
}

// Sweep removes the owner's labs, in whatever role, that have expired by the engine's
// clock, and what interrupted processes left half done. It returns what it removed.
func (s *Stage) Sweep(ctx context.Context, emit labs.Emit) ([]*labs.Lab, error) {
	all, err := s.Engine.Labs(ctx, labs.Which{})
	if err != nil {
		return nil, err
	}
	var removed []*labs.Lab
	var failed []error
	for _, lab := range all {
		if !lab.BelongsTo(s.Owner) || !lab.Over(s.Engine.Now()) {
			continue
		}
		end := emit.Step(labs.SweepLab, lab.Scenario)
		err = s.Remove(ctx, lab)
		if end(err); err != nil {
			failed = append(failed, err)
			continue
		}
		removed = append(removed, lab)
	}
	return removed, errors.Join(failed...)
}

// launch starts the hosts of a plan and waits until they are ready. If they don't become
// ready, it removes them.
func (s *Stage) launch(ctx context.Context, plan labs.Plan, v *labs.Variant, images map[string]labs.ImageRef, emit labs.Emit) (*labs.Lab, error) {
	lab, err := s.Engine.Launch(ctx, plan, emit)
	if errors.Is(err, labs.ErrConflict) {
		return nil, starting(plan.Lab.Scenario)
	}
	if err != nil {
		return nil, err
	}
	if err := s.Ready(ctx, lab, v, images, emit); err != nil {
		return nil, errors.Join(err, s.Engine.Remove(context.WithoutCancel(ctx), lab))
	}
	return lab, nil
}

// Ready waits until every host of the lab is ready.
func (s *Stage) Ready(ctx context.Context, lab *labs.Lab, v *labs.Variant, images map[string]labs.ImageRef, emit labs.Emit) error {
	subject := site.Subject{Lab: lab, Given: v.Files, Images: images}
	if lab.Role == labs.RoleLab {
		var err error
		if subject.Record, err = s.Snapshots.Record(ctx, lab); err != nil {
			return err
		}
	}
	return s.ready(ctx, subject, lab.Hosts, emit)
}

// ready waits until hosts of a lab serve.
func (s *Stage) ready(ctx context.Context, of site.Subject, hosts []labs.Host, emit labs.Emit) error {
	of.Starting = true
	site := s.Sites.Open(of, emit)
	defer site.Close()
	return EachHost(hosts, func(host labs.Host) error { return s.hostReady(ctx, site, host, emit) })
}

func (s *Stage) hostReady(ctx context.Context, at kit.Site, host labs.Host, emit labs.Emit) (err error) {
	image, ok := s.image(host.Image)
	if !ok || image.Ready == nil {
		return nil
	}
	end := emit.Step(labs.AwaitHost, host.Name)
	defer func() { end(err) }()
	wait, cancel := context.WithTimeout(ctx, site.ReadyTimeout)
	defer cancel()
	stopped := func(err error) bool { return errors.Is(err, site.ErrStopped) }
	err = labs.Poll(wait, readyInterval, stopped, func(ctx context.Context) error { return image.Ready(ctx, at, host) })
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err == nil {
		return nil
	}
	lines, logErr := s.Engine.Logs(context.WithoutCancel(ctx), host, 12)
	return &labs.Problem{
		Code:   labs.CodeNotReady,
		What:   fmt.Sprintf("The host `%s` does not answer", host.Name),
		Advice: "Its last lines:\n" + strings.TrimSpace(lines),
		Err:    errors.Join(err, logErr),
	}
}

// image returns the families' image with a name.
func (s *Stage) image(name string) (kit.Image, bool) {
	for _, family := range s.Families {
		for _, image := range family.Images {
			if image.Name == name {
				return image, true
			}
		}
	}
	return kit.Image{}, false
}

// EachHost calls a function for every host concurrently, and returns all errors.
func EachHost(hosts []labs.Host, do func(labs.Host) error) error {
	failed := make([]error, len(hosts))
	var all sync.WaitGroup
	for i, host := range hosts {
		all.Go(func() { failed[i] = do(host) })
	}
	all.Wait()
	return errors.Join(failed...)
}

// imageNames returns the names of the images that the variant needs, without duplicates.
func imageNames(v *labs.Variant) []string {
	names := kit.LookImages(v.Looks())
	for _, host := range v.Hosts {
		names = append(names, host.Image)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// checkServers returns an error if a server that the variant requires is missing.
func checkServers(v *labs.Variant, images map[string]labs.ImageRef) error {
	for _, server := range v.Requires {
		found := false
		for _, image := range images {
			found = found || strings.HasPrefix(strings.ToLower(image.Server), strings.ToLower(server))
		}
		if !found {
			return &labs.Problem{
				Code: labs.CodeImageMissing,
				What: fmt.Sprintf("The scenario %s needs the server %s, which is missing", v.Name, server),
				Acts: []labs.Act{{Name: labs.ActExamine, For: "See which servers you have"}},
			}
		}
	}
	return nil
}

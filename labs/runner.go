package labs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Runner starts labs, grades them and removes them.
type Runner struct {
	Engine   Engine
	Images   Images
	Families []Family
	// Owner is who is at work: setups, scratch hosts and proofs are made in this name, and
	// only what is made in it is swept. Empty: everybody's.
	Owner string
	Clock func() time.Time
	Emit  Emit  // may be nil
	Cache int64 // bytes that snapshots may take before the least recently used go
	// Servers keeps the grader's own servers between rounds of checks; nil keeps none.
	Servers *Servers
	// Places bounds how much is done at once with hosts of the grader's own; nil does not.
	Places Places

	relays    *relays // kept between rounds; nil: each round has its own
	examining bool    // expectations are asked what their author should know
}

const (
	readyTimeout  = 60 * time.Second
	readyInterval = 25 * time.Millisecond
	// A start that did not come to its end within this time never will.
	startTimeout = 2 * time.Minute
)

// Start starts a lab of the variant for an owner, from its snapshot, which is made
// first if it is not there. The lab is swept once its time is up.
func (r *Runner) Start(ctx context.Context, v *Variant, owner string, life time.Duration) (*Lab, error) {
	if err := r.vacant(ctx, owner, v.Name); err != nil {
		return nil, err
	}
	images, snapshot, clean, err := r.provide(ctx, v)
	if err != nil {
		return nil, err
	}
	defer clean()
	return r.launch(ctx, labPlan(v, snapshot, owner, r.Clock(), r.Engine.Now().Add(life)), v, images)
}

// Reset puts a lab back to how it was handed over. Owner, seed, start and expiry stay.
// What is there is removed only once all is there to start it again, and from then on the
// lab is started whatever becomes of the context.
func (r *Runner) Reset(ctx context.Context, lab *Lab, v *Variant) (*Lab, error) {
	images, snapshot, clean, err := r.provide(ctx, v)
	if err != nil {
		return nil, err
	}
	defer clean()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startTimeout)
	defer cancel()
	end := r.Emit.Step("remove", "Removing what is there")
	err = r.Engine.Remove(ctx, lab)
	if end(err); err != nil {
		return nil, err
	}
	fresh, err := r.launch(ctx, labPlan(v, snapshot, lab.Owner, lab.Started, lab.Expires), v, images)
	if err != nil {
		return nil, &Problem{
			What: fmt.Sprintf("The lab of %s could not be put back: what was there is removed, and it does not start", lab.Scenario),
			Do:   fmt.Sprintf("Start the same exercise again: endstate start %s --seed %d", lab.Scenario, lab.Seed), Err: err,
		}
	}
	return fresh, nil
}

// Revive starts the hosts of a lab that do not run, with all that is in them. Those that
// the engine starts again by itself are left to it.
func (r *Runner) Revive(ctx context.Context, lab *Lab, v *Variant) (err error) {
	down := *lab
	down.Hosts = slices.DeleteFunc(slices.Clone(lab.Hosts), func(h Host) bool { return h.Running || h.Restarting })
	if len(down.Hosts) == 0 {
		return nil
	}
	end := r.Emit.Step("revive", "Starting what had stopped, with all that is in it")
	defer func() { end(err) }()
	if err := r.Engine.Restart(ctx, &down); err != nil {
		return err
	}
	return r.ready(ctx, &down, v, nil)
}

// provide makes sure of what a lab is started from: images and snapshot. clean
// waits for what is removed meanwhile.
func (r *Runner) provide(ctx context.Context, v *Variant) (images map[string]ImageRef, snapshot *Snapshot, clean func(), err error) {
	if images, err = r.Images.Ensure(ctx, v.imageNames(), r.Emit); err != nil {
		return nil, nil, nil, err
	}
	if err := offered(v, images); err != nil {
		return nil, nil, nil, err
	}
	snapshot, clean, err = r.snapshot(ctx, v, images)
	return images, snapshot, clean, err
}

// vacant makes sure that the owner has no lab of the scenario. Remains of a start
// that was cut off are removed; what may have work in it is not.
func (r *Runner) vacant(ctx context.Context, owner, scenario string) error {
	lab, err := r.Find(ctx, owner, scenario)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return err
	case lab.Abandoned(r.Engine.Now()):
		return r.Engine.Remove(ctx, lab)
	case !lab.Handed():
		return starting(scenario)
	case lab.Damaged():
		return Misuse(fmt.Sprintf("A lab of %s is there already, at seed %d, and has lost a host", scenario, lab.Seed),
			fmt.Sprintf("What else was done in it is still there. Put it back to its beginning: endstate reset %[1]s · end it: endstate stop %[1]s", scenario))
	}
	return Misuse(fmt.Sprintf("A lab of %s is there already, at seed %d", scenario, lab.Seed),
		fmt.Sprintf("Go on with it: endstate shell %[1]s · put it back: endstate reset %[1]s · end it: endstate stop %[1]s", scenario))
}

func starting(scenario string) error {
	return Misuse(fmt.Sprintf("A lab of %s is being started by another process", scenario), "Wait for it, then: endstate shell "+scenario)
}

// Find returns the lab that an owner has of a scenario. ErrNotFound: there is none.
func (r *Runner) Find(ctx context.Context, owner, scenario string) (*Lab, error) {
	found, err := r.Engine.Labs(ctx, Which{Owner: owner, Scenario: scenario})
	if err != nil {
		return nil, err
	}
	for _, lab := range found {
		if lab.Role == RoleLab && lab.Owner == owner {
			return lab, nil
		}
	}
	return nil, ErrNotFound
}

// Labs returns the labs that were handed to a learner; of every owner when owner is empty.
func (r *Runner) Labs(ctx context.Context, owner string) ([]*Lab, error) {
	all, err := r.Engine.Labs(ctx, Which{Owner: owner})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(l *Lab) bool {
		return l.Role != RoleLab || (owner != "" && l.Owner != owner)
	}), nil
}

// Sweep removes the owner's labs whose time is up by the engine's clock, of any role, and
// what processes that ended left half made, and returns them.
func (r *Runner) Sweep(ctx context.Context) ([]*Lab, error) {
	all, err := r.Engine.Labs(ctx, Which{})
	if err != nil {
		return nil, err
	}
	var swept []*Lab
	var failed []error
	for _, lab := range all {
		if !lab.BelongsTo(r.Owner) || !lab.Over(r.Engine.Now()) {
			continue
		}
		end := r.Emit.Step("sweep", "Removing what is past its time")
		err = r.Engine.Remove(ctx, lab)
		if end(err); err != nil {
			failed = append(failed, err)
			continue
		}
		swept = append(swept, lab)
	}
	return swept, errors.Join(failed...)
}

// launch starts the hosts of a plan and waits until they serve; if they never do,
// they are removed.
func (r *Runner) launch(ctx context.Context, plan Plan, v *Variant, images map[string]ImageRef) (*Lab, error) {
	lab, err := r.Engine.Launch(ctx, plan, r.Emit)
	if errors.Is(err, ErrConflict) {
		return nil, starting(plan.Lab.Scenario)
	}
	if err != nil {
		return nil, err
	}
	if err := r.ready(ctx, lab, v, images); err != nil {
		return nil, errors.Join(err, r.Engine.Remove(context.WithoutCancel(ctx), lab))
	}
	return lab, nil
}

// ready waits until every host of the lab serves.
func (r *Runner) ready(ctx context.Context, lab *Lab, v *Variant, images map[string]ImageRef) error {
	record := Record{}
	if lab.Record != "" {
		var err error
		if record, err = DecodeRecord(lab.Record); err != nil {
			return err
		}
	}
	site := r.site(lab, record, v.Files, images)
	site.starting = true
	defer site.close()
	return eachHost(lab, func(host Host) error { return r.hostReady(ctx, site, host) })
}

func (r *Runner) hostReady(ctx context.Context, site *Site, host Host) (err error) {
	image, ok := r.image(host.Image)
	if !ok || image.Ready == nil {
		return nil
	}
	end := r.Emit.Step("ready "+host.Name, "Waiting until `"+host.Name+"` answers")
	defer func() { end(err) }()
	wait, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	stopped := func(err error) bool { return errors.Is(err, errStopped) }
	err = Poll(wait, readyInterval, stopped, func(ctx context.Context) error { return image.Ready(ctx, site, host) })
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err == nil {
		return nil
	}
	lines, logErr := r.Engine.Logs(context.WithoutCancel(ctx), host, 12)
	return &Problem{
		What: fmt.Sprintf("The host `%s` does not answer", host.Name),
		Do:   "Its last lines:\n" + strings.TrimSpace(lines),
		Err:  errors.Join(err, logErr),
	}
}

// image returns the family's image of that name.
func (r *Runner) image(name string) (Image, bool) {
	for _, family := range r.Families {
		for _, image := range family.Images {
			if image.Name == name {
				return image, true
			}
		}
	}
	return Image{}, false
}

// eachHost does something with every host of a lab, side by side.
func eachHost(lab *Lab, do func(Host) error) error {
	failed := make([]error, len(lab.Hosts))
	var all sync.WaitGroup
	for i, host := range lab.Hosts {
		all.Go(func() { failed[i] = do(host) })
	}
	all.Wait()
	return errors.Join(failed...)
}

// imageNames returns the names of the images that the variant needs, each once.
func (v *Variant) imageNames() []string {
	names := lookImages(v.looks())
	for _, host := range v.Hosts {
		names = append(names, host.Image)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// lookImages returns the names of the images that looks need themselves, each once.
func lookImages(looks []Look) []string {
	var names []string
	for _, look := range looks {
		if user, ok := look.(ImageUser); ok {
			names = append(names, user.ImageNames()...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (v *Variant) looks() []Look {
	var looks []Look
	for _, fact := range v.Facts {
		looks = append(looks, fact.Look)
	}
	for _, check := range v.Checks {
		looks = append(looks, check.Look)
	}
	for _, guard := range v.Guards {
		looks = append(looks, guard.Look)
	}
	return looks
}

// offered refuses a variant whose servers are not there.
func offered(v *Variant, images map[string]ImageRef) error {
	for _, server := range v.Requires {
		there := false
		for _, image := range images {
			there = there || strings.HasPrefix(strings.ToLower(image.Server), strings.ToLower(server))
		}
		if !there {
			return &Problem{
				What: fmt.Sprintf("The scenario %s needs the server %s, which is not there", v.Name, server),
				Do:   "See which servers are: endstate doctor",
			}
		}
	}
	return nil
}

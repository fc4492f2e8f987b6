package stage

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"endstate/internal/site"
	"endstate/labs"
)

// StartNew starts a lab like Start. If the variant has no snapshot, it hands over the hosts in
// which the variant was set up, without making one: that takes less time. If somebody else has a
// lab of the variant, others may follow, so it makes a snapshot for all of them.
func (s *Stage) StartNew(ctx context.Context, v *labs.Variant, owner string, life time.Duration, emit labs.Emit) (*labs.Lab, error) {
	if err := s.Vacant(ctx, owner, v.Name); err != nil {
		return nil, err
	}
	images, err := s.imagesOf(ctx, v, emit)
	if err != nil {
		return nil, err
	}
	key := snapshotKey(v, images)
	_, err = s.Snapshots.Find(ctx, key, v.HostNames())
	if err != nil && !errors.Is(err, labs.ErrNotFound) {
		return nil, err
	}
	shared := err == nil
	if !shared {
		if shared, err = s.usedByOthers(ctx, owner, v.Name, key); err != nil {
			return nil, err
		}
	}
	if shared {
		return s.fromSnapshot(ctx, v, images, owner, life, emit)
	}
	return s.setUp(ctx, v, images, owner, life, emit)
}

// usedByOthers reports whether anybody but the owner has a lab with a snapshot's key. The owner's
// own lab may be one that another process started after this one had looked whether there is one.
func (s *Stage) usedByOthers(ctx context.Context, owner, scenario, key string) (bool, error) {
	all, err := s.Engine.Labs(ctx, labs.Which{Scenario: scenario})
	return slices.ContainsFunc(all, func(l *labs.Lab) bool { return l.Owner != owner && l.Snapshot == key }), err
}

// SetUp starts a lab of the variant for an owner by setting it up, whether there is a snapshot or
// not.
func (s *Stage) SetUp(ctx context.Context, v *labs.Variant, owner string, life time.Duration, emit labs.Emit) (*labs.Lab, error) {
	if err := s.Vacant(ctx, owner, v.Name); err != nil {
		return nil, err
	}
	images, err := s.imagesOf(ctx, v, emit)
	if err != nil {
		return nil, err
	}
	return s.setUp(ctx, v, images, owner, life, emit)
}

// setUp sets a lab up in its own hosts. If the engine can't, it starts the lab from a snapshot.
func (s *Stage) setUp(ctx context.Context, v *labs.Variant, images map[string]labs.ImageRef, owner string, life time.Duration, emit labs.Emit) (*labs.Lab, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, setupTimeout, errSetupTimeout)
	defer cancel()
	from := &labs.Snapshot{Key: snapshotKey(v, images), Images: map[string]string{}}
	for _, host := range v.Hosts {
		from.Images[host.Name] = images[host.Image].Ref
	}
	plan := labPlan(v, from, owner, s.Clock(), s.Engine.Now().Add(life))
	plan.Setup = true
	lab, err := s.Engine.Launch(ctx, plan, emit)
	if errors.Is(err, labs.ErrConflict) {
		return nil, starting(v.Name)
	}
	if errors.Is(err, labs.ErrUnsupported) {
		return s.fromSnapshot(ctx, v, images, owner, life, emit)
	}
	if err != nil {
		return nil, err
	}
	if err := s.handOver(ctx, lab, v, images, emit); err != nil {
		return nil, errors.Join(err, s.Engine.Remove(context.WithoutCancel(ctx), lab))
	}
	return lab, nil
}

// handOver sets up a lab in its own hosts, and hands it over.
func (s *Stage) handOver(ctx context.Context, lab *labs.Lab, v *labs.Variant, images map[string]labs.ImageRef, emit labs.Emit) error {
	setup := *lab
	setup.Role = labs.RoleSetup // until it is handed over, nobody but the scenario can harm it
	var helpers *labs.Lab
	helped := site.InBackground(func() (err error) {
		helpers, err = s.Engine.Launch(ctx, helperPlan(lab, v, images, s.Engine.Now()), nil)
		return err
	})
	err := errors.Join(s.Ready(ctx, &setup, v, images, emit), helped())
	var record labs.Record
	if err == nil {
		record, err = s.build(ctx, &setup, helpers, v, images, emit)
	}
	if helpers != nil {
		err = errors.Join(err, s.Engine.Remove(context.WithoutCancel(ctx), helpers))
	}
	if err != nil {
		return err
	}
	return s.Engine.HandOver(ctx, lab, record)
}

// helperPlan returns the plan of the hosts that run a variant's scripts in the hosts of a lab. They
// have the engine's usual capabilities, and one more, to reach the files of another user's
// processes.
func helperPlan(lab *labs.Lab, v *labs.Variant, images map[string]labs.ImageRef, now time.Time) labs.Plan {
	plan := labs.Plan{Lab: labs.Lab{
		ID: "setup-" + strings.ToLower(rand.Text()[:16]), Role: labs.RoleSetup, Scenario: v.Name, Key: v.Key, Seed: v.Seed, Owner: lab.Owner,
		Started: now, Expires: now.Add(setupTimeout),
	}}
	for _, host := range lab.Hosts {
		if !slices.ContainsFunc(append(slices.Clone(v.Setup), v.Fault...), func(s labs.Script) bool { return s.Host == host.Name }) {
			continue
		}
		helper := labs.HostPlan{
			Name: host.Name, Image: images[host.Image].Ref, Family: host.Image, User: "root", Command: []string{"sleep", "infinity"},
			CapAdd: []string{"SYS_PTRACE"}, Within: host.ID, Trusted: true, Environment: v.Host(host.Name).Environment,
		}
		helper.SetDefaults()
		plan.Hosts = append(plan.Hosts, helper)
	}
	return plan
}

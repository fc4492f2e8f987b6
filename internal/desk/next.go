package desk

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"

	"endstate/internal/attempts"
	"endstate/internal/practice"
	"endstate/labs"
)

// Progress returns a learner's progress in all scenarios.
func (d *Desk) Progress(ctx context.Context, who labs.Learner) (*practice.Progress, error) {
	progress, _, err := d.assess(ctx, who, func() []labs.Scenario { return d.library().List() })
	return progress, err
}

// Next chooses what a learner should practise now, from the scenarios whose servers exist here. A
// script that is due comes first: that takes a minute or two.
func (d *Desk) Next(ctx context.Context, who labs.Learner) (*practice.Pick, error) {
	progress, store, err := d.assess(ctx, who, func() []labs.Scenario { return d.offered(ctx) })
	if err != nil {
		return nil, err
	}
	pick := progress.Next()
	if pick == nil {
		return nil, labs.Misuse("There is nothing to choose from: every scenario has a running lab", "", labs.Act{Name: labs.ActStatus, For: "See them"})
	}
	scripts, err := store.Scripts(ctx)
	if err != nil {
		return nil, err
	}
	pick.Script = practice.DueScript(scripts, d.Clock())
	used, err := store.Seeds(ctx, pick.Scenario.Name)
	// The same seed is drawn until a lab is started with it, so looking changes nothing.
	drawn := sha256.Sum256([]byte(who.Name + "\x00" + pick.Scenario.Name))
	pick.Seed = practice.NewSeed(used, rand.New(rand.NewPCG(binary.LittleEndian.Uint64(drawn[:]), uint64(len(used)))).Uint64N)
	return pick, err
}

// assess returns a learner's progress in some scenarios. It reads scenarios and attempts at the
// same time, because somebody is waiting for both.
func (d *Desk) assess(ctx context.Context, who labs.Learner, list func() []labs.Scenario) (*practice.Progress, *attempts.View, error) {
	scenarios := make(chan []labs.Scenario, 1)
	go func() { scenarios <- list() }()
	store, err := d.memory(ctx, who)
	var latest []*attempts.Attempt
	if err == nil {
		latest, err = store.Latest(ctx, practice.Latest)
	}
	known := <-scenarios
	if err != nil {
		return nil, nil, err
	}
	return practice.Assess(known, latest, d.Clock()), store, nil
}

// offered returns the scenarios whose servers exist here.
func (d *Desk) offered(ctx context.Context) []labs.Scenario {
	all := d.library().List()
	if !slices.ContainsFunc(all, func(s labs.Scenario) bool { return len(s.Requires) > 0 }) {
		return all
	}
	servers := d.servers(ctx)
	return slices.DeleteFunc(all, func(s labs.Scenario) bool {
		return slices.ContainsFunc(s.Requires, func(need string) bool {
			return !slices.ContainsFunc(servers, func(there string) bool {
				return strings.HasPrefix(strings.ToLower(there), strings.ToLower(need))
			})
		})
	})
}

// servers returns the servers of the existing images. If the engine does not answer, there are
// none.
func (d *Desk) servers(ctx context.Context) []string {
	if d.connect(ctx) != nil {
		return nil
	}
	there, _, _ := d.images.Lookup(ctx, d.images.Names())
	var servers []string
	for _, image := range there {
		servers = append(servers, image.Server)
	}
	return servers
}

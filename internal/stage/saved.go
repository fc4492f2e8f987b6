package stage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"endstate/labs"
)

// SavedState is a state of a lab that its learner saved.
type SavedState struct {
	Name string    `json:"name"`
	Made time.Time `json:"made"` // by the engine's clock

	slot     int
	snapshot *labs.Snapshot
}

// The limits of what a learner can save.
const (
	MaxSaved      = 5       // states of a lab
	MaxSavedBytes = 1 << 30 // what the hosts of a lab may have written, to be saved
)

// CodeSaved is the code of problems with saved states.
const CodeSaved = "saved-state"

// savedName is the form of the names of saved states, short enough to type.
var savedName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$`)

// savedKey is the key of one of the saved states of a lab. A lab has a fixed number of them, so
// that they can be found without a list of all snapshots, which takes seconds.
func savedKey(lab *labs.Lab, slot int) string { return fmt.Sprintf("%s%d", savedPrefix(lab), slot) }

func savedPrefix(lab *labs.Lab) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", lab.ID, lab.Owner, lab.Started.Unix()))
	return "saved-" + hex.EncodeToString(sum[:12]) + "-"
}

func hostNames(lab *labs.Lab) []string {
	var names []string
	for _, host := range lab.Hosts {
		names = append(names, host.Name)
	}
	return names
}

// SavedStates returns the saved states of a lab, the oldest first.
func (s *Stage) SavedStates(ctx context.Context, lab *labs.Lab) ([]SavedState, error) {
	all := []SavedState{}
	for slot := range MaxSaved {
		found, err := s.Snapshots.Find(ctx, savedKey(lab, slot), hostNames(lab))
		if errors.Is(err, labs.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, SavedState{found.Name, found.Made, slot, found})
	}
	slices.SortFunc(all, func(a, b SavedState) int { return a.Made.Compare(b.Made) })
	return all, nil
}

// Save saves a lab as it is now: what its hosts have on their disks, all of the same moment. What
// runs in them goes on. It replaces a state of the same name.
func (s *Stage) Save(ctx context.Context, lab *labs.Lab, name string, emit labs.Emit) (err error) {
	slot, err := s.savable(ctx, lab, name)
	if err != nil {
		return err
	}
	record, err := s.Snapshots.Record(ctx, lab)
	if err != nil {
		return err
	}
	end := emit.Step(labs.SaveLab, lab.Scenario)
	defer func() { end(err) }()
	if _, err := s.dropSlot(ctx, lab, slot); err != nil {
		return err
	}
	thaw, err := s.freeze(ctx, lab)
	if err != nil {
		return err
	}
	err = s.Snapshots.Keep(ctx, lab, labs.Snapshot{Key: savedKey(lab, slot), Scenario: lab.Scenario, Seed: lab.Seed, Name: name}, record)
	return errors.Join(err, thaw())
}

// savable returns the slot in which to save a lab, or an error if it can't be saved.
func (s *Stage) savable(ctx context.Context, lab *labs.Lab, name string) (slot int, err error) {
	if !savedName.MatchString(name) {
		return 0, labs.Misuse(fmt.Sprintf("%q can't be the name of a saved state", name), "Use up to 31 letters, digits, hyphens, dots and underscores.")
	}
	if !lab.Whole || !lab.Running() {
		return 0, &labs.Problem{
			Code: labs.CodeHostDown, What: fmt.Sprintf("The lab of %s can't be saved while a host is down", lab.Scenario),
			Acts: []labs.Act{{Name: labs.ActEnter, For: "Start it again", Scenario: lab.Scenario}}, Usage: true,
		}
	}
	var written int64
	for _, host := range lab.Hosts {
		n, err := s.Engine.Written(ctx, host)
		if err != nil {
			return 0, err
		}
		written += n
	}
	if written > MaxSavedBytes {
		return 0, &labs.Problem{
			Code: CodeSaved, What: fmt.Sprintf("The lab of %s has written %s, and at most %s can be saved", lab.Scenario, labs.Size(written), labs.Size(MaxSavedBytes)),
			Advice: "Remove large files first.", Usage: true,
		}
	}
	return s.slotFor(ctx, lab, name)
}

// slotFor returns the slot of a name, or a free one.
func (s *Stage) slotFor(ctx context.Context, lab *labs.Lab, name string) (int, error) {
	all, err := s.SavedStates(ctx, lab)
	if err != nil {
		return 0, err
	}
	var used []int
	for _, one := range all {
		if one.Name == name {
			return one.slot, nil
		}
		used = append(used, one.slot)
	}
	for slot := range MaxSaved {
		if !slices.Contains(used, slot) {
			return slot, nil
		}
	}
	return 0, &labs.Problem{
		Code: CodeSaved, What: fmt.Sprintf("The lab of %s has %d saved states, which is the most there can be", lab.Scenario, MaxSaved),
		Advice: "Save it under one of their names to replace that one, or remove one.",
		Acts:   []labs.Act{{Name: labs.ActSaved, For: "See them"}}, Usage: true,
	}
}

// freeze freezes all hosts of a lab, so that what is saved of them fits together.
func (s *Stage) freeze(ctx context.Context, lab *labs.Lab) (thaw func() error, err error) {
	thaws := make([]func() error, len(lab.Hosts))
	at := map[string]int{}
	for i, host := range lab.Hosts {
		at[host.Name] = i
	}
	thaw = func() error {
		return EachHost(lab.Hosts, func(host labs.Host) error {
			if thaw := thaws[at[host.Name]]; thaw != nil {
				return thaw()
			}
			return nil
		})
	}
	err = EachHost(lab.Hosts, func(host labs.Host) (err error) {
		thaws[at[host.Name]], err = s.Engine.Freeze(ctx, host, false)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, thaw())
	}
	return thaw, nil
}

// ResetTo puts a lab back to a state that was saved, with the same owner, seed, start and expiry.
// Like [Stage.Reset], it goes on even if the context ends once it has removed the old lab. If the
// saved state does not start, it starts the lab as it was handed over, and returns that lab and
// an error.
func (s *Stage) ResetTo(ctx context.Context, lab *labs.Lab, v *labs.Variant, name string, emit labs.Emit) (*labs.Lab, error) {
	state, err := s.savedAs(ctx, lab, name)
	if err != nil {
		return nil, err
	}
	images, err := s.Images.Ensure(ctx, imageNames(v), emit)
	if err != nil {
		return nil, err
	}
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
	plan := labPlan(v, state.snapshot, lab.Owner, lab.Started, lab.Expires)
	plan.Lab.Key = lab.Key // the scenario may have changed since
	fresh, err := s.launch(ctx, plan, v, images, emit)
	if err == nil {
		return fresh, nil
	}
	fresh, again := s.Reset(ctx, lab, v, emit)
	if again != nil {
		return nil, errors.Join(again, err)
	}
	return fresh, &labs.Problem{
		Code: CodeSaved, What: fmt.Sprintf("The state %s does not start; the lab is as it was at the start instead", name), Err: err,
		Advice: "The other saved states are still there.",
	}
}

// savedAs returns the saved state of a name.
func (s *Stage) savedAs(ctx context.Context, lab *labs.Lab, name string) (*SavedState, error) {
	all, err := s.SavedStates(ctx, lab)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(one SavedState) bool { return one.Name == name }); i >= 0 {
		return &all[i], nil
	}
	return nil, labs.Misuse(fmt.Sprintf("The lab of %s has no saved state %q", lab.Scenario, name), "", labs.Act{Name: labs.ActSaved, For: "See them"})
}

// DropSaved removes a saved state of a lab. The lab can go on being one that was put back to it.
func (s *Stage) DropSaved(ctx context.Context, lab *labs.Lab, name string) error {
	state, err := s.savedAs(ctx, lab, name)
	if err != nil {
		return err
	}
	dropped, err := s.dropSlot(ctx, lab, state.slot)
	if err == nil && !dropped {
		err = &labs.Problem{Code: labs.CodeInUse, What: "The lab was put back to " + name + ", so it can't be removed now", Advice: "It is removed with the lab.", Usage: true}
	}
	return err
}

// dropSlot removes whatever is in a slot, even what a killed process left there of a state. It
// reports whether the slot is free.
func (s *Stage) dropSlot(ctx context.Context, lab *labs.Lab, slot int) (free bool, err error) {
	free = true
	for _, host := range lab.Hosts {
		part, err := s.Snapshots.Find(ctx, savedKey(lab, slot), []string{host.Name})
		if errors.Is(err, labs.ErrNotFound) {
			continue
		}
		if err != nil {
			return false, err
		}
		dropped, err := s.Snapshots.Drop(ctx, *part)
		if err != nil {
			return false, err
		}
		free = free && dropped
	}
	return free, nil
}

// Remove removes a lab and its saved states. A saved state in use can only be removed after the
// lab, so everything else is removed first: if this is interrupted, less is left.
func (s *Stage) Remove(ctx context.Context, lab *labs.Lab) error {
	rest, first := s.dropSlots(ctx, lab, slots())
	if err := s.Engine.Remove(ctx, lab); err != nil {
		return errors.Join(err, first)
	}
	_, second := s.dropSlots(ctx, lab, rest)
	return second
}

func slots() []int {
	all := make([]int, MaxSaved)
	for i := range all {
		all[i] = i
	}
	return all
}

// dropSlots empties slots, and returns those that are not free yet.
func (s *Stage) dropSlots(ctx context.Context, lab *labs.Lab, which []int) (rest []int, err error) {
	var failed []error
	for _, slot := range which {
		free, err := s.dropSlot(ctx, lab, slot)
		if err != nil || !free {
			rest = append(rest, slot)
		}
		failed = append(failed, err)
	}
	return rest, errors.Join(failed...)
}

// SweepSaved removes saved states whose lab no longer exists: it was removed by other means, or
// a process was killed while it removed them. It leaves those alone that were used lately, because
// a lab is gone for a moment while it is put back.
func (s *Stage) SweepSaved(ctx context.Context) error {
	all, err := s.Snapshots.List(ctx)
	if err != nil {
		return err
	}
	return s.sweepSaved(ctx, all)
}

func (s *Stage) sweepSaved(ctx context.Context, all []labs.Snapshot) error {
	saved := slices.DeleteFunc(slices.Clone(all), func(one labs.Snapshot) bool { return !one.Saved() })
	if len(saved) == 0 {
		return nil
	}
	existing, err := s.Engine.Labs(ctx, labs.Which{})
	if err != nil {
		return err
	}
	alive := map[string]bool{}
	for _, lab := range existing {
		for slot := range MaxSaved {
			alive[savedKey(lab, slot)] = true
		}
	}
	var failed []error
	for _, one := range saved {
		if alive[one.Key] {
			continue
		}
		used, err := s.Snapshots.LastUsed(ctx, one)
		if err == nil && s.Engine.Now().Sub(used) > labs.StartTimeout {
			_, err = s.Snapshots.Drop(ctx, one)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

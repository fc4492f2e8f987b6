package desk

import (
	"context"
	"sync"

	"endstate/labs"
)

// mostShown is how many variants are kept to be shown.
const mostShown = 200

// shown keeps variants whose texts are shown: pages show a lab again and again, and drawing its variant
// may take a quarter of a second. The zero value is ready to use.
type shown struct {
	mu  sync.Mutex
	all map[shownKey]*labs.Variant
}

type shownKey struct {
	scenario string
	seed     uint64
}

// FindToShow returns a lab and its variant as [Parts.Find] does. The variant is shared: its texts may be
// read, and nothing may be observed with it.
func (p Parts) FindToShow(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*labs.Lab, *labs.Variant, error) {
	lab, err := p.desk.pick(ctx, who, name, emit)
	if err != nil {
		return nil, nil, err
	}
	v, err := p.desk.variantToShow(lab)
	return lab, v, err
}

// variantToShow returns the variant of a lab as its scenario is now.
func (d *Desk) variantToShow(lab *labs.Lab) (*labs.Variant, error) {
	key := shownKey{lab.Scenario, lab.Seed}
	d.shown.mu.Lock()
	v := d.shown.all[key]
	d.shown.mu.Unlock()
	var err error
	if v == nil {
		v, err = d.variantOf(lab)
	} else {
		v, err = d.library().Renew(v)
	}
	if err != nil {
		return nil, err
	}
	d.shown.mu.Lock()
	defer d.shown.mu.Unlock()
	if d.shown.all == nil || len(d.shown.all) >= mostShown {
		d.shown.all = map[shownKey]*labs.Variant{}
	}
	d.shown.all[key] = v
	return v, nil
}

package scenario

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// source returns a separate stream of random numbers for each name at a seed, so that adding
// a name does not change the values of the others.
func source(seed uint64, name string) *rand.PCG {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(name+"\x00"), seed))
	return rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))
}

// draw draws the params for a seed, in order.
func draw(params entries[param], seed uint64) (map[string]any, error) {
	drawn := map[string]any{}
	var wrong Mistakes
	for _, one := range params {
		if one.Value.node == nil {
			wrong = append(wrong, at(documentName, one.node, "param %s: it needs one of choice, between, pick and text", one.Name))
			continue
		}
		value, err := one.Value.draw(rand.New(source(seed, "param "+one.Name)), drawn)
		if err != nil {
			wrong = append(wrong, at(documentName, one.node, "param %s: %s", one.Name, reason(err)))
			continue
		}
		drawn[one.Name] = value
	}
	return drawn, wrong.orNil()
}

func (p param) draw(random *rand.Rand, drawn map[string]any) (any, error) {
	ways := 0
	for _, set := range []bool{p.Choice != nil, p.Between != nil, p.Pick != nil, p.Text != ""} {
		if set {
			ways++
		}
	}
	switch {
	case ways != 1:
		return nil, fmt.Errorf("it needs exactly one of choice, between, pick and text")
	case p.Choice != nil:
		if len(p.Choice) == 0 {
			return nil, fmt.Errorf("choice is empty")
		}
		return normal(p.Choice[random.IntN(len(p.Choice))])
	case p.Between != nil:
		if len(p.Between) != 2 || p.Between[0] > p.Between[1] {
			return nil, fmt.Errorf("between needs two numbers, the smaller one first")
		}
		return between(random, p.Between[0], p.Between[1]), nil
	case p.Pick != nil:
		return p.Pick.draw(random)
	}
	return render("text", p.Text, drawn, nil)
}

// between draws an integer from low to high, both included.
func between(random *rand.Rand, low, high int64) int64 {
	span := uint64(high-low) + 1
	if span == 0 { // the full range of int64
		return int64(random.Uint64())
	}
	return low + int64(random.Uint64N(span))
}

func (p *pick) draw(random *rand.Rand) (any, error) {
	if p.Count < 1 || p.Count > len(p.Of) {
		return nil, fmt.Errorf("pick can't take %d of %d", p.Count, len(p.Of))
	}
	picked := make([]any, p.Count)
	for i, j := range random.Perm(len(p.Of))[:p.Count] {
		picked[i] = p.Of[j]
	}
	return normal(picked)
}

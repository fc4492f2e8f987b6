package scenario

import (
	"fmt"
	"math/rand/v2"

	"endstate/internal/scenario/sample"
)

// draw draws the params for a seed, in order.
func draw(params entries[param], seed uint64) (map[string]any, error) {
	drawn := map[string]any{}
	var wrong Mistakes
	for _, one := range params {
		if one.Value.node == nil {
			wrong = append(wrong, at(documentName, one.node, "param %s: it needs one of choice, between, pick and text", one.Name))
			continue
		}
		value, err := one.Value.draw(rand.New(sample.Source(seed, "param "+one.Name)), drawn)
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
		return sample.Between(random, p.Between[0], p.Between[1]), nil
	case p.Pick != nil:
		return p.Pick.draw(random)
	}
	return render("text", p.Text, drawn, nil)
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

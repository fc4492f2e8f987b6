package author

import (
	"strconv"
	"strings"

	"endstate/internal/scenario/outline"
	"endstate/labs"
	"endstate/labs/kit"
)

// Rendered is a scenario at one seed, as it comes out of its templates.
type Rendered struct {
	Scenario string            `json:"scenario"`
	Seed     uint64            `json:"seed"`
	Sections []outline.Section `json:"sections"`
}

// Render renders a scenario at a seed. A part is a group of sections, such as "checks", or one
// section by name: a file, a check, a proof. Empty: all of them.
func (d *Desk) Render(who labs.Learner, name string, seed uint64, part string) (*Rendered, error) {
	if err := mayAuthor(who); err != nil {
		return nil, err
	}
	v, err := d.parts.Library().Variant(name, seed)
	if err != nil {
		return nil, err
	}
	var probes []kit.Probe
	for _, family := range d.parts.Families() {
		probes = append(probes, family.Probes...)
	}
	sections, err := outline.Sections(v, probes)
	if err != nil {
		return nil, err
	}
	if part != "" {
		// The ending of a template is not part of the rendered file's name.
		if sections = outline.Pick(sections, strings.TrimSuffix(part, ".tmpl")); len(sections) == 0 {
			return nil, labs.Misuse("The scenario "+name+" has no part "+strconv.Quote(part),
				"Name a file, a check, a guard, a fact or a proof, or one of: "+strings.Join(outline.Groups, ", ")+".")
		}
	}
	return &Rendered{Scenario: name, Seed: seed, Sections: sections}, nil
}

package scenario

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"endstate/internal/scenario/advice"
	"endstate/labs/kit"
)

// look reads the probe among the given fields. If there is not exactly one, or its fields
// are wrong, it records a mistake and returns nil.
func (d *builder) look(fields probes, where *yaml.Node) kit.Look {
	var look kit.Look
	names := slices.Sorted(maps.Keys(fields))
	count := 0
	for _, name := range names {
		probe, ok := d.probes[name]
		if !ok {
			d.mistake(fields[name].Node, "%s", advice.UnknownField(name, d.assertionFields()))
			continue
		}
		if count++; count > 1 {
			d.mistake(fields[name].Node, "only one probe is allowed: %q is the second", name)
			continue
		}
		look = d.fill(probe, fields[name].Node)
	}
	if len(names) == 0 {
		d.mistake(where, "the probe is missing; the probes are %s", strings.Join(slices.Sorted(maps.Keys(d.probes)), ", "))
	}
	return look
}

// assertionFields returns the fields that checks and guards may have, probes included.
func (d *builder) assertionFields() []string {
	fields := advice.Fields(document{})
	all := slices.Concat(fields["scenario.check"], fields["scenario.guard"], slices.Collect(maps.Keys(d.probes)))
	slices.Sort(all)
	return slices.Compact(all)
}

// fill renders a probe's fields and decodes them into a look.
func (d *builder) fill(probe kit.Probe, node *yaml.Node) kit.Look {
	rendered, err := renderNode(node, d.params)
	if err != nil {
		var mistake Mistake
		if errors.As(err, &mistake) {
			d.wrong = append(d.wrong, mistake)
		}
		return nil
	}
	look := probe.New()
	if short, ok := look.(kit.Shorthand); ok && rendered.Kind == yaml.ScalarNode {
		short.SetShorthand(rendered.Value)
	} else if err := rendered.Load(look, yaml.WithKnownFields()); err != nil {
		d.wrong = append(d.wrong, yamlMistakes(documentName, err, look)...)
		return nil
	}
	if defaulter, ok := look.(kit.Defaulter); ok {
		defaulter.SetDefaults(d.params)
	}
	if validator, ok := look.(kit.Validator); ok {
		if err := validator.Validate(); err != nil {
			d.mistake(node, "%s: %v", probe.Name, err)
			return nil
		}
	}
	return look
}

package scenario

import (
	"fmt"

	"endstate/internal/scenario/templates"
)

// Choices returns what a scenario's params of a kind with alternatives take at a seed, and all that
// they could take, such as "fault: dropped": each value of a choice, and each item of a pick.
func (l *Library) Choices(name string, seed uint64) (taken, all []string, err error) {
	f, ok := l.folders[name]
	if !ok {
		return nil, nil, l.unknown(name)
	}
	if err := f.read(); err != nil {
		return nil, nil, f.invalid(err)
	}
	drawn, err := draw(f.doc.Params, seed)
	if err != nil {
		return nil, nil, f.invalid(inFolder(name, err))
	}
	for _, one := range f.doc.Params {
		value, alternatives := drawn[one.Name], one.Value.Choice
		items := []any{value}
		if one.Value.Pick != nil {
			items, alternatives = value.([]any), one.Value.Pick.Of
		}
		if len(alternatives) < 2 {
			continue
		}
		taken = append(taken, named(one.Name, items)...)
		all = append(all, named(one.Name, alternatives)...)
	}
	return taken, all, nil
}

func named(param string, values []any) []string {
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = fmt.Sprintf("%s: %v", param, templates.Written(value))
	}
	return names
}

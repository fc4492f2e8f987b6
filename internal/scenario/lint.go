package scenario

import "errors"

// lintSeeds are the seeds at which every scenario is drawn to be looked at.
var lintSeeds = []uint64{1, 2, 3, 4, 5}

// Lint returns everything that is wrong with the scenarios and can be found
// without containers.
func (l *Library) Lint() Mistakes {
	var found Mistakes
	for _, err := range l.broken {
		found = append(found, mistakesIn(".", err)...)
	}
	for _, s := range l.List() {
		found = append(found, l.lint(l.folders[s.Name])...)
	}
	return found
}

func mistakesIn(name string, err error) Mistakes {
	var found Mistakes
	if errors.As(err, &found) {
		return found
	}
	return Mistakes{{File: name, Text: err.Error()}}
}

func (l *Library) lint(f *folder) Mistakes {
	for _, seed := range lintSeeds {
		if _, err := f.variant(seed, l.probes); err != nil {
			return mistakesIn(f.name, inFolder(f.name, err))
		}
	}
	return nil
}

package docker

import (
	"fmt"
	"strings"

	"endstate/labs"
)

// failure describes what could not be done. If the engine's disk is full, which it reports
// only in words, that is the description, whatever was being done.
func failure(err error, doing string, args ...any) error {
	err = fmt.Errorf("%s: %w", fmt.Sprintf(doing, args...), err)
	for _, said := range []string{"no space left on device", "disk quota exceeded"} {
		if strings.Contains(err.Error(), said) {
			return &labs.Problem{
				Code:   labs.CodeDiskFull,
				What:   "The engine's disk is full",
				Advice: "Free some space: stop labs that you don't need, lower ENDSTATE_CACHE, or remove images.",
				Acts:   []labs.Act{{Name: labs.ActStop, For: "End a lab"}, {Name: labs.ActExamine, For: "see how much is free"}},
				Err:    err,
			}
		}
	}
	return err
}

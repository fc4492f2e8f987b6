package docker

import (
	"fmt"
	"strings"

	"endstate/labs"
)

// failure says what could not be done. An engine whose disk is full says so in words alone;
// it is told as that, whatever was being done.
func failure(err error, doing string, args ...any) error {
	err = fmt.Errorf("%s: %w", fmt.Sprintf(doing, args...), err)
	for _, said := range []string{"no space left on device", "disk quota exceeded"} {
		if strings.Contains(err.Error(), said) {
			return &labs.Problem{
				Code:   labs.CodeDiskFull,
				What:   "The engine's disk is full",
				Advice: "Make room there: end labs that you don't need, lower ENDSTATE_CACHE, remove images.",
				Acts:   []labs.Act{{Name: labs.ActStop, For: "End a lab"}, {Name: labs.ActExamine, For: "see how much is free"}},
				Err:    err,
			}
		}
	}
	return err
}

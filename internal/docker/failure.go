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
				What: "The engine's disk is full",
				Do:   "Make room there: end labs you don't need (endstate stop), lower ENDSTATE_CACHE, remove images. How much is free: endstate doctor",
				Err:  err,
			}
		}
	}
	return err
}

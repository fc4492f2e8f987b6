package labs

import (
	"errors"
	"fmt"
	"strconv"
)

// MaxSeed is the largest seed: the largest integer that every JSON parser reads exactly.
const MaxSeed = 1<<53 - 1

// ErrSeed is the error of [ParseSeed].
var ErrSeed = errors.New("a seed is a whole number from 0 to " + strconv.Itoa(MaxSeed))

// ParseSeed parses a seed in decimal notation. The error wraps [ErrSeed].
func ParseSeed(text string) (uint64, error) {
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil || seed > MaxSeed {
		return 0, fmt.Errorf("%w, not %q", ErrSeed, text)
	}
	return seed, nil
}

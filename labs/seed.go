package labs

import (
	"errors"
	"fmt"
	"strconv"
)

// MaxSeed is the largest seed: the last whole number that every reader of JSON reads as
// it was written.
const MaxSeed = 1<<53 - 1

// ErrSeed says what a seed is.
var ErrSeed = errors.New("a seed is a whole number from 0 to " + strconv.Itoa(MaxSeed))

// ParseSeed reads a seed that was written by a person.
func ParseSeed(text string) (uint64, error) {
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil || seed > MaxSeed {
		return 0, fmt.Errorf("%w, not %q", ErrSeed, text)
	}
	return seed, nil
}

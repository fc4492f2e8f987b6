package labs

import (
	"math"
	"strconv"
)

// Count returns a number with its noun, in the plural unless the number is 1: the plural has an s.
// Fractions have at most two decimals.
func Count[N int | int64 | float64](n N, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.FormatFloat(math.Round(100*float64(n))/100, 'f', -1, 64) + " " + noun
}

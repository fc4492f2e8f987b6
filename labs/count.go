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

// Size returns a number of bytes for people: with one decimal below ten of a unit, as in 1.2 MiB.
func Size(bytes int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	size, unit := float64(bytes), 0
	for size >= 1023.5 && unit < len(units)-1 {
		size, unit = size/1024, unit+1
	}
	if size < 9.95 {
		size = math.Round(10*size) / 10
	} else {
		size = math.Round(size)
	}
	return strconv.FormatFloat(size, 'f', -1, 64) + " " + units[unit]
}

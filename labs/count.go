package labs

import "strconv"

// Count returns a number with its noun, in the plural unless the number is 1: the plural has an s.
func Count[N int | int64](n N, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.FormatInt(int64(n), 10) + " " + noun
}

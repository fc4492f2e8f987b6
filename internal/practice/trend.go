package practice

import "endstate/internal/attempts"

// Trend is the direction of the unaided scores of attempts.
type Trend string

// The trends.
const (
	Rising  Trend = "rising"
	Steady  Trend = "steady"
	Falling Trend = "falling"
)

// steadyPoints is the largest change that counts as steady, in points.
const steadyPoints = 5

// TrendOf compares the mean unaided scores of the later and the earlier half of attempts.
// A single attempt has no trend.
func TrendOf(all []*attempts.Attempt) Trend {
	half := len(all) / 2
	if half == 0 {
		return ""
	}
	switch change := mean(all[len(all)-half:]) - mean(all[:half]); {
	case change > steadyPoints:
		return Rising
	case change < -steadyPoints:
		return Falling
	}
	return Steady
}

func mean(all []*attempts.Attempt) float64 {
	sum := 0
	for _, a := range all {
		sum += unaided(a)
	}
	return float64(sum) / float64(len(all))
}

package practice

import "endstate/internal/attempts"

// Trend is where the unaided scores of attempts tend to.
type Trend string

// The trends.
const (
	Rising  Trend = "rising"
	Steady  Trend = "steady"
	Falling Trend = "falling"
)

// steady is by how many points scores may differ and be called the same.
const steady = 5

// TrendOf compares the unaided scores of the later half of attempts with those of
// the earlier half. One attempt alone has no trend.
func TrendOf(all []*attempts.Attempt) Trend {
	half := len(all) / 2
	if half == 0 {
		return ""
	}
	switch change := mean(all[len(all)-half:]) - mean(all[:half]); {
	case change > steady:
		return Rising
	case change < -steady:
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

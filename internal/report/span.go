package report

import (
	"fmt"
	"time"
)

// Brief writes a time in whole minutes, or in seconds if it is short.
func Brief(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}

// Span writes a time in days if it is long.
func Span(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day {
		return fmt.Sprintf("%d days", int(d.Round(day)/day))
	}
	return Brief(d)
}

package labs

import (
	"fmt"
	"strings"
	"time"
)

// Duration formats a duration for people, rounded to the second: 45 s, 90 s, 12 min 5 s, 1 h 30 min.
// Below two minutes it has only seconds; parts that are 0 are left out.
func Duration(d time.Duration) string {
	whole := max(0, d).Round(time.Second)
	if whole < 2*time.Minute {
		return fmt.Sprintf("%d s", whole/time.Second)
	}
	var parts []string
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := whole / unit.size; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
		}
		whole %= unit.size
	}
	return strings.Join(parts, " ")
}

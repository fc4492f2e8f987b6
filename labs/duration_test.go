package labs

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 499 * time.Millisecond: "0 s", 500 * time.Millisecond: "1 s",
		90 * time.Second: "90 s", 119600 * time.Millisecond: "2 min", 2*time.Minute + 10*time.Second: "2 min 10 s",
		450 * time.Second: "7 min 30 s", time.Hour: "1 h", 90 * time.Minute: "1 h 30 min", time.Hour + 5*time.Second: "1 h 5 s",
	} {
		if got := Duration(d); got != want {
			t.Errorf("%v: %q, not %q", d, got, want)
		}
	}
}

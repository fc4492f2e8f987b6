package exam

import (
	"testing"
	"time"

	"endstate/internal/exams"
)

func TestParseAllowance(t *testing.T) {
	for text, want := range map[string]exams.Allowance{
		"10": {Time: 10 * time.Minute}, "2.5": {Time: 150 * time.Second}, "90s": {Time: 90 * time.Second}, "1h": {Time: time.Hour},
		"25%": {Percent: 25}, "12.5 %": {Percent: 12.5},
	} {
		if got, err := parseAllowance(text); err != nil || got != want {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "-5", "-5%", "%", "ten", "NaN", "5 minutes"} {
		if a, err := parseAllowance(text); err == nil {
			t.Errorf("%q is read as %+v", text, a)
		}
	}
}

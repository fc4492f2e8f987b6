package labs

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Durations are seconds in JSON. Whole numbers are nanoseconds from versions that wrote those.
func TestSecondsInJSON(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1.5": 1500 * time.Millisecond, "2.0": 2 * time.Second, "0.0": 0, "0": 0, "240000000000": 4 * time.Minute, "-1.25": -1250 * time.Millisecond, "1e3": 1000 * time.Second, "null": 0,
	} {
		var got Seconds
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.Duration != want {
			t.Errorf("%s is read as %v, %v", text, got, err)
		}
	}
	for _, text := range []string{`"1.5"`, "{}", "true"} {
		if err := json.Unmarshal([]byte(text), new(Seconds)); err == nil {
			t.Errorf("%s is read as a duration", text)
		}
	}
	for want, give := range map[string]time.Duration{"1.5": 1500 * time.Millisecond, "2.0": 2 * time.Second, "0.0": 0, "0.000000001": 1} {
		if got, err := json.Marshal(Seconds{give}); err != nil || string(got) != want {
			t.Errorf("%v is written as %s, %v", give, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		give, got := Seconds{time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "nanoseconds"))}, Seconds{}
		text, err := json.Marshal(give)
		if err == nil {
			err = json.Unmarshal(text, &got)
		}
		if err != nil || got != give {
			t.Fatalf("%v is read back from %s as %v, %v", give, text, got, err)
		}
	})
}

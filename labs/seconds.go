package labs

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Seconds is a duration that JSON has in seconds, always with a decimal point: 1.5 or 2.0. A
// number without one was written by a version before this type, in nanoseconds.
type Seconds struct{ time.Duration }

// MarshalJSON writes seconds with a decimal point.
func (s Seconds) MarshalJSON() ([]byte, error) {
	text := strconv.AppendFloat(nil, s.Duration.Seconds(), 'f', -1, 64)
	if !bytes.ContainsRune(text, '.') {
		text = append(text, ".0"...)
	}
	return text, nil
}

// UnmarshalJSON reads seconds, or nanoseconds if there is no decimal point.
func (s *Seconds) UnmarshalJSON(data []byte) error {
	text := string(data)
	if text == "null" {
		return nil
	}
	if nanoseconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		s.Duration = time.Duration(nanoseconds)
		return nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%s is not a duration in seconds", text)
	}
	s.Duration = time.Duration(math.Round(seconds * float64(time.Second)))
	return nil
}

package ping

import (
	"testing"
	"time"
)

func TestClockGoesOnByItself(t *testing.T) {
	var c Clock
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	c.Set(at)
	if now, old := c.Now(); old || now.Before(at) || now.Sub(at) > time.Minute {
		t.Errorf("it is %v, old: %v", now, old)
	}
	c.heardAt = c.heardAt.Add(-time.Hour)
	if now, old := c.Now(); !old || now.Sub(at) < time.Hour {
		t.Errorf("an hour later it is %v, old: %v", now, old)
	}
}

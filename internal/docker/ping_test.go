package docker

import (
	"testing"
	"time"
)

func TestClockGoesOnByItself(t *testing.T) {
	var c clock
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	c.set(at)
	if now, old := c.now(); old || now.Before(at) || now.Sub(at) > time.Minute {
		t.Errorf("it is %v, old: %v", now, old)
	}
	c.heardAt = c.heardAt.Add(-time.Hour)
	if now, old := c.now(); !old || now.Sub(at) < time.Hour {
		t.Errorf("an hour later it is %v, old: %v", now, old)
	}
}

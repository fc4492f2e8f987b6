package docker

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/docker/docker/client"
)

// pingAnswer is an engine's answer to a ping.
type pingAnswer struct {
	api    string // the newest version of its API
	podman bool
	at     time.Time // the engine's time, in whole seconds
}

// ping sends the engine its smallest request. The API client hides who answered and when,
// so ping uses its connection directly.
func ping(ctx context.Context, api *client.Client) (answer pingAnswer, err error) {
	url, err := client.ParseHostURL(api.DaemonHost())
	if err != nil {
		return pingAnswer{}, err
	}
	host := "engine" // a socket has none
	if url.Scheme == "tcp" {
		host = url.Host
	}
	if answer, err = pingAt(ctx, api, "http://"+host+"/_ping"); err != nil && url.Scheme == "tcp" {
		answer, err = pingAt(ctx, api, "https://"+host+"/_ping")
	}
	return answer, err
}

func pingAt(ctx context.Context, api *client.Client, url string) (pingAnswer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return pingAnswer{}, err
	}
	answer, err := api.HTTPClient().Do(request)
	if err != nil {
		return pingAnswer{}, err
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return pingAnswer{}, fmt.Errorf("it answers %s", answer.Status)
	}
	at, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return pingAnswer{}, fmt.Errorf("it does not give the time: %w", err)
	}
	podman := answer.Header.Get("Libpod-Api-Version") != "" || strings.HasPrefix(answer.Header.Get("Server"), "Libpod")
	return pingAnswer{api: answer.Header.Get("Api-Version"), podman: podman, at: at}, nil
}

// clock is an engine's clock. Between two answers it uses this machine's monotonic clock,
// so changes of the time of day don't matter.
type clock struct {
	mu      sync.Mutex
	at      time.Time // the engine's time
	heardAt time.Time // when
}

// clockAge is how long to rely on an answer.
const clockAge = time.Minute

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.heardAt = at, time.Now()
}

func (c *clock) now() (now time.Time, old bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	passed := time.Since(c.heardAt)
	return c.at.Add(passed), passed > clockAge
}

// Now returns the engine's time, to the second.
func (e *Engine) Now() time.Time {
	if now, old := e.clock.now(); !old {
		return now
	}
	ctx, cancel := context.WithTimeout(context.Background(), pingTimeout)
	defer cancel()
	if answer, err := ping(ctx, e.api); err == nil {
		e.clock.set(answer.at)
	}
	now, _ := e.clock.now()
	return now
}

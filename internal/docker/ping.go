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

// pong is what an engine tells of itself with its shortest answer.
type pong struct {
	api    string // the newest version of its API
	podman bool
	at     time.Time // by its own clock, in whole seconds
}

// ping asks an engine for its shortest answer. The client of the API hides who answered
// and when, so its connection is used directly.
func ping(ctx context.Context, api *client.Client) (answer pong, err error) {
	url, err := client.ParseHostURL(api.DaemonHost())
	if err != nil {
		return pong{}, err
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

func pingAt(ctx context.Context, api *client.Client, url string) (pong, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return pong{}, err
	}
	answer, err := api.HTTPClient().Do(request)
	if err != nil {
		return pong{}, err
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return pong{}, fmt.Errorf("it answers %s", answer.Status)
	}
	at, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return pong{}, fmt.Errorf("it does not tell the time: %w", err)
	}
	podman := answer.Header.Get("Libpod-Api-Version") != "" || strings.HasPrefix(answer.Header.Get("Server"), "Libpod")
	return pong{api: answer.Header.Get("Api-Version"), podman: podman, at: at}, nil
}

// clock is an engine's clock. Between two answers time passes as the machine's steady
// clock counts it, whatever is done to the time of day.
type clock struct {
	mu    sync.Mutex
	at    time.Time // what the engine told
	heard time.Time // when
}

// An answer older than this is not relied on.
const clockAge = time.Minute

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.heard = at, time.Now()
}

func (c *clock) now() (now time.Time, old bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	passed := time.Since(c.heard)
	return c.at.Add(passed), passed > clockAge
}

// Now is the time by the engine's clock, to the second.
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

// Package ping asks an engine who it is and what time it has.
package ping

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/docker/docker/client"
)

// Answer is an engine's answer to a ping.
type Answer struct {
	API    string // the newest version of its API
	Podman bool
	At     time.Time // the engine's time, in whole seconds
}

// Ask sends the engine its smallest request. The API client hides who answered and when,
// so Ask uses its connection directly.
func Ask(ctx context.Context, api *client.Client) (answer Answer, err error) {
	url, err := client.ParseHostURL(api.DaemonHost())
	if err != nil {
		return Answer{}, err
	}
	host := "engine" // a socket has none
	if url.Scheme == "tcp" {
		host = url.Host
	}
	if answer, err = askAt(ctx, api, "http://"+host+"/_ping"); err != nil && url.Scheme == "tcp" {
		answer, err = askAt(ctx, api, "https://"+host+"/_ping")
	}
	return answer, err
}

func askAt(ctx context.Context, api *client.Client, url string) (Answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return Answer{}, err
	}
	answer, err := api.HTTPClient().Do(request)
	if err != nil {
		return Answer{}, err
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return Answer{}, fmt.Errorf("it answers %s", answer.Status)
	}
	at, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return Answer{}, fmt.Errorf("it does not give the time: %w", err)
	}
	podman := answer.Header.Get("Libpod-Api-Version") != "" || strings.HasPrefix(answer.Header.Get("Server"), "Libpod")
	return Answer{API: answer.Header.Get("Api-Version"), Podman: podman, At: at}, nil
}

// Clock is an engine's clock. Between two answers it uses this machine's monotonic clock,
// so changes of the time of day don't matter.
type Clock struct {
	mu      sync.Mutex
	at      time.Time // the engine's time
	heardAt time.Time // when
}

// clockAge is how long to rely on an answer.
const clockAge = time.Minute

// Set sets the clock to the engine's time, which was just heard.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.heardAt = at, time.Now()
}

// Now returns the engine's time, and whether it is long since the engine was asked.
func (c *Clock) Now() (now time.Time, old bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	passed := time.Since(c.heardAt)
	return c.at.Add(passed), passed > clockAge
}

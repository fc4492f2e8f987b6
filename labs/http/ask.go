package http

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

const (
	// patience is how long all requests of a look may take together, unless the host is slow.
	patience = 6 * time.Second
	// settling is how long a service may take until it is up, on a machine with much to do.
	settling    = 15 * time.Second
	settlePause = 100 * time.Millisecond

	maxHeaders = 64 << 10 // bytes of one answer
)

// dialError is the error of a connection that the grader could not make.
type dialError struct{ error }

func (e dialError) Unwrap() error { return e.error }

// answerLimits limit the bodies of a look's answers.
var answerLimits = kit.Limits{Items: maxRequests * (1 + maxRedirects), Noun: "answers", Item: 1 << 20, Bytes: 4 << 20, Kept: true, Finding: true}

// client makes the requests of one look.
type client struct {
	look *Look
	site kit.Site
	host labs.Host

	mu    sync.Mutex
	ready net.Conn // made before the time of a question began; nil once it is used
}

// observe makes the requests, again and with more time if the server is slow.
func (l *Look) observe(ctx context.Context, site kit.Site) (any, error) {
	host, err := kit.HostOf(site, l.Host)
	if err != nil {
		return nil, err
	}
	c := &client{look: l, site: site, host: host}
	if l.Await != "" {
		if err := c.settle(ctx, settling); err != nil {
			return nil, err
		}
	}
	var answers []any
	err = site.Ask(ctx, kit.Question{Host: host, Limit: patience, Ask: func(ctx context.Context, limit time.Duration) error {
		return c.within(ctx, limit, func(ctx context.Context) (err error) {
			answers, err = c.all(ctx)
			return err
		})
	}})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

// within connects, which may take the engine long, and then asks within the limit.
func (c *client) within(ctx context.Context, limit time.Duration, ask func(context.Context) error) error {
	conn, err := c.connect(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.ready = conn
	c.mu.Unlock()
	defer func() {
		if unused := c.take(); unused != nil {
			_ = unused.Close()
		}
	}()
	return kit.Within(ctx, limit, ask, c.explain)
}

func (c *client) connect(ctx context.Context) (net.Conn, error) {
	dial := c.site.Dial
	if c.look.Network {
		dial = c.site.DialNetwork
	}
	conn, err := dial(ctx, c.host, c.port())
	if err != nil {
		return nil, dialError{err}
	}
	return conn, nil
}

func (c *client) port() int { return cmp.Or(c.look.Port, defaultPort) }

func (c *client) take() net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	conn := c.ready
	c.ready = nil
	return conn
}

// settle waits until the service is up, or the limit has passed: what it answers then is observed
// as any answer is.
func (c *client) settle(ctx context.Context, limit time.Duration) error {
	_, err := kit.Once(c.site, fmt.Sprintf("http await %s %d %s", c.host.Name, c.port(), c.look.Await), func() (any, error) {
		end := time.Now().Add(limit)
		for time.Now().Before(end) && ctx.Err() == nil && !c.isUp(ctx, time.Until(end)) {
			select {
			case <-time.After(settlePause):
			case <-ctx.Done():
			}
		}
		return nil, context.Cause(ctx)
	})
	return err
}

func (c *client) isUp(ctx context.Context, limit time.Duration) bool {
	up := false
	err := c.within(ctx, limit, func(ctx context.Context) error {
		v := c.visit()
		defer v.http.CloseIdleConnections()
		answer, err := v.one(ctx, Request{Path: c.look.Await, Stay: true})
		up = err == nil && answer["status"] != http.StatusBadGateway && answer["status"] != http.StatusGatewayTimeout
		return err
	})
	return err == nil && up
}

// all makes all requests, with a jar of their own.
func (c *client) all(ctx context.Context) ([]any, error) {
	v := c.visit()
	defer v.http.CloseIdleConnections()
	answers := make([]any, 0, len(c.look.Requests))
	for _, request := range c.look.Requests {
		answer, err := v.one(ctx, request)
		if err != nil {
			return nil, err
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

// visit is a visitor with a cookie jar.
type visit struct {
	client *client
	base   *url.URL
	http   *http.Client
	budget *kit.Budget
}

func (c *client) visit() *visit {
	jar, _ := cookiejar.New(nil) // it returns no error
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			if conn := c.take(); conn != nil {
				return conn, nil
			}
			return c.connect(ctx)
		},
		DisableCompression: true, MaxResponseHeaderBytes: maxHeaders, MaxIdleConns: 1,
	}
	name := cmp.Or(c.look.Name, net.JoinHostPort(c.host.Name, fmt.Sprint(c.port())))
	return &visit{
		client: c, base: &url.URL{Scheme: "http", Host: name}, http: &http.Client{Transport: transport, Jar: jar},
		budget: c.site.Budget(fmt.Sprintf("What port %d of `%s` answers", c.port(), c.host.Name), answerLimits),
	}
}

// one makes one request, follows redirects, and returns the answer.
func (v *visit) one(ctx context.Context, r Request) (map[string]any, error) {
	request, err := r.build(ctx, v.base)
	if err != nil {
		return nil, err
	}
	redirects := []any{}
	follow := *v.http
	follow.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if r.Stay || len(via) > maxRedirects || next.URL.Scheme != v.base.Scheme || next.URL.Host != v.base.Host {
			return http.ErrUseLastResponse
		}
		redirects = append(redirects, map[string]any{"status": next.Response.StatusCode, "location": next.Response.Header.Get("Location")})
		return nil
	}
	begun := time.Now()
	response, err := follow.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := v.read(ctx, request, response)
	if err != nil {
		return nil, err
	}
	answer := describe(response, body)
	answer["redirects"], answer["seconds"] = redirects, int(time.Since(begun).Seconds())
	return answer, nil
}

// build returns the request to a server.
func (r Request) build(ctx context.Context, base *url.URL) (*http.Request, error) {
	body, kind := r.Body, ""
	switch {
	case r.JSON != "":
		body, kind = r.JSON, "application/json"
	case r.Form != nil:
		fields := url.Values{}
		for name, value := range r.Form {
			fields.Set(name, value)
		}
		body, kind = fields.Encode(), "application/x-www-form-urlencoded"
	}
	request, err := http.NewRequestWithContext(ctx, r.method(), base.String()+r.Path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	for name, value := range r.Headers {
		if strings.EqualFold(name, "Host") {
			request.Host = value
		}
		request.Header.Set(name, value)
	}
	return request, nil
}

// read reads a body, within the budget.
func (v *visit) read(ctx context.Context, request *http.Request, response *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, answerLimits.Item+1))
	if err != nil {
		return nil, err
	}
	return body, v.budget.Take(ctx, request.Method+" "+request.URL.Path, int64(len(body)))
}

// explain says what errors of requests mean. The server is the learner's, so it is a finding if
// it answers with anything but HTTP.
func (c *client) explain(err error) error {
	var network net.Error
	var wrong *url.Error
	var ours dialError
	switch {
	case errors.As(err, &ours):
		return nil
	case errors.As(err, &network) && network.Timeout():
		return kit.ErrLate
	case brokenOff(err):
		return kit.ErrBroken
	case errors.As(err, &wrong):
		return &kit.Obstacle{
			Message: fmt.Sprintf("Port %d of `%s` does not answer with HTTP: %s.", c.port(), c.host.Name, kit.ShownName(wrong.Err.Error())),
			Finding: true, Err: err,
		}
	}
	return nil
}

// brokenOff reports whether the connection ended before the answer did.
func brokenOff(err error) bool {
	for _, one := range []error{io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, one) {
			return true
		}
	}
	return strings.Contains(err.Error(), "server closed idle connection")
}

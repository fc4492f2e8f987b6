package mongodb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"endstate/labs"
	"endstate/labs/kit"
)

const (
	// How long the server may take for a command, unless its host is slow.
	patience = 4 * time.Second
	// There are few hidden documents, so a right answer takes far less. After haste the
	// grader stops waiting, and later asks again alone.
	hiddenPatience = 2 * time.Second
	haste          = time.Second
	// How many looks query the server at the same time; the grader's own listener takes
	// eight.
	connections = 4
	// The driver looks for a server as long as the context allows.
	selection = kit.LookTimeout
	// hidden is the name of the server with hidden documents in messages.
	hidden = "The grader's own server, which tries it on other documents,"
)

// client is a driver's client, with the reason why it could not connect, which the driver
// hides.
type client struct {
	*mongo.Client
	dialer *dialer
	hasty  bool // if it does not answer soon, it is not asked again
}

// dialer connects through a relay inside the server's host.
type dialer struct {
	site   kit.Site
	host   labs.Host
	called string // the server's name in messages; if empty, its host is named
	dial   func(context.Context) (net.Conn, error)

	mu      sync.Mutex
	err     error
	pending int
	ready   net.Conn // made before the driver needed one
}

// DialContext connects to the host's own server, whatever the address.
func (d *dialer) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	if conn := d.take(); conn != nil {
		return conn, nil
	}
	d.count(1)
	defer d.count(-1)
	conn, err := d.dial(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
	return conn, err
}

// take returns the connection that was made in advance, the first time it is called.
func (d *dialer) take() net.Conn {
	d.mu.Lock()
	defer d.mu.Unlock()
	conn := d.ready
	d.ready = nil
	return conn
}

func (d *dialer) count(change int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pending += change
}

// connecting reports whether a connection is still being made. That is the engine's part:
// even a server that is busy or hangs accepts connections.
func (d *dialer) connecting() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pending > 0
}

func (d *dialer) reason() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// connect returns a client for a server.
func connect(site kit.Site, host labs.Host, called string, port int) (*client, error) {
	return dialing(&dialer{
		site: site, host: host, called: called,
		dial: func(ctx context.Context) (net.Conn, error) { return site.Dial(ctx, host, port) },
	}, port)
}

// dialing returns a client that connects with a dialer, now and whenever necessary.
func dialing(d *dialer, port int) (*client, error) {
	inner, err := mongo.Connect(options.Client().
		SetHosts([]string{fmt.Sprintf("%s:%d", d.host.Name, port)}).SetDirect(true).SetDialer(d).
		SetServerSelectionTimeout(selection).SetMaxPoolSize(connections).SetRetryReads(false).
		SetServerMonitoringMode("poll").SetAppName("endstate"))
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", d.host.Name, err)
	}
	return &client{Client: inner, dialer: d}, nil
}

// pool returns the round's client for a server, shared by all looks. called is the server's
// name in messages; if empty, its host is named.
func pool(site kit.Site, host labs.Host, called string) (*client, error) {
	return kit.Once(site, "mongodb "+host.ID, func() (*client, error) {
		c, err := connect(site, host, called, graderPort(host))
		if err == nil {
			site.OnClose(func() { disconnect(c) })
		}
		return c, err
	})
}

// reach makes the first connection. The engine's part, which is slow under load, may take
// all the time of a look, and does not count as the server's.
func (c *client) reach(ctx context.Context) error {
	conn, err := c.dialer.dial(ctx)
	if err != nil {
		return err
	}
	c.dialer.mu.Lock()
	c.dialer.ready = conn
	c.dialer.mu.Unlock()
	err = c.ask(ctx, func(ctx context.Context, _ time.Duration) error {
		return c.Database("admin").RunCommand(ctx, bson.D{{Key: "ping", Value: 1}}).Err()
	})
	if unused := c.dialer.take(); unused != nil {
		_ = unused.Close()
	}
	return err
}

// awake waits until a server that was just started answers. If it listens before it serves,
// awake asks again over the existing connections.
func (c *client) awake(ctx context.Context) error {
	never := func(error) bool { return false }
	return labs.Poll(ctx, 50*time.Millisecond, never, func(ctx context.Context) error {
		return c.Database("admin").RunCommand(ctx, bson.D{{Key: "ping", Value: 1}}).Err()
	})
}

// disconnect closes a client without waiting for unfinished commands.
func disconnect(c *client) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = c.Disconnect(ctx)
}

// ask asks the server, and retries with a longer timeout if it is slow. The timeout is also
// that of the question's context.
func (c *client) ask(ctx context.Context, question func(ctx context.Context, limit time.Duration) error) error {
	limit := patience
	switch {
	case c.hasty:
		return c.once(ctx, haste, question)
	case c.dialer.called != "":
		limit = hiddenPatience
	}
	return c.dialer.site.Ask(ctx, kit.Question{
		Host: c.dialer.host, Server: c.dialer.called, Limit: limit,
		Ask: func(ctx context.Context, limit time.Duration) error { return c.once(ctx, limit, question) },
	})
}

// once asks the server a single time.
func (c *client) once(ctx context.Context, limit time.Duration, question func(ctx context.Context, limit time.Duration) error) error {
	return kit.Within(ctx, limit, func(ctx context.Context) error { return question(ctx, limit) }, c.explain)
}

// explain says what the driver's errors mean. The data and indexes are the learner's, so
// whatever the server refuses is a finding. If a connection failed, the dialer has the
// reason, which the driver hides.
func (c *client) explain(err error) error {
	var obstacle *kit.Obstacle
	var refused mongo.ServerError
	reason := c.dialer.reason()
	switch {
	case lasted(err):
		return kit.ErrLate
	case errors.As(err, &refused) && !lost(err):
		return &kit.Obstacle{Message: c.refusal(refused), Finding: true, Err: err}
	case errors.As(reason, &obstacle):
		return obstacle
	case mongo.IsTimeout(err) || c.dialer.connecting():
		return kit.ErrLate
	case reason != nil:
		return reason
	case lost(err):
		return kit.ErrBroken
	}
	return nil
}

// refusal describes the server's error. For a server with hidden documents, it gives only
// the code, because the message may quote them.
func (c *client) refusal(refused mongo.ServerError) string {
	if c.dialer.called == "" {
		return fmt.Sprintf("%s answers: %v.", c.name(), refused)
	}
	codes := refused.ErrorCodes()
	return fmt.Sprintf("%s refuses it (%s).", c.name(), strings.Trim(fmt.Sprint(codes), "[]"))
}

// name returns the server's name in messages.
func (c *client) name() string {
	if c.dialer.called != "" {
		return c.dialer.called
	}
	return fmt.Sprintf("The server on `%s`", c.dialer.host.Name)
}

// shortName returns the server's name within a sentence.
func (c *client) shortName() string {
	if c.dialer.called != "" {
		return "the grader's own server"
	}
	return fmt.Sprintf("the server on `%s`", c.dialer.host.Name)
}

// lost reports whether no answer came. The driver uses the same type for that as for a
// server's errors.
func lost(err error) bool {
	return mongo.IsNetworkError(err) || errors.Is(err, context.DeadlineExceeded)
}

// lasted reports whether the server itself ended a command that took too long.
func lasted(err error) bool {
	var answered mongo.CommandError
	return errors.As(err, &answered) && answered.Code == codeMaxTime
}

// codeMaxTime is MongoDB's MaxTimeMSExpired.
const codeMaxTime = 50

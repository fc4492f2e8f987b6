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
	// What the server may take for a command, if its host is not slow.
	patience = 4 * time.Second
	// Of hidden documents there are few, so that a right answer takes far less; it is not
	// waited for longer than haste before it is asked alone.
	hiddenPatience = 2 * time.Second
	haste          = time.Second
	// As many looks ask the server side by side; the grader's own listener takes eight.
	connections = 4
	// The driver looks for a server for as long as it is asked: the context ends that.
	selection = kit.LookTimeout
	// hidden is what messages call the server of hidden documents.
	hidden = "The grader's own server, where it is tried on other documents,"
)

// client is a driver's client, and the reason why it could not connect, which the
// driver itself hides.
type client struct {
	*mongo.Client
	dialer *dialer
	hasty  bool // what it does not answer soon, is not asked again
}

// dialer connects through a relay inside the server's host.
type dialer struct {
	site   kit.Site
	host   labs.Host
	called string // what messages call the server; by its host, if empty
	dial   func(context.Context) (net.Conn, error)

	mu      sync.Mutex
	err     error
	pending int
	ready   net.Conn // made before the driver asked for one
}

// DialContext connects; the address is always the host's own.
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

// take returns the connection that was made before, once.
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

// connecting reports whether a connection is still being made. That is the engine's
// part: a server that is busy, or hangs, is connected to all the same.
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

// connect returns a client of a server.
func connect(site kit.Site, host labs.Host, called string, port int) (*client, error) {
	return dialing(&dialer{
		site: site, host: host, called: called,
		dial: func(ctx context.Context) (net.Conn, error) { return site.Dial(ctx, host, port) },
	}, port)
}

// dialing returns a client that connects by a dialer, at once and as it needs to.
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

// pool returns the round's client of a server; all looks share it. called is what messages
// call the server; by its host, if empty.
func pool(site kit.Site, host labs.Host, called string) (*client, error) {
	return kit.Once(site, "mongodb "+host.ID, func() (*client, error) {
		c, err := connect(site, host, called, graderPort(host))
		if err == nil {
			site.OnClose(func() { disconnect(c) })
		}
		return c, err
	})
}

// reach makes the first connection. It has all the time of a look for what the engine
// does, which under load is slow, and none of that counts as the server's.
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

// awake waits until a server that was just started answers. Where it listens before it
// serves it is asked again, by the connections there are.
func (c *client) awake(ctx context.Context) error {
	never := func(error) bool { return false }
	return labs.Poll(ctx, 50*time.Millisecond, never, func(ctx context.Context) error {
		return c.Database("admin").RunCommand(ctx, bson.D{{Key: "ping", Value: 1}}).Err()
	})
}

// disconnect lets go of a client without waiting for what it still asks.
func disconnect(c *client) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = c.Disconnect(ctx)
}

// ask asks the server, again and with more time if it is slow. A question gets its limit
// as that of its context, too.
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

// once asks the server once.
func (c *client) once(ctx context.Context, limit time.Duration, question func(ctx context.Context, limit time.Duration) error) error {
	return kit.Within(ctx, limit, func(ctx context.Context) error { return question(ctx, limit) }, c.explain)
}

// explain says what the driver's errors mean. The data and indexes are the learner's, so
// whatever the server refuses is a finding. Behind a failed connection stands the dialer's
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

// refusal tells what a server answers. Of one that holds hidden documents, which its words
// may quote, only the code is told.
func (c *client) refusal(refused mongo.ServerError) string {
	if c.dialer.called == "" {
		return fmt.Sprintf("%s answers: %v.", c.name(), refused)
	}
	codes := refused.ErrorCodes()
	return fmt.Sprintf("%s refuses it (%s).", c.name(), strings.Trim(fmt.Sprint(codes), "[]"))
}

// name is what messages call the server.
func (c *client) name() string {
	if c.dialer.called != "" {
		return c.dialer.called
	}
	return fmt.Sprintf("The server on `%s`", c.dialer.host.Name)
}

// shortName is what messages call the server in a sentence of their own.
func (c *client) shortName() string {
	if c.dialer.called != "" {
		return "the grader's own server"
	}
	return fmt.Sprintf("the server on `%s`", c.dialer.host.Name)
}

// lost reports whether the answer never came, which the driver tells by the same
// type as what a server answers.
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

package mongodb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"endstate/labs"
)

const (
	// A command that takes longer is the learner's doing.
	patience = 4 * time.Second
	// As many looks ask the server side by side; the grader's own listener takes eight.
	connections = 4
	// How long the driver looks for a server that does not answer.
	selection = 1500 * time.Millisecond
)

// client is a driver's client, and the reason why it could not connect, which the
// driver itself hides.
type client struct {
	*mongo.Client
	dialer *dialer
}

// dialer connects through a relay inside the server's host.
type dialer struct {
	site *labs.Site
	host labs.Host
	dial func(context.Context) (net.Conn, error)

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
func connect(site *labs.Site, host labs.Host, port int) (*client, error) {
	return dialing(&dialer{
		site: site, host: host,
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

// pool returns the round's client of a server; all looks share it.
func pool(site *labs.Site, host labs.Host) (*client, error) {
	shared, err := site.Once("mongodb "+host.ID, func() (any, error) {
		c, err := connect(site, host, graderPort(host))
		if err == nil {
			site.OnClose(func() { disconnect(c) })
		}
		return c, err
	})
	if err != nil {
		return nil, err
	}
	c, ok := shared.(*client)
	if !ok {
		return nil, fmt.Errorf("the client of %s is a %T", host.Name, shared)
	}
	return c, nil
}

// reach makes the first connections. It has all the time of a look for what the engine
// does, which under load is slow, and none of that counts as the server's.
func (c *client) reach(ctx context.Context) error {
	conn, err := c.dialer.dial(ctx)
	if err != nil {
		return err
	}
	c.dialer.mu.Lock()
	c.dialer.ready = conn
	c.dialer.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = c.Database("admin").RunCommand(ctx, bson.D{{Key: "ping", Value: 1}}).Err()
	if unused := c.dialer.take(); unused != nil {
		_ = unused.Close()
	}
	return c.explain(ctx, c.dialer.host, err)
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

// explain makes an obstacle of what the server answers, as its data and indexes
// are the learner's, and finds the reason behind a failed connection.
func (c *client) explain(ctx context.Context, host labs.Host, err error) error {
	var obstacle *labs.Obstacle
	var refused mongo.ServerError
	switch {
	case err == nil || errors.As(err, &obstacle):
		return err
	case errors.As(err, &refused) && !lost(err):
		return &labs.Obstacle{Message: fmt.Sprintf("The server on `%s` answers: %v.", host.Name, refused), Err: err}
	case c.dialer.connecting():
		return fmt.Errorf("connect to %s in time: %w", host.Name, err)
	case errors.Is(ctx.Err(), context.DeadlineExceeded) || mongo.IsTimeout(err) && c.dialer.reason() == nil:
		return &labs.Obstacle{Message: fmt.Sprintf("The server on `%s` did not answer in time. Is it busy?", host.Name), Err: err}
	case c.dialer.reason() != nil:
		return c.dialer.reason()
	case lost(err):
		return c.dialer.site.Broken(ctx, host, err)
	}
	return err
}

// explainOwn is explain for a server that the grader made: what it answers may be
// the learner's doing, that it does not answer is not.
func (c *client) explainOwn(ctx context.Context, what string, err error) error {
	if err != nil && (ctx.Err() != nil || mongo.IsTimeout(err) && !lasted(err) || lost(err)) {
		return fmt.Errorf("%s: %w", what, err)
	}
	var refused mongo.ServerError
	if errors.As(err, &refused) {
		return &labs.Obstacle{Message: fmt.Sprintf("The grader's own server, where it is tried on other documents, answers: %v.", refused), Err: err}
	}
	return c.explain(ctx, c.dialer.host, err)
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

package mongodb

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"endstate/labs"
)

// An engine under load makes connections slowly. The learner's server is not to blame.
func TestSlowConnectionIsNoFinding(t *testing.T) {
	err := ask(t, func(ctx context.Context) (net.Conn, error) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	})
	var obstacle *labs.Obstacle
	if err == nil || errors.As(err, &obstacle) {
		t.Errorf("a connection that is not made in time counts as the learner's: %v", err)
	}
}

func TestServerThatIsConnectedAndSilentIsAFinding(t *testing.T) {
	err := ask(t, func(context.Context) (net.Conn, error) {
		near, far := net.Pipe()
		t.Cleanup(func() { _ = far.Close() })
		return near, nil
	})
	var obstacle *labs.Obstacle
	if !errors.As(err, &obstacle) {
		t.Errorf("a server that does not answer is not the learner's: %v", err)
	}
}

// Connections that come while the driver waits no longer are the engine's part, too.
func TestSlowSecondConnectionIsNoFinding(t *testing.T) {
	var dials atomic.Int32
	err := ask(t, func(ctx context.Context) (net.Conn, error) {
		if dials.Add(1) == 1 {
			near, far := net.Pipe()
			return near, far.Close()
		}
		<-ctx.Done()
		return nil, context.Cause(ctx)
	})
	var obstacle *labs.Obstacle
	if err == nil || errors.As(err, &obstacle) {
		t.Errorf("a connection that is not made in time counts as the learner's: %v", err)
	}
}

// A look has more time than the command that it asks, as the engine may have to start a
// server of hidden documents for it. So the command itself must come to an end.
func TestACommandEndsBeforeItsLook(t *testing.T) {
	silent := func(context.Context) (net.Conn, error) {
		near, far := net.Pipe()
		t.Cleanup(func() { _ = far.Close() })
		return near, nil
	}
	c, err := dialing(&dialer{host: labs.Host{Name: "db"}, dial: silent}, learnerPort)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disconnect(c) })
	look, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	_, err = c.find(look, "shop", bson.D{{Key: "find", Value: "orders"}}, false)
	var obstacle *labs.Obstacle
	if got := c.explain(look, c.dialer.host, err); look.Err() != nil || !errors.As(got, &obstacle) {
		t.Errorf("the look's time is over (%v), or a server that hangs is not the learner's: %v", look.Err(), got)
	}
}

// ask asks a server that is connected to by dial.
func ask(t *testing.T, dial func(context.Context) (net.Conn, error)) error {
	t.Helper()
	c, err := dialing(&dialer{host: labs.Host{Name: "db"}, dial: dial}, learnerPort)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disconnect(c) })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return c.reach(ctx)
}

func TestWhatTheGradersOwnServerDoesNotAnswerIsNoFinding(t *testing.T) {
	never := func(ctx context.Context) (net.Conn, error) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	c, err := dialing(&dialer{host: labs.Host{Name: "scratch"}, dial: never}, learnerPort)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disconnect(c) })
	for name, one := range map[string]struct {
		err     error
		finding bool
	}{
		"a time-out of the driver": {mongo.CommandError{Message: "timed out", Labels: []string{"NetworkError"}, Wrapped: context.DeadlineExceeded}, false},
		"a lost connection":        {mongo.CommandError{Message: "EOF", Labels: []string{"NetworkError"}}, false},
		"a refusal":                {mongo.CommandError{Code: 9, Message: "unknown keyword"}, true},
		"a query without an end":   {mongo.CommandError{Code: codeMaxTime, Message: "operation exceeded time limit"}, true},
	} {
		var obstacle *labs.Obstacle
		if got := c.explainOwn(t.Context(), "try documents", one.err); got == nil || errors.As(got, &obstacle) != one.finding {
			t.Errorf("%s: %v", name, got)
		} else if one.finding && strings.Contains(obstacle.Message, "scratch") {
			t.Errorf("%s: the learner knows no such host: %s", name, obstacle.Message)
		}
	}
}

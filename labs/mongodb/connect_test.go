package mongodb

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"endstate/labs"
	"endstate/labs/kit"
)

// If no answer comes, that shows nothing about the learner's server, so the grader asks
// again.
func TestNoAnswerIsNoFinding(t *testing.T) {
	for name, dial := range map[string]func(context.Context) (net.Conn, error){
		"a connection that takes long": func(ctx context.Context) (net.Conn, error) {
			<-ctx.Done()
			return nil, context.Cause(ctx)
		},
		"a server that is silent": func(context.Context) (net.Conn, error) {
			near, far := net.Pipe()
			t.Cleanup(func() { _ = far.Close() })
			return near, nil
		},
		"a connection that breaks off, and then a slow one": breakingOnce(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := clientOf(t, "", dial)
			for question, ask := range questions(c) {
				if err := c.once(t.Context(), time.Second, ask); !errors.Is(err, kit.ErrLate) {
					t.Errorf("%s: %v", question, err)
				}
			}
		})
	}
}

func breakingOnce() func(context.Context) (net.Conn, error) {
	var dials atomic.Int32
	return func(ctx context.Context) (net.Conn, error) {
		if dials.Add(1) == 1 {
			near, far := net.Pipe()
			return near, far.Close()
		}
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
}

type question = func(context.Context, time.Duration) error

func questions(c *client) map[string]question {
	return map[string]question{
		"ping": func(ctx context.Context, _ time.Duration) error {
			return c.Database("admin").RunCommand(ctx, bson.D{{Key: "ping", Value: 1}}).Err()
		},
		"find": func(ctx context.Context, limit time.Duration) error {
			_, err := c.findWithin(ctx, limit, "shop", bson.D{{Key: "find", Value: "orders"}}, false)
			return err
		},
	}
}

// Whatever prevents connecting is reported.
func TestObstacleOfAConnectionIsTold(t *testing.T) {
	c := clientOf(t, "", func(context.Context) (net.Conn, error) { return nil, &kit.Obstacle{Message: "Nothing answers."} })
	for name, ask := range questions(c) {
		var obstacle *kit.Obstacle
		if err := c.once(t.Context(), time.Second, ask); !errors.As(err, &obstacle) || obstacle.Message != "Nothing answers." {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// budgets is a site that provides budgets and nothing else.
type budgets struct{ kit.Site }

func (budgets) Budget(what string, limits kit.Limits) *kit.Budget { return kit.NewBudget(what, limits) }

func clientOf(t *testing.T, called string, dial func(context.Context) (net.Conn, error)) *client {
	t.Helper()
	c, err := dialing(&dialer{site: budgets{}, host: labs.Host{Name: "db"}, called: called, dial: dial}, learnerPort)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disconnect(c) })
	return c
}

func TestExplain(t *testing.T) {
	never := func(ctx context.Context) (net.Conn, error) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	theirs, own := clientOf(t, "", never), clientOf(t, hidden, never)
	for name, one := range map[string]struct {
		err  error
		late bool
		says string // of an obstacle
	}{
		"a time-out of the driver":        {mongo.CommandError{Message: "timed out", Labels: []string{"NetworkError"}, Wrapped: context.DeadlineExceeded}, true, ""},
		"a query that takes all its time": {mongo.CommandError{Code: codeMaxTime, Message: "operation exceeded time limit"}, true, ""},
		"a refusal":                       {mongo.CommandError{Code: 9, Message: "unknown keyword"}, false, "unknown keyword"},
	} {
		for _, c := range []*client{theirs, own} {
			var obstacle *kit.Obstacle
			err := kit.Within(t.Context(), time.Minute, func(context.Context) error { return one.err }, c.explain)
			if errors.Is(err, kit.ErrLate) != one.late || errors.As(err, &obstacle) == one.late {
				t.Errorf("%s: %v", name, err)
			}
			if c == own && obstacle != nil && (strings.Contains(obstacle.Message, "db") || strings.Contains(obstacle.Message, one.says)) {
				t.Errorf("%s: the message does not name the hidden server: %s", name, obstacle.Message)
			}
			if c == theirs && obstacle != nil && (!obstacle.Finding || !strings.Contains(obstacle.Message, one.says)) {
				t.Errorf("%s: %+v", name, obstacle)
			}
		}
	}
}

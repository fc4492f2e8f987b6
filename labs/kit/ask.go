package kit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"endstate/labs"
)

// What a question to a server may answer. Both may be asked again.
var (
	// ErrLate says that no answer came within the limit. That shows nothing by itself:
	// the host may be slow.
	ErrLate = errors.New("no answer came in time")
	// ErrBroken says that the connection broke off before the answer came.
	ErrBroken = errors.New("the connection broke off")
)

// Question is what a look asks a server. Slowness is nobody's mistake, so that it may be
// asked more than once, each time with more time than before.
type Question struct {
	Host   labs.Host
	Server string        // what messages call the server; by its host, if empty
	Limit  time.Duration // what the server may take for it if its host is not slow
	// Ask asks once, as [Within] does. Its error is ErrLate if the limit passed.
	Ask func(ctx context.Context, limit time.Duration) error
	// Watch is called now and then while the answer is awaited. An [Obstacle]: it sees who
	// or what stands in the way. Nil: nothing can be seen. May be nil itself.
	Watch func(ctx context.Context) error
}

// Within asks a server once, within a limit, as [Question.Ask] does. If ask fails, explain
// says what the driver's error means: an [Obstacle] if the server itself answered, ErrLate if
// the server or the driver gave up, ErrBroken if the connection broke off, nil if none of
// these. An error that explain can't name is ErrLate once the limit has passed.
func Within(ctx context.Context, limit time.Duration, ask func(context.Context) error, explain func(error) error) error {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := ask(limited)
	var obstacle *Obstacle
	if err == nil || errors.As(err, &obstacle) || ctx.Err() != nil {
		return err
	}
	reason := explain(err)
	switch {
	case errors.As(reason, &obstacle):
		return obstacle
	case limited.Err() != nil:
		return fmt.Errorf("%w: %w", ErrLate, err)
	case reason != nil:
		return fmt.Errorf("%w: %w", reason, err)
	}
	return err
}

package kit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"endstate/labs"
)

// Errors after which a question may be asked again.
var (
	// ErrLate means that no answer came within the limit. That proves nothing: the host may
	// be slow.
	ErrLate = errors.New("no answer came in time")
	// ErrBroken means that the connection broke before the answer came.
	ErrBroken = errors.New("the connection broke off")
)

// Question is what a look asks a server. Slowness is nobody's fault, so a question may be asked
// several times, each time with a longer limit.
type Question struct {
	Host   labs.Host
	Server string        // how messages name the server; empty: by its host
	Limit  time.Duration // how long the server may take if its host is not slow
	// Ask asks once, as [Within] does. Its error is ErrLate if the limit passed.
	Ask func(ctx context.Context, limit time.Duration) error
	// Watch is called about once a second while the answer is awaited. It returns an
	// [Obstacle] if it sees what prevents the answer, and nil if not. May be nil.
	Watch func(ctx context.Context) error
}

// Within asks a server once, within a limit, for [Question.Ask]. If ask fails, explain
// translates the driver's error: to an [Obstacle] if the server itself answered, ErrLate if the
// server or the driver gave up, ErrBroken if the connection broke, and nil for anything else. If
// explain returns nil and the limit has passed, the error is ErrLate.
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

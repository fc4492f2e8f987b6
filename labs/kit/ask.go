package kit

import (
	"context"
	"errors"
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
	// Ask asks. It answers an error that is ErrLate if the limit passed.
	Ask func(ctx context.Context, limit time.Duration) error
	// Watch is called now and then while the answer is awaited. An [Obstacle]: it sees who
	// or what stands in the way. Nil: nothing can be seen. May be nil itself.
	Watch func(ctx context.Context) error
}

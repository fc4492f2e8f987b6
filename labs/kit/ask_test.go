package kit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"endstate/labs/kit"
)

var errDriver = errors.New("what a driver says")

func TestWithin(t *testing.T) {
	obstacle := &kit.Obstacle{Message: "in the way"}
	other := errors.New("another reason")
	fails := func(context.Context) error { return errDriver }
	waits := func(ctx context.Context) error { <-ctx.Done(); return errDriver }
	for name, test := range map[string]struct {
		ask    func(context.Context) error
		reason error // that explain gives
		want   error
	}{
		"an answer":                          {func(context.Context) error { return nil }, kit.ErrLate, nil},
		"an obstacle that ask found":         {func(context.Context) error { return obstacle }, kit.ErrLate, obstacle},
		"an error that means nothing":        {fails, nil, errDriver},
		"an answer that is an obstacle":      {fails, obstacle, obstacle},
		"a server that gave up":              {fails, kit.ErrLate, kit.ErrLate},
		"a connection that broke off":        {fails, kit.ErrBroken, kit.ErrBroken},
		"a reason of its own":                {fails, other, other},
		"no answer within the limit":         {waits, kit.ErrBroken, kit.ErrLate},
		"an obstacle that came at the limit": {waits, obstacle, obstacle},
	} {
		explain := func(error) error { return test.reason }
		if err := kit.Within(t.Context(), 10*time.Millisecond, test.ask, explain); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, not %v", name, err, test.want)
		}
	}
}

// Whoever gives up asking learns nothing of the server.
func TestWithinAContextThatIsOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	explain := func(error) error { t.Error("the error is explained"); return kit.ErrLate }
	if err := kit.Within(ctx, time.Minute, func(context.Context) error { return errDriver }, explain); !errors.Is(err, errDriver) {
		t.Error(err)
	}
}

package site

import (
	"context"
	"errors"
	"io/fs"
	"sync/atomic"
	"testing"
	"time"

	"endstate/labs"
)

// onePlace is a machine with one place.
type onePlace struct {
	free  chan struct{}
	takes atomic.Int64
}

func newPlace() *onePlace { return &onePlace{free: make(chan struct{}, 1)} }

func (p *onePlace) Take(ctx context.Context, _ string, before func(int)) (func(), error) {
	for {
		select {
		case p.free <- struct{}{}:
			p.takes.Add(1)
			return func() { <-p.free }, nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(time.Millisecond):
			before(3)
		}
	}
}

// TakeIdle takes no place.
func (p *onePlace) TakeIdle() (leave func(), ok bool) { return nil, false }

func siteAt(places Places, emit labs.Emit) *Site {
	return Opener{Places: places}.Open(Subject{Lab: &labs.Lab{}}, emit)
}

func TestOneRoundNeedsOnePlace(t *testing.T) {
	places := newPlace()
	site := siteAt(places, nil)
	outer, err := site.place(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	inner, err := site.place(t.Context()) // for a second host that prepares the first
	if err != nil {
		t.Fatal(err)
	}
	outer()
	if len(places.free) != 1 {
		t.Error("the place was given back while it was in use")
	}
	inner()
	if len(places.free) != 0 || places.takes.Load() != 1 {
		t.Errorf("the place was not given back, or was taken %d times", places.takes.Load())
	}
}

func TestTimeOfALookStandsWhileItWaits(t *testing.T) {
	places := newPlace()
	leave, err := places.Take(t.Context(), "another", nil)
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan struct{})
	var reported atomic.Bool
	site := siteAt(places, func(e labs.Event) {
		if e.State == labs.StepMoved && e.Detail == "3" && !reported.Swap(true) {
			close(waiting)
		}
	})
	late := errors.New("its time is over")
	ctx, cancel := site.withLimit(t.Context(), 50*time.Millisecond, late)
	defer cancel()
	got := make(chan error, 1)
	go func() {
		mine, err := site.place(ctx)
		if err == nil {
			<-ctx.Done() // its time runs from now on
			mine()
		}
		got <- errors.Join(err, context.Cause(ctx))
	}()
	<-waiting
	time.Sleep(200 * time.Millisecond)
	if ctx.Err() != nil {
		t.Errorf("a waiting look timed out: %v", context.Cause(ctx))
	}
	leave()
	if err := <-got; !errors.Is(err, late) {
		t.Errorf("a look that has its place ends with %v", err)
	}
}

func TestALookThatIsInterruptedLeavesItsPlace(t *testing.T) {
	places := newPlace()
	leave, err := places.Take(t.Context(), "another", nil)
	if err != nil {
		t.Fatal(err)
	}
	site := siteAt(places, nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fs.ErrClosed)
	if _, err := site.place(ctx); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("an interrupted wait ends with %v", err)
	}
	leave()
	mine, err := site.place(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mine()
	places.free <- struct{}{} // blocks forever if somebody still holds it
}

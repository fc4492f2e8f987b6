package kit

import (
	"context"
	"errors"
	"math"
	"testing"
)

func TestBudgetNamesTheLimitThatWasPassed(t *testing.T) {
	limits := Limits{Items: 2, Noun: "rows", Item: 1 << 20, Bytes: 1 << 20}
	take := func(name string, sizes ...int64) func(*Budget) error {
		return func(b *Budget) error {
			var err error
			for _, size := range sizes {
				err = b.Take(t.Context(), name, size)
			}
			return err
		}
	}
	cases := map[string]struct {
		draw func(*Budget) error
		want string // the end of the message; empty: no error
	}{
		"within":          {take("a", 10, 10), ""},
		"one too many":    {take("a", 1, 1, 1), "it holds more than 2 rows."},
		"one too large":   {take("a", 1<<20+1), "`a` in it is larger than 1 MiB."},
		"the whole":       {take(".", 1<<20+1), "it is larger than 1 MiB."},
		"one without one": {take("", 1<<20+1), "one of its rows is larger than 1 MiB."},
		"too much":        {take("a", 1<<20, 1), "it is larger than 1 MiB."},
		"less than none":  {take("a", -1), "it has no size."},
		"without end":     {take("a", math.MaxInt64), "`a` in it is larger than 1 MiB."},
		"grows too much":  {func(b *Budget) error { return b.Grow(t.Context(), 1<<20+1) }, "it is larger than 1 MiB."},
		"as many to come": {func(b *Budget) error { return b.Expect(2) }, ""},
		"too many to come": {func(b *Budget) error {
			return errors.Join(b.Take(t.Context(), "a", 1), b.Expect(2))
		}, "it holds more than 2 rows."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := c.draw(NewBudget("The answer of `db`", limits))
			var obstacle *Obstacle
			switch {
			case c.want == "" && err != nil:
				t.Errorf("got %v, want no error", err)
			case c.want != "" && (!errors.As(err, &obstacle) || obstacle.Message != "The answer of `db` can't be read: "+c.want):
				t.Errorf("got %v, want an obstacle that ends in %q", err, c.want)
			}
		})
	}
}

// What several looks keep counts together, what is read and let go does not.
func TestBudgetOfARound(t *testing.T) {
	round := NewBudget("The lab", RoundLimits)
	budget := func(what string, limits Limits) *Budget { return NewBudget(what, limits).Within(round) }
	half := RoundLimits.Bytes/2 + 1
	if err := budget("One", DigestLimits).Grow(t.Context(), half); err != nil {
		t.Errorf("what is let go: %v", err)
	}
	kept := Limits{Kept: true}
	if err := budget("Two", kept).Grow(t.Context(), half); err != nil {
		t.Errorf("the first half: %v", err)
	}
	err := budget("Three", kept).Grow(t.Context(), half)
	want := "Three can't be read: with all else that is looked at it is larger than 96 MiB."
	if err == nil || err.Error() != want {
		t.Errorf("the second half: got %v, want %q", err, want)
	}
}

func TestBudgetHonoursItsContext(t *testing.T) {
	stop := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	b := NewBudget("It", Limits{})
	for name, err := range map[string]error{
		"take": b.Take(ctx, "", 1), "grow": b.Grow(ctx, 1),
	} {
		if !errors.Is(err, stop) {
			t.Errorf("%s: got %v, want the context's cause", name, err)
		}
	}
}

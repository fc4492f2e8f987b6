package places

import "testing"

// Work that nobody waits for has a place of its own, while nobody has or wants another one.
func TestTakeIdle(t *testing.T) {
	p := In(t.TempDir(), 1)
	leaveIdle, ok := p.TakeIdle()
	if !ok {
		t.Fatal("nobody works, and the place can't be taken")
	}
	if _, ok := p.TakeIdle(); ok {
		t.Error("the place was given twice")
	}
	leave, err := p.Take(t.Context(), "a", func(int) { t.Error("a caller waits for work that nobody waits for") })
	if err != nil {
		t.Fatal(err)
	}
	leaveIdle()
	if _, ok := p.TakeIdle(); ok {
		t.Error("the place was given while somebody works")
	}
	leave()
	if leaveIdle, ok = p.TakeIdle(); !ok {
		t.Fatal("nobody works any more, and the place can't be taken")
	}
	leaveIdle()
}

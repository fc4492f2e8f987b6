package seat

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits before it fails.
const patience = 20 * time.Second

// browser is a Client without a terminal: keys and sizes come in messages, and the screen
// is a buffer.
type browser struct {
	t       *testing.T
	keys    chan []byte
	resizes chan struct{}

	mu            sync.Mutex
	columns, rows int
	screen        bytes.Buffer
	change        chan struct{} // closed when the screen changes
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	return &browser{t: t, keys: make(chan []byte), resizes: make(chan struct{}, 1), columns: 80, rows: 24, change: make(chan struct{})}
}

func (b *browser) Keys() <-chan []byte      { return b.keys }
func (b *browser) Resizes() <-chan struct{} { return b.resizes }

func (b *browser) Size() (columns, rows int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.columns, b.rows
}

func (b *browser) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.change)
	b.change = make(chan struct{})
	return b.screen.Write(text)
}

func (b *browser) resize(columns, rows int) {
	b.mu.Lock()
	b.columns, b.rows = columns, rows
	b.mu.Unlock()
	b.resizes <- struct{}{}
}

// types types keys.
func (b *browser) types(keys string) {
	b.t.Helper()
	select {
	case b.keys <- []byte(keys):
	case <-time.After(patience):
		b.t.Fatalf("nobody takes the keys %q", keys)
	}
}

// sees waits until a text appears on the screen after what was seen before, and returns
// everything up to its end.
func (b *browser) sees(text string) string {
	b.t.Helper()
	late := time.After(patience)
	for {
		b.mu.Lock()
		all, change := b.screen.String(), b.change
		if before, _, found := strings.Cut(all, text); found {
			b.screen.Next(len(before) + len(text))
			b.mu.Unlock()
			return before + text
		}
		b.mu.Unlock()
		select {
		case <-change:
		case <-late:
			b.t.Fatalf("%q is not on the screen: %q", text, all)
		}
	}
}

// outcome is what Attach returned.
type outcome struct {
	status int
	err    error
}

// attach attaches the browser to a process. The returned function waits for the end.
func (b *browser) attach(ctx context.Context, p *Shell, answer Answer, watchers ...Watcher) (end func() outcome) {
	b.t.Helper()
	ended := make(chan outcome, 1)
	go func() {
		status, err := Attach(ctx, b, p, answer, watchers...)
		ended <- outcome{status, err}
	}()
	return func() outcome {
		b.t.Helper()
		select {
		case got := <-ended:
			select {
			case <-p.done:
			default:
				b.t.Error("the shell was not closed")
			}
			return got
		case <-time.After(patience):
			b.t.Fatal("the client is still attached")
			return outcome{}
		}
	}
}

package seat

import "io"

// Watcher follows what happens at a seat. Several goroutines call it, while the
// learner waits: it must be safe for that, and quick.
type Watcher interface {
	Output(b []byte)          // bytes were written to the screen
	Resize(columns, rows int) // the screen has a new size
	Input()                   // keys were pressed
}

// tee writes to a screen and reports to watchers.
type tee struct {
	screen   io.Writer
	watchers []Watcher
}

// Write writes to the screen first, so that the learner does not wait for watchers.
func (t *tee) Write(b []byte) (int, error) {
	n, err := t.screen.Write(b)
	for _, w := range t.watchers {
		w.Output(b[:n])
	}
	return n, err
}

func (t *tee) resize(columns, rows int) {
	for _, w := range t.watchers {
		w.Resize(columns, rows)
	}
}

func (t *tee) input() {
	for _, w := range t.watchers {
		w.Input()
	}
}

package terminal

import "io"

// watched is a screen at which others look, too.
type watched struct {
	out io.Writer
	by  []Watcher
}

// Write shows bytes, first to the learner.
func (w *watched) Write(b []byte) (int, error) {
	n, err := w.out.Write(b)
	for _, watcher := range w.by {
		watcher.Shown(b[:n])
	}
	return n, err
}

func (w *watched) resized(columns, rows int) {
	for _, watcher := range w.by {
		watcher.Resized(columns, rows)
	}
}

func (w *watched) typed() {
	for _, watcher := range w.by {
		watcher.Typed()
	}
}

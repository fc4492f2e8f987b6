package terminal

import (
	"bytes"
	"io"
	"regexp"
)

// watched is a screen at which others look, too.
type watched struct {
	out   io.Writer
	by    []Watcher
	other bool   // a program has switched to the terminal's other screen
	tail  []byte // of what was shown: a switch may be cut in two
}

// A switch to the other screen (h) or back (l), by any of its names: see xterm's
// control sequences, DECSET 47, 1047 and 1049.
var (
	switching = regexp.MustCompile("\x1b\\[\\?(?:47|1047|1049)([hl])")
	longest   = len("\x1b[?1049h")
)

// follow notes which screen is shown.
func (w *watched) follow(b []byte) {
	seen := append(w.tail, b...)
	if bytes.Contains(seen, []byte("\x1b[?")) {
		if all := switching.FindAllSubmatch(seen, -1); len(all) > 0 {
			w.other = string(all[len(all)-1][1]) == "h"
		}
	}
	w.tail = bytes.Clone(seen[max(0, len(seen)-longest+1):])
}

// Write shows bytes, first to the learner.
func (w *watched) Write(b []byte) (int, error) {
	n, err := w.out.Write(b)
	w.follow(b[:n])
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

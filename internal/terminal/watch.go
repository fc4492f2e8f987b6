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
	tail  []byte // a switch that may have been cut in two
}

// A switch to the other screen (h) or back (l), by any of its names: see xterm's
// control sequences, DECSET 47, 1047 and 1049.
var (
	switching = regexp.MustCompile("\x1b\\[\\?(?:47|1047|1049)([hl])")
	longest   = len("\x1b[?1049h")
)

// follow notes which screen is shown.
func (w *watched) follow(b []byte) {
	if len(w.tail) > 0 {
		b = append(w.tail, b...)
	}
	w.tail = nil
	last := bytes.LastIndexByte(b, '\x1b')
	if last < 0 {
		return
	}
	if all := switching.FindAllSubmatch(b, -1); len(all) > 0 {
		w.other = string(all[len(all)-1][1]) == "h"
	}
	if len(b)-last < longest {
		w.tail = bytes.Clone(b[last:])
	}
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

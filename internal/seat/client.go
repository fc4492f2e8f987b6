// Package seat joins a learner's terminal to a shell in a lab, and answers there what
// the in-lab commands ask. The terminal can be anything that delivers keys and shows
// bytes: a tty in raw mode, or a browser behind a WebSocket.
package seat

import "io"

// Display is a screen that knows its size. It must allow several goroutines to write
// at the same time.
type Display interface {
	io.Writer
	Size() (columns, rows int)
}

// Client is the learner's terminal. It delivers keys as they are pressed, does not
// echo them, and shows bytes as they are.
//
// Keys and sizes come over channels so that a seat can stop receiving at any time: keys
// that it has not taken are there for the next one.
type Client interface {
	Display
	// Keys delivers what is typed, in order. The receiver owns the bytes. The client
	// closes the channel when it is gone; from then on, Write must not block.
	Keys() <-chan []byte
	// Resizes delivers a value after Size has changed. One value may stand for several
	// changes.
	Resizes() <-chan struct{}
}

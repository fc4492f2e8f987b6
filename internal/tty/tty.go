// Package tty is the terminal of this process, and its raw mode, in which it is a client of
// internal/seat.
package tty

import (
	"errors"
	"io"
	"os"
	"sync"

	"github.com/muesli/cancelreader"
	"golang.org/x/term"
)

// Terminal is a terminal in its usual mode: it edits lines and echoes keys.
type Terminal struct{ in, out *os.File }

// Open returns the terminal behind two streams. It returns false unless both are
// files that are connected to a terminal.
func Open(in io.Reader, out io.Writer) (Terminal, bool) {
	inFile, ok := in.(*os.File)
	if !ok {
		return Terminal{}, false
	}
	outFile := fileOf(out)
	if outFile == nil || !term.IsTerminal(int(inFile.Fd())) || !term.IsTerminal(int(outFile.Fd())) {
		return Terminal{}, false
	}
	return Terminal{in: inFile, out: outFile}, true
}

// fileOf returns the file behind a stream, which may be a writer in front of one. It returns nil if
// there is none.
func fileOf(stream any) *os.File {
	switch stream := stream.(type) {
	case *os.File:
		return stream
	case interface{ File() *os.File }:
		return stream.File()
	}
	return nil
}

// Columns returns the width of the terminal that a stream is connected to. It returns false if that
// is not a terminal.
func Columns(stream any) (int, bool) {
	file := fileOf(stream)
	if file == nil || !term.IsTerminal(int(file.Fd())) {
		return 0, false
	}
	columns, _ := Terminal{out: file}.Size()
	return columns, true
}

// IsPipe reports whether a stream is a pipe to another program.
func IsPipe(stream any) bool {
	file := fileOf(stream)
	if file == nil {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}

// Size returns the terminal's columns and rows; 80 and 24 if it does not know them.
func (t Terminal) Size() (columns, rows int) {
	columns, rows, err := term.GetSize(int(t.out.Fd()))
	if err != nil || columns < 1 || rows < 1 {
		return 80, 24
	}
	return columns, rows
}

// Write writes to the screen.
func (t Terminal) Write(b []byte) (int, error) { return t.out.Write(b) }

// Raw is a terminal in raw mode: it delivers keys as they are pressed and shows bytes
// as they are. It is a seat.Client.
type Raw struct {
	Terminal
	cooked      *term.State // restored by Restore
	reader      cancelreader.CancelReader
	keys        chan []byte
	resizes     chan struct{}
	stopResizes func()
	done        chan struct{} // closed by Restore
	reading     sync.WaitGroup
}

// MakeRaw puts the terminal into raw mode. The caller must call [Raw.Restore].
func (t Terminal) MakeRaw() (*Raw, error) {
	cooked, err := term.MakeRaw(int(t.in.Fd()))
	if err != nil {
		return nil, err
	}
	reader, err := cancelreader.NewReader(t.in)
	if err != nil {
		return nil, errors.Join(err, term.Restore(int(t.in.Fd()), cooked))
	}
	r := &Raw{
		Terminal: t, cooked: cooked, reader: reader,
		keys: make(chan []byte), resizes: make(chan struct{}, 1), done: make(chan struct{}),
	}
	r.stopResizes = onResize(r.resize)
	r.reading.Go(r.readKeys)
	return r, nil
}

// Keys delivers what is typed. The channel is closed when the terminal has gone.
func (r *Raw) Keys() <-chan []byte { return r.keys }

// Resizes delivers a value after the terminal's size has changed.
func (r *Raw) Resizes() <-chan struct{} { return r.resizes }

func (r *Raw) resize() {
	select {
	case r.resizes <- struct{}{}:
	default: // a value is waiting already, and its receiver will ask for Size
	}
}

func (r *Raw) readKeys() {
	defer close(r.keys)
	for {
		buffer := make([]byte, 4096)
		n, err := r.reader.Read(buffer)
		if n > 0 {
			select {
			case r.keys <- buffer[:n]:
			case <-r.done:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// Restore stops delivering keys and puts the terminal back into the mode it was in
// before MakeRaw.
func (r *Raw) Restore() error {
	r.stopResizes()
	close(r.done)
	r.reader.Cancel()
	r.reading.Wait()
	return errors.Join(r.reader.Close(), term.Restore(int(r.in.Fd()), r.cooked))
}

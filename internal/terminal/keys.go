package terminal

import (
	"context"
	"errors"
	"io"

	"github.com/muesli/cancelreader"
	"golang.org/x/term"
)

// Keys reads single keys of a terminal while something is shown on it, until that
// has ended. The terminal is left as it was, whatever was shown on the screen that show gets.
func Keys(ctx context.Context, t Terminal, show func(ctx context.Context, screen io.Writer, keys <-chan byte) error) error {
	before, err := term.MakeRaw(int(t.In.Fd()))
	if err != nil {
		return err
	}
	screen := &modes{}
	_, _ = t.Out.WriteString(pushTitle)
	defer func() {
		_, _ = t.Out.WriteString(screen.restore() + popTitle + "\r\n")
		_ = term.Restore(int(t.In.Fd()), before)
	}()
	in, err := cancelreader.NewReader(t.In)
	if err != nil {
		return err
	}
	defer in.Close()
	ctx, gone := context.WithCancelCause(ctx)
	defer gone(nil)
	keys, read := make(chan byte), make(chan struct{})
	go func() {
		defer close(read)
		buffer := make([]byte, 1)
		for {
			n, err := in.Read(buffer)
			if n > 0 {
				select {
				case keys <- buffer[0]:
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				gone(errors.Join(errors.New("the terminal is gone"), err))
				return
			}
		}
	}()
	err = show(ctx, followed{t.Out, screen}, keys)
	gone(nil)
	in.Cancel()
	<-read
	return err
}

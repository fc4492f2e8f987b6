package seat

import (
	"context"
	"io"
	"sync"
)

// Show runs draw, which draws on the client's screen and receives single keys, until
// it returns. It undoes every mode that draw has left changed, and returns its error. If
// the client goes, draw's context ends with [ErrClientGone] as its cause.
func Show(ctx context.Context, client Client, draw func(ctx context.Context, screen io.Writer, keys <-chan byte) error) error {
	tracker := &tracker{}
	_, _ = io.WriteString(client, pushTitle)
	defer func() { _, _ = io.WriteString(client, tracker.restore()+popTitle+"\r\n") }()
	ctx, stop := context.WithCancelCause(ctx)
	var input sync.WaitGroup
	defer input.Wait()
	defer stop(nil)
	keys := make(chan byte)
	input.Go(func() { stop(forwardBytes(ctx, client.Keys(), keys)) })
	return draw(ctx, trackedScreen{client, tracker}, keys)
}

// forwardBytes passes keys on one by one until the context ends.
func forwardBytes(ctx context.Context, from <-chan []byte, to chan<- byte) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case keys, ok := <-from:
			if !ok {
				return ErrClientGone
			}
			for _, key := range keys {
				select {
				case to <- key:
				case <-ctx.Done():
					return nil
				}
			}
		}
	}
}

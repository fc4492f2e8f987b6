package seat

import (
	"context"
	"errors"
)

// KeyReader reads keys one by one.
type KeyReader struct {
	keys   <-chan []byte
	unread []byte
}

// ReadKeys returns a reader of a client's keys.
func ReadKeys(keys <-chan []byte) *KeyReader { return &KeyReader{keys: keys} }

// Next waits for a key. It returns [ErrInterrupted] for Ctrl-C, [ErrClientGone] if the client has
// closed its keys, and the context's cause once the context has ended.
func (r *KeyReader) Next(ctx context.Context) (byte, error) {
	for len(r.unread) == 0 {
		var ok bool
		select {
		case r.unread, ok = <-r.keys:
			if !ok {
				return 0, ErrClientGone
			}
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
	key := r.unread[0]
	r.unread = r.unread[1:]
	if key == ctrlC {
		return key, ErrInterrupted
	}
	return key, nil
}

// WithKeys calls read, which gets the learner's keys instead of the shell until it returns. Keys
// that read leaves are the shell's. Its context ends with the command. If read returns
// [ErrInterrupted], the command ends as Ctrl-C ends it.
func (s *Screen) WithKeys(ctx context.Context, read func(ctx context.Context, keys *KeyReader) error) error {
	err := s.Interruptible(ctx, func(ctx context.Context) error {
		return s.session.ask(func(keys *KeyReader) error { return read(ctx, keys) })
	})
	if errors.Is(err, ErrInterrupted) {
		s.cancel()
	}
	return err
}

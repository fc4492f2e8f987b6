// Package sessions is the desk's room for the sessions of browsers. They are stored, so that whoever was
// let in stays in when the server starts again.
package sessions

import (
	"context"
	"time"

	"endstate/internal/desk"
	"endstate/labs"
)

// Sessions are the stored sessions. A token identifies one; it is a hash of what the browser has.
type Sessions struct{ parts desk.Parts }

// New returns the room of a desk.
func New(d *desk.Desk) *Sessions { return &Sessions{d.Parts()} }

// FindCtx returns the data of a session, or false if there is none or it has expired.
func (s *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	store, err := s.parts.Memory(ctx, labs.Learner{})
	if err != nil {
		return nil, false, err
	}
	data, err = store.Session(ctx, token, s.parts.Now())
	return data, data != nil, err
}

// CommitCtx stores a session until it expires.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	store, err := s.parts.Memory(ctx, labs.Learner{})
	if err != nil {
		return err
	}
	return store.KeepSession(ctx, token, data, expires, s.parts.Now())
}

// DeleteCtx removes a session. It succeeds if there is none.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	store, err := s.parts.Memory(ctx, labs.Learner{})
	if err != nil {
		return err
	}
	return store.DropSession(ctx, token)
}

// Find is like [Sessions.FindCtx].
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is like [Sessions.CommitCtx].
func (s *Sessions) Commit(token string, data []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expires)
}

// Delete is like [Sessions.DeleteCtx].
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

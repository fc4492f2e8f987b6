package session

import (
	"context"
	"net/http"

	"endstate/internal/desk/people"
	"endstate/labs"
)

// SignIn begins a session for an account, under a new token: one that somebody else may have planted in the
// browser must not become valid.
func (s *Sessions) SignIn(ctx context.Context, badge people.Badge) error {
	if err := s.manager.Clear(ctx); err != nil {
		return err
	}
	if err := s.manager.RenewToken(ctx); err != nil {
		return err
	}
	s.manager.Put(ctx, fieldAccount, badge.Account)
	s.manager.Put(ctx, fieldEpoch, badge.Epoch)
	return nil
}

// Badge returns the account of a request's session, or false if it has none.
func (s *Sessions) Badge(ctx context.Context) (people.Badge, bool) {
	badge := people.Badge{Account: s.manager.GetInt64(ctx, fieldAccount), Epoch: s.manager.GetInt64(ctx, fieldEpoch)}
	return badge, badge.Account != 0
}

// Acts notes in which role the account of a session acts. If that is another one than before, the session goes
// on under a new token.
func (s *Sessions) Acts(ctx context.Context, role labs.UserRole) error {
	before := s.manager.GetString(ctx, fieldRole)
	if before == string(role) {
		return nil
	}
	s.manager.Put(ctx, fieldRole, string(role))
	if before == "" {
		return nil // it has just begun
	}
	return s.manager.RenewToken(ctx)
}

// End ends a session.
func (s *Sessions) End(ctx context.Context) error { return s.manager.Destroy(ctx) }

// Again loads the session of a request as it is stored now. The context must not be one of a request, as those have
// their session as it was.
func (s *Sessions) Again(ctx context.Context, r *http.Request) (context.Context, error) {
	cookie, err := r.Cookie(s.manager.Cookie.Name)
	if err != nil {
		return nil, err
	}
	return s.manager.Load(ctx, cookie.Value)
}

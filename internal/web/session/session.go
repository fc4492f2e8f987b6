// Package session lets people in: a one-time key or an account becomes a session, which a cookie names and
// which only the server knows.
package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"endstate/labs"
)

// lifetime is how long a session lasts.
const lifetime = 7 * 24 * time.Hour

// The fields of a session: of who came in with a key, or of an account.
const (
	fieldName    = "name"
	fieldRole    = "role"
	fieldAccount = "account"
	fieldEpoch   = "epoch"
)

// Sessions are the sessions of a server, and the keys that open them.
type Sessions struct {
	manager *scs.SessionManager

	mu   sync.Mutex
	keys map[[sha256.Size]byte]labs.Learner // by the hash of the key
}

// Fail answers a request whose session can't be read or stored.
type Fail = func(w http.ResponseWriter, r *http.Request, err error)

// New returns the sessions in a store. cookie is the name of their cookie. If it is secure, browsers send it only
// over HTTPS.
func New(cookie string, secure bool, store scs.Store, fail Fail) *Sessions {
	manager := scs.New()
	manager.Store, manager.Lifetime, manager.HashTokenInStore, manager.ErrorFunc = store, lifetime, true, fail
	manager.Cookie.Name, manager.Cookie.Secure, manager.Cookie.HttpOnly, manager.Cookie.SameSite = cookie, secure, true, http.SameSiteStrictMode
	return &Sessions{manager: manager, keys: map[[sha256.Size]byte]labs.Learner{}}
}

// NewKey returns a key that lets a learner in once.
func (s *Sessions) NewKey(who labs.Learner) string {
	key := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[sha256.Sum256([]byte(key))] = who
	return key
}

// Redeem begins a session for the learner whose key it is. It returns false if the key is not valid
// or was used before. The request must have passed [Sessions.Handler].
func (s *Sessions) Redeem(ctx context.Context, key string) (bool, error) {
	hash := sha256.Sum256([]byte(key))
	s.mu.Lock()
	who, valid := s.keys[hash]
	delete(s.keys, hash)
	s.mu.Unlock()
	if !valid {
		return false, nil
	}
	// A new token: one that somebody else may have planted in the browser must not become valid.
	if err := errors.Join(s.manager.Clear(ctx), s.manager.RenewToken(ctx)); err != nil {
		return false, err
	}
	s.manager.Put(ctx, fieldName, who.Name)
	s.manager.Put(ctx, fieldRole, string(who.Role))
	return true, nil
}

// Who returns the learner who came in with a key, or false if the request's session is not such a one.
func (s *Sessions) Who(ctx context.Context) (labs.Learner, bool) {
	name := s.manager.GetString(ctx, fieldName)
	return labs.Learner{Name: name, Role: labs.UserRole(s.manager.GetString(ctx, fieldRole))}, name != ""
}

// Handler loads the session of each request and stores it again.
func (s *Sessions) Handler(next http.Handler) http.Handler { return s.manager.LoadAndSave(next) }

package session

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"endstate/internal/web/openid"
)

// flowLife is how long somebody may take to sign in at a provider.
const flowLife = 10 * time.Minute

// Flow is a sign-in at a provider that a browser has begun, and what it is for.
type Flow struct {
	openid.Flow
	To   string // the page that was asked for
	Key  string // of the invitation that is accepted; empty: none is
	Name string // of the new account
}

// Flows are the sign-ins that have begun. Browsers don't send the cookie of a session when another site leads to the
// server, so these have a cookie of their own, which is worth nothing for anything else.
type Flows struct{ manager *scs.SessionManager }

// NewFlows returns the sign-ins in a store. The arguments are those of [New].
func NewFlows(cookie string, secure bool, store scs.Store, fail Fail) *Flows {
	manager := scs.New()
	manager.Store, manager.Lifetime, manager.HashTokenInStore, manager.ErrorFunc = store, flowLife, true, fail
	manager.Cookie.Name, manager.Cookie.Secure, manager.Cookie.HttpOnly, manager.Cookie.SameSite = cookie, secure, true, http.SameSiteLaxMode
	return &Flows{manager}
}

const fieldFlow = "flow"

// Begin keeps a sign-in for the browser of a request, in place of any other that it has begun.
func (f *Flows) Begin(ctx context.Context, flow Flow) error {
	if err := f.manager.RenewToken(ctx); err != nil {
		return err
	}
	data, err := json.Marshal(flow)
	f.manager.Put(ctx, fieldFlow, data)
	return err
}

// Take returns what the browser of a request has begun, once. It is empty if that is nothing, or too long ago.
func (f *Flows) Take(ctx context.Context) (flow Flow, err error) {
	if data := f.manager.GetBytes(ctx, fieldFlow); data != nil {
		err = json.Unmarshal(data, &flow)
	}
	if err != nil {
		return Flow{}, err
	}
	return flow, f.manager.Destroy(ctx)
}

// Handler loads what the browser of each request has begun, and stores it again.
func (f *Flows) Handler(next http.Handler) http.Handler { return f.manager.LoadAndSave(next) }

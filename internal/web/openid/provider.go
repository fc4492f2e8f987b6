package openid

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"endstate/internal/desk/people"
	"endstate/labs"
)

// The codes of problems with a provider.
const (
	CodeAway   = "provider"     // it can't be reached, or doesn't do what it should
	CodeFailed = "openid-login" // somebody did not sign in there, or not as this server asked
)

const (
	answerTimeout = 10 * time.Second // for each answer of the provider
	retryPause    = 5 * time.Second  // between attempts to reach it
)

// Provider is a provider of OpenID Connect. It is asked for its addresses and keys only when somebody signs in, so the
// server starts and serves others without it.
type Provider struct {
	Options
	now func() time.Time

	mu     sync.Mutex
	found  *oidc.Provider // nil: it was not reached yet
	failed error          // why it was not, the last time
	again  time.Time      // when to try again
}

// New returns a provider, or nil if the options name none. shared says whether other machines reach this server.
func New(o Options, shared bool, now func() time.Time) (*Provider, error) {
	if o.Issuer == "" {
		if o.Client != "" || o.SecretFile != "" || o.Name != "" || len(o.Domains) > 0 {
			return nil, labs.Misuse("There are settings of OpenID Connect, but no provider", "Give it with --oidc-issuer.")
		}
		return nil, nil
	}
	o, err := o.checked(shared)
	if err != nil {
		return nil, err
	}
	return &Provider{Options: o, now: now}, nil
}

// Flow is what belongs to one attempt to sign in. The provider must return the state and the nonce; the verifier, which
// only this server knows, redeems the code.
type Flow struct{ State, Nonce, Verifier string }

// Begin returns the address at the provider where somebody signs in. It sends them back to the address back.
func (p *Provider) Begin(ctx context.Context, back string) (string, Flow, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	flow := Flow{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier()}
	return p.config(found, back).AuthCodeURL(flow.State, oidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier)), flow, nil
}

func (p *Provider) config(found *oidc.Provider, back string) *oauth2.Config {
	return &oauth2.Config{ClientID: p.Client, ClientSecret: p.Secret, Endpoint: found.Endpoint(), RedirectURL: back, Scopes: []string{oidc.ScopeOpenID, "email"}}
}

// discover returns the provider's addresses. It asks for them until it gets them, but not all the time.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if p.failed == nil || !p.now().Before(p.again) {
		// Later requests refresh the keys with this context, so it must not end with a request.
		p.found, p.failed = oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.HTTP), p.Issuer)
		p.again = p.now().Add(retryPause) // after the answer: those who waited for it must not each wait for another one
	}
	if p.failed != nil {
		return nil, p.away(p.failed)
	}
	return p.found, nil
}

// away says that the provider is at fault. The cause is for the log: pages must not tell strangers about it.
func (p *Provider) away(cause error) error {
	problem := &labs.Problem{Code: CodeAway, What: p.Name + " does not answer as it should", Advice: "Try again in a minute. If you have a password for this server, sign in with it. If this goes on, tell an admin: the server's log says why."}
	return fmt.Errorf("%w: %w", problem, cause)
}

// refused says that somebody is not signed in. The cause is for the log.
func (p *Provider) refused(cause error) error {
	problem := &labs.Problem{Code: CodeFailed, What: "You are not signed in", Advice: "Begin again, in this browser. If that does not help, tell an admin: the server's log says why.", Usage: true}
	return fmt.Errorf("%w: %w", problem, cause)
}

// Finish returns who came back from the provider. answer is what it added to the address, and flow is that of the
// browser.
func (p *Provider) Finish(ctx context.Context, back string, flow Flow, answer url.Values) (people.Identity, error) {
	if err := p.belongs(flow, answer); err != nil {
		return people.Identity{}, p.refused(err)
	}
	found, err := p.discover(ctx)
	if err != nil {
		return people.Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.HTTP)
	token, err := p.config(found, back).Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(flow.Verifier))
	var no *oauth2.RetrieveError
	switch {
	case errors.As(err, &no) && no.Response.StatusCode < http.StatusInternalServerError:
		return people.Identity{}, p.refused(err)
	case err != nil:
		return people.Identity{}, p.away(err)
	}
	text, _ := token.Extra("id_token").(string)
	who, err := p.read(ctx, found, text, flow.Nonce)
	if err != nil {
		return people.Identity{}, p.refused(err)
	}
	return who, nil
}

// belongs returns an error unless an answer of the provider belongs to a browser's flow.
func (p *Provider) belongs(flow Flow, answer url.Values) error {
	switch issuer := answer.Get("iss"); {
	case flow.State == "":
		return errors.New("this browser did not begin to sign in, or too long ago")
	case subtle.ConstantTimeCompare([]byte(flow.State), []byte(answer.Get("state"))) != 1:
		return errors.New("the answer belongs to another browser, or to an earlier attempt")
	case issuer != "" && issuer != p.Issuer:
		return errors.New("the answer is that of another provider")
	case answer.Get("error") != "":
		return fmt.Errorf("%s says %.100q", p.Name, answer.Get("error"))
	case answer.Get("code") == "":
		return errors.New("the answer has no code")
	}
	return nil
}

// read returns whom an ID token names. It must be signed by the provider, for this server and for one flow.
func (p *Provider) read(ctx context.Context, found *oidc.Provider, text, nonce string) (people.Identity, error) {
	token, err := found.Verifier(&oidc.Config{ClientID: p.Client, Now: p.now}).Verify(ctx, text)
	if err != nil {
		return people.Identity{}, err
	}
	var claims struct {
		Email    string `json:"email"`
		Verified any    `json:"email_verified"` // some providers send a text
		Party    string `json:"azp"`
	}
	err = token.Claims(&claims)
	switch {
	case err != nil:
		return people.Identity{}, err
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1:
		return people.Identity{}, errors.New("the token is that of another attempt")
	case token.Subject == "":
		return people.Identity{}, errors.New("the token names nobody")
	case claims.Party != "" && claims.Party != p.Client || claims.Party == "" && len(token.Audience) > 1:
		return people.Identity{}, errors.New("the token was made for another server")
	}
	return people.Identity{Issuer: token.Issuer, Subject: token.Subject, Email: claims.Email, Verified: claims.Verified == true || claims.Verified == "true"}, nil
}

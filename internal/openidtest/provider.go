// Package openidtest has a provider of OpenID Connect for tests: authorization codes, PKCE and signed tokens, over TLS
// on this machine.
package openidtest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Claims are what an ID token says.
type Claims = map[string]any

// Provider is a provider with one client. Its fields must not change while it answers.
type Provider struct {
	*httptest.Server
	Client, Secret string
	Now            func() time.Time
	Person         Claims                           // who signs in; nil: whoever a page of its own is told
	Forge          func(header, token Claims)       // changes tokens; may be nil
	Answer         func(w http.ResponseWriter) bool // answers in its place; may be nil
	Last           string                           // the last token

	t     testing.TB
	key   *rsa.PrivateKey
	mu    sync.Mutex
	codes map[string]grant // that were not redeemed
	asked int
	back  string // where it sends people back
}

// SendBackTo sets the address to which it sends people back.
func (p *Provider) SendBackTo(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.back = address
}

// grant is what a code was asked for with, and who asked for it.
type grant struct {
	asked  url.Values
	person Claims
}

// New returns a provider that serves until the test ends.
func New(t testing.TB) *Provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{Client: "endstate-client", Secret: "the client's secret", Now: time.Now, t: t, key: key, codes: map[string]grant{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.describe)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.Answer == nil || !p.Answer(w) {
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// Asked returns how often the provider was asked for its addresses.
func (p *Provider) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

func (p *Provider) write(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		p.t.Error(err)
	}
}

func (p *Provider) describe(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	p.asked++
	p.mu.Unlock()
	p.write(w, http.StatusOK, Claims{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
	})
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.write(w, http.StatusOK, Claims{"keys": []Claims{{"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "n": encode(p.key.N.Bytes()), "e": encode(big.NewInt(int64(p.key.E)).Bytes())}}})
}

// authorize signs somebody in, and leads back with a code.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	p.demand(asked)
	person := p.Person
	if person == nil {
		if person = told(w, asked); person == nil {
			return
		}
	}
	answer := url.Values{"state": {asked.Get("state")}}
	if person["sub"] == "" {
		answer.Set("error", "access_denied")
	} else {
		code := rand.Text()
		answer.Set("code", code)
		p.mu.Lock()
		p.codes[code] = grant{asked, person}
		p.mu.Unlock()
	}
	http.Redirect(w, r, asked.Get("redirect_uri")+"?"+answer.Encode(), http.StatusFound)
}

// demand fails the test unless a request for a code is as it should be.
func (p *Provider) demand(asked url.Values) {
	p.mu.Lock()
	back := p.back
	p.mu.Unlock()
	for name, want := range map[string]string{"client_id": p.Client, "redirect_uri": back, "response_type": "code", "code_challenge_method": "S256", "scope": "openid email"} {
		if got := asked.Get(name); got != want {
			p.t.Errorf("the provider is asked with the %s %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(asked.Get(name)) < 43 {
			p.t.Errorf("the %s %q is easy to guess", name, asked.Get(name))
		}
	}
}

// token exchanges a code, once.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	code := r.PostFormValue("code")
	p.mu.Lock()
	defer p.mu.Unlock()
	granted, known := p.codes[code]
	delete(p.codes, code)
	client, secret, _ := r.BasicAuth()
	proof := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || client != p.Client || secret != url.QueryEscape(p.Secret) || r.PostFormValue("redirect_uri") != granted.asked.Get("redirect_uri") || encode(proof[:]) != granted.asked.Get("code_challenge") {
		p.write(w, http.StatusBadRequest, Claims{"error": "invalid_grant"})
		return
	}
	now := p.Now()
	header, said := Claims{"alg": "RS256", "kid": "1"}, Claims{"iss": p.URL, "aud": p.Client, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "nonce": granted.asked.Get("nonce")}
	maps.Copy(said, granted.person)
	if p.Forge != nil {
		p.Forge(header, said)
	}
	p.Last = p.sign(header, said)
	p.write(w, http.StatusOK, Claims{"access_token": "access-" + code, "token_type": "Bearer", "expires_in": 60, "id_token": p.Last})
}

func (p *Provider) sign(header, said Claims) string {
	first, err := json.Marshal(header)
	if err != nil {
		p.t.Error(err)
	}
	second, err := json.Marshal(said)
	if err != nil {
		p.t.Error(err)
	}
	text := encode(first) + "." + encode(second)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, p.key, crypto.SHA256, sum[:])
	if err != nil {
		p.t.Error(err)
	}
	return text + "." + encode(signature)
}

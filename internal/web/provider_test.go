package web

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"endstate/internal/web/openid"
	"endstate/labs"
)

const (
	ours      = "https://labs.example.org"
	ourClient = "endstate-client"
	ourSecret = "the client's secret"
)

// claims are what an ID token says.
type claims = map[string]any

// provider is a provider of OpenID Connect of the test's own.
type provider struct {
	*testing.T
	*httptest.Server
	site   *site
	key    *rsa.PrivateKey
	person claims                           // who signs in next
	forge  func(header, token claims)       // changes the next tokens; may be nil
	answer func(w http.ResponseWriter) bool // answers in its place; may be nil
	codes  map[string]url.Values            // what each code that was not redeemed was asked for with
	last   string                           // the last token
	asked  atomic.Int32                     // how often its addresses were asked for
}

// newProvider returns a provider, and a site that it can sign people in to, with the invitation of the first admin.
func newProvider(t *testing.T, domains ...string) (p *provider, join string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p = &provider{T: t, site: newSite(t), key: key, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.describe)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.answer == nil || !p.answer(w) {
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(p.Close)
	at, err := openid.New(openid.Options{Issuer: p.URL, Client: ourClient, Secret: ourSecret, Name: "School", Domains: domains, HTTP: p.Client()}, true, p.site.engine.Now)
	if err != nil {
		t.Fatal(err)
	}
	p.site.server.Provider = at
	return p, p.site.behindProxy()
}

func (p *provider) write(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		p.Error(err)
	}
}

func (p *provider) describe(w http.ResponseWriter, _ *http.Request) {
	p.asked.Add(1)
	p.write(w, http.StatusOK, claims{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
	})
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func (p *provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.write(w, http.StatusOK, claims{"keys": []claims{{"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "n": encode(p.key.N.Bytes()), "e": encode(big.NewInt(int64(p.key.E)).Bytes())}}})
}

// authorize signs the person in, and leads back with a code.
func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	for name, want := range map[string]string{"client_id": ourClient, "redirect_uri": ours + "/sign-in/provider/back", "response_type": "code", "code_challenge_method": "S256", "scope": "openid email"} {
		if got := asked.Get(name); got != want {
			p.Errorf("the provider is asked with the %s %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(asked.Get(name)) < 43 {
			p.Errorf("the %s %q is easy to guess", name, asked.Get(name))
		}
	}
	code := rand.Text()
	p.codes[code] = asked
	http.Redirect(w, r, asked.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {asked.Get("state")}}.Encode(), http.StatusFound)
}

// token exchanges a code, once.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	code := r.PostFormValue("code")
	asked, known := p.codes[code]
	delete(p.codes, code)
	client, secret, _ := r.BasicAuth()
	proof := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || client != ourClient || secret != url.QueryEscape(ourSecret) || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") || encode(proof[:]) != asked.Get("code_challenge") {
		p.write(w, http.StatusBadRequest, claims{"error": "invalid_grant"})
		return
	}
	now := p.site.engine.Now()
	header, said := claims{"alg": "RS256", "kid": "1"}, claims{"iss": p.URL, "aud": ourClient, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "nonce": asked.Get("nonce")}
	maps.Copy(said, p.person)
	if p.forge != nil {
		p.forge(header, said)
	}
	p.last = p.sign(header, said)
	p.write(w, http.StatusOK, claims{"access_token": "access-" + code, "token_type": "Bearer", "expires_in": 60, "id_token": p.last})
}

func (p *provider) sign(header, said claims) string {
	first, err := json.Marshal(header)
	if err != nil {
		p.Error(err)
	}
	second, err := json.Marshal(said)
	if err != nil {
		p.Error(err)
	}
	text := encode(first) + "." + encode(second)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, p.key, crypto.SHA256, sum[:])
	if err != nil {
		p.Error(err)
	}
	return text + "." + encode(signature)
}

// visitor is a browser that reaches the site under its name over HTTPS, and keeps cookies as browsers do.
type visitor struct {
	*provider
	http.Client
}

// RoundTrip is the proxy before the site.
func (p *provider) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.String(), ours+"/") {
		return p.Client().Transport.RoundTrip(r)
	}
	r = r.Clone(r.Context())
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" { // without cookies of SameSite=Strict
		cookies := r.Cookies()
		r.Header.Del("Cookie")
		for _, c := range cookies {
			if c.Name != "__Host-endstate" {
				r.AddCookie(c)
			}
		}
	}
	r.Host, r.URL.Scheme, r.URL.Host = r.URL.Host, "http", p.site.Listener.Addr().String()
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("X-Forwarded-For", "192.0.2.1")
	return http.DefaultTransport.RoundTrip(r)
}

func (p *provider) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.Fatal(err)
	}
	return &visitor{p, http.Client{Jar: jar, Transport: p, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b *visitor) ask(method, at, site string, fields ...string) (*http.Response, string) {
	b.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r, err := http.NewRequestWithContext(b.Context(), method, at, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", site)
	answer, err := b.Client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	return answer, string(body)
}

func (b *visitor) get(path string) (int, string) {
	b.Helper()
	answer, body := b.ask(http.MethodGet, ours+path, "same-origin")
	return answer.StatusCode, body
}

// begins presses a button that leads to the provider, signs in there, and returns where that leads.
func (b *visitor) begins(path string, fields ...string) (back string) {
	b.Helper()
	answer, body := b.ask(http.MethodPost, ours+path, "same-origin", fields...)
	at, leads := strings.CutPrefix(answer.Header.Get("Refresh"), "0; url="+b.URL+"/authorize?")
	if answer.StatusCode != http.StatusOK || !leads {
		b.Fatalf("%s answers %d, %v: %s", path, answer.StatusCode, answer.Header, body)
	}
	answer, _ = b.ask(http.MethodGet, b.URL+"/authorize?"+at, "cross-site")
	return answer.Header.Get("Location")
}

// returns comes back from the provider.
func (b *visitor) returns(back string) (*http.Response, string) {
	b.Helper()
	return b.ask(http.MethodGet, back, "cross-site")
}

// signsIn signs in at the provider, and demands that it leads to a page.
func (b *visitor) signsIn(to, path string, fields ...string) {
	b.Helper()
	answer, body := b.returns(b.begins(path, fields...))
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Refresh") != "0; url="+to {
		b.Fatalf("who comes back is answered %d, %v: %s", answer.StatusCode, answer.Header, body)
	}
}

// refused demands an answer that lets nobody in, and says why.
func (b *visitor) refused(what string, status int, why string, answer *http.Response, body string) {
	b.Helper()
	if answer.StatusCode != status || answer.Header.Get("Refresh") != "" {
		b.Errorf("%s: answered %d, %v, want %d", what, answer.StatusCode, answer.Header, status)
	}
	b.site.says(what, body, why)
	if status, _ := b.get("/you"); status != http.StatusUnauthorized {
		b.Errorf("%s: they are let in: %d", what, status)
	}
}

// people returns how many accounts there are.
func (p *provider) people() int {
	p.Helper()
	all, err := p.site.server.people.List(p.Context(), labs.Learner{Role: labs.RoleAdmin})
	if err != nil {
		p.Fatal(err)
	}
	return len(all)
}

func (p *provider) session(b *visitor) string {
	p.Helper()
	at, err := url.Parse(ours)
	if err != nil {
		p.Fatal(err)
	}
	for _, c := range b.Jar.Cookies(at) {
		if c.Name == "__Host-endstate" {
			return c.Value
		}
	}
	return ""
}

func as(subject, email string, verified any) claims {
	return claims{"sub": subject, "email": email, "email_verified": verified}
}

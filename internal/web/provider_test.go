package web

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"endstate/internal/openidtest"
	"endstate/internal/web/openid"
	"endstate/labs"
)

const ours = "https://labs.example.org"

// claims are what an ID token says.
type claims = openidtest.Claims

// provider is a provider of OpenID Connect of the test's own.
type provider struct {
	*testing.T
	*openidtest.Provider
	site *site
}

// newProvider returns a provider, and a site that it can sign people in to, with the invitation of the first admin.
func newProvider(t *testing.T, domains ...string) (p *provider, join string) {
	t.Helper()
	p = &provider{t, openidtest.New(t), newSite(t)}
	p.SendBackTo(ours + "/sign-in/provider/back")
	p.Now, p.Person = p.site.engine.Now, claims{}
	at, err := openid.New(openid.Options{Issuer: p.URL, Client: p.Client, Secret: p.Secret, Name: "School", Domains: domains, HTTP: p.Server.Client()}, true, p.site.engine.Now)
	if err != nil {
		t.Fatal(err)
	}
	p.site.server.Provider = at
	return p, p.site.behindProxy()
}

// visitor is a browser that reaches the site under its name over HTTPS, and keeps cookies as browsers do.
type visitor struct {
	*provider
	http.Client
}

// RoundTrip is the proxy before the site.
func (p *provider) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.String(), ours+"/") {
		return p.Server.Client().Transport.RoundTrip(r)
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

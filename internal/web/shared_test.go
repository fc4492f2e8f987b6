package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"endstate/internal/web/reach"
	"endstate/labs"
)

// behindProxy makes a site one that other machines reach through a proxy, and returns the path of the first
// admin's invitation.
func (s *site) behindProxy() (join string) {
	s.Helper()
	way, err := reach.New(reach.Options{Listen: "127.0.0.1:0", Hosts: []string{"labs.example.org", "labs.example.net"}, Proxies: []string{"127.0.0.1"}})
	if err != nil {
		s.Fatal(err)
	}
	config := s.server.Config
	config.Machine, config.Reach = labs.Learner{Name: "turing", Role: labs.RoleAdmin}, way
	config.NewEntry = func(string) { s.Error("a key was made for a server that others reach") }
	config.Opened = func(address, invitation string) {
		var is bool
		if join, is = strings.CutPrefix(invitation, "https://labs.example.org"); !is || address != "https://labs.example.org" {
			s.Errorf("it is opened at %q with %q", address, invitation)
		}
	}
	s.server = newServer(s.server.ctx, s.Listener.Addr().String(), config)
	s.Config.Handler = s.server.Handler()
	if err := s.server.open(s.Context()); err != nil {
		s.Fatal(err)
	}
	return join
}

// proxied are what a proxy adds to a request.
var proxied = []string{"Host", "labs.example.org", "X-Forwarded-Proto", "https", "X-Forwarded-For", "192.0.2.1"}

// With other machines, everybody needs an account: no key lets anybody in, and sessions that began with one
// don't count.
func TestOthersNeedAnAccount(t *testing.T) {
	s := newSite(t)
	alone := s.admin()
	entry := strings.TrimPrefix(s.server.entry(labs.Learner{Name: "turing", Role: labs.RoleAdmin}), "http://"+s.server.address)
	port := s.Listener.Addr().String()[len("127.0.0.1:"):]
	before := alone.Jar.Cookies(&url.URL{Scheme: "http", Host: s.server.address, Path: "/"})
	join := s.behindProxy()

	for what, path := range map[string]string{"a key of before": entry, "a key of now": "/enter?key=" + s.server.sessions.NewKey(labs.Learner{Name: "turing", Role: labs.RoleAdmin})} {
		if answer, _ := s.stranger().send(http.MethodGet, path, "", proxied...); answer.StatusCode != http.StatusNotFound || answer.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s is answered %d", what, answer.StatusCode)
		}
	}
	for _, name := range []string{"__Host-endstate", "endstate-" + port} {
		cookie := append([]string{"Cookie", name + "=" + before[0].Value}, proxied...)
		if answer, _ := s.stranger().send(http.MethodGet, "/", "", cookie...); answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("the session of a key, as %s, is answered %d", name, answer.StatusCode)
		}
	}

	b := s.stranger()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	form := append([]string{"Sec-Fetch-Site", "same-origin"}, proxied...)
	answer, _ := b.send(http.MethodPost, join, "password=four+words+of+mine&name=eve", form...)
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("the first admin is answered %d", answer.StatusCode)
	}
	s.says("the cookie", answer.Header.Get("Set-Cookie"), "__Host-endstate=", "; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/", "!Domain")
	cookie := append([]string{"Cookie", strings.Split(answer.Header.Get("Set-Cookie"), ";")[0]}, proxied...)
	answer, body := s.stranger().send(http.MethodGet, "/you", "", cookie...)
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("the admin is answered %d, %v", answer.StatusCode, answer.Header)
	}
	s.says("the page", body, "<h1>turing</h1>", "Your role: admin")
	_, body = s.stranger().send(http.MethodPost, "/people/invitations", "role=learner&days=1", append(cookie, "Sec-Fetch-Site", "same-origin")...)
	s.says("an invitation", body, `value="https://labs.example.org/join/`, "!Only browsers on this machine")
}

// Behind a proxy, the server answers to it alone, over HTTPS, under its own names; the origin of terminals is that of
// the proxy's pages.
func TestBehindAProxy(t *testing.T) {
	s := newSite(t)
	s.behindProxy()
	for what, c := range map[string]struct {
		headers []string
		want    int
	}{
		"through the proxy":  {proxied, http.StatusUnauthorized},
		"under another name": {[]string{"X-Forwarded-Proto", "https"}, http.StatusMisdirectedRequest},
		"over HTTP":          {[]string{"Host", "labs.example.org", "X-Forwarded-Proto", "http"}, http.StatusMisdirectedRequest},
		"in capitals":        {append(proxied, "Host", "LABS.example.org"), http.StatusUnauthorized},
	} {
		if answer, _ := s.stranger().send(http.MethodGet, "/", "", c.headers...); answer.StatusCode != c.want {
			t.Errorf("%s: answered %d, want %d", what, answer.StatusCode, c.want)
		}
	}
	if answer, body := s.stranger().send(http.MethodGet, "/healthz", ""); answer.StatusCode != http.StatusOK || body != "ok\n" {
		t.Errorf("a program that asks for its health is answered %d, %q", answer.StatusCode, body)
	}
	r := httptest.NewRequest(http.MethodGet, "/labs/first/terminals/workspace", nil)
	r.Host = "labs.example.org"
	if got := s.server.Reach.Origin(r); got != "https://labs.example.org" {
		t.Errorf("the origin of its pages is %s", got)
	}
}

// With TLS of its own, browsers keep to HTTPS.
func TestOwnTLS(t *testing.T) {
	s := newSite(t)
	files := httptest.NewTLSServer(nil)
	defer files.Close()
	certificate, key := pemOf(t, files.TLS.Certificates[0])
	way, err := reach.New(reach.Options{Listen: "127.0.0.1:0", Hosts: []string{"127.0.0.1"}, Certificate: certificate, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	opened := make(chan string, 1)
	config := s.server.Config
	config.Reach, config.Opened = way, func(address, _ string) { opened <- address }
	address, ended := serveFor(t, config)
	if got := <-opened; got != "https://"+address {
		t.Errorf("it is opened at %s", got)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: files.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: "example.com"}, ForceAttemptHTTP2: true}}
	answer, err := client.Get("https://" + address + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusUnauthorized || answer.Header.Get("Strict-Transport-Security") == "" || answer.ProtoMajor != 2 {
		t.Errorf("answered %s %d, %v", answer.Proto, answer.StatusCode, answer.Header)
	}
	s.says("the page", string(body), "Sign in")
	if plain, err := http.Get("http://" + address + "/"); err == nil {
		defer plain.Body.Close()
		if plain.StatusCode != http.StatusBadRequest {
			t.Errorf("without TLS it answers %d", plain.StatusCode)
		}
	}
	client.CloseIdleConnections()
	ended()
}

// serveFor serves until the returned function is called, and returns the address.
func serveFor(t *testing.T, config Config) (address string, end func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, listener, labs.Learner{Name: "turing", Role: labs.RoleAdmin}, config) }()
	return listener.Addr().String(), func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// pemOf writes a certificate and its key to files.
func pemOf(t *testing.T, c tls.Certificate) (certificate, key string) {
	t.Helper()
	secret, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	certificate, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for path, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: c.Certificate[0]}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}

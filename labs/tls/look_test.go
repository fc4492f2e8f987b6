package tls_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
	look "endstate/labs/tls"
)

// site is a lab with one host: this machine.
type site struct {
	kit.Site
	port  int
	given fstest.MapFS
	files map[string][]byte
	asked int
}

func (s *site) Lab() *labs.Lab { return &labs.Lab{Hosts: []labs.Host{{Name: labs.Workspace}}} }
func (s *site) Given() fs.FS   { return s.given }

func (s *site) Share(_ string, build func() (any, error)) (any, error) { return build() }

func (s *site) DialNetwork(ctx context.Context, _ labs.Host, port int) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}).String())
}

func (s *site) Files(_ context.Context, _ labs.Host, path string) ([]kit.Entry, error) {
	data, ok := s.files[path]
	if strings.HasPrefix(path, "/link") {
		return []kit.Entry{{Path: ".", Mode: fs.ModeSymlink, Link: "elsewhere"}}, nil
	}
	if !ok {
		return nil, labs.ErrNotFound
	}
	return []kit.Entry{{Path: ".", Mode: 0o644, Data: data}}, nil
}

func (s *site) Ask(ctx context.Context, q kit.Question) error {
	for {
		s.asked++
		if err := q.Ask(ctx, q.Limit/2); !errors.Is(err, kit.ErrBroken) {
			return err
		}
	}
}

// serve runs a server with the configuration, which answers requests with how many certificates
// the client has sent.
func serve(t *testing.T, root *issued, config *tls.Config) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Host+strings.Repeat("*", len(r.TLS.PeerCertificates)))
	}), ErrorLog: quiet}
	go func() { _ = server.Serve(tls.NewListener(listener, config)) }()
	t.Cleanup(func() { _ = server.Close() })
	return &site{port: listener.Addr().(*net.TCPAddr).Port, given: fstest.MapFS{"hidden/root.crt": {Data: root.pem()}}}
}

// observe takes the look at the site's server.
func observe(t *testing.T, s *site, l look.Look) map[string]any {
	t.Helper()
	value, err := try(t, s, l)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func try(t *testing.T, s *site, l look.Look) (map[string]any, error) {
	t.Helper()
	l.Port, l.Name, l.Root = s.port, "shop.test", look.File{Path: "hidden/root.crt"}
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	observed, err := l.Observe(t.Context(), s)
	if err != nil {
		return nil, err
	}
	normal, err := labs.Normal(observed)
	if err != nil {
		t.Fatal(err)
	}
	if unnamed := l.Shape().Unnamed(normal); len(unnamed) > 0 {
		t.Errorf("the shape lacks %v", unnamed)
	}
	return normal.(map[string]any), nil
}

// What is wrong with a certificate is found, several things at once, too.
func TestProblems(t *testing.T) {
	root := issue(t, nil, "Root", authority)
	stranger := issue(t, nil, "Stranger", authority)
	between := issue(t, root, "Between", authority)
	narrow := issue(t, root, "Narrow", authority, func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"other.test"} })
	ended := issue(t, root, "Ended", authority, valid(-2*time.Hour, -time.Hour))
	forClients := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }
	for name, test := range map[string]struct {
		of   *issued
		sent int
		want []string
	}{
		"right":                      {issue(t, between, "Right"), 2, nil},
		"with its root":              {issue(t, between, "Right"), 3, nil},
		"a wildcard":                 {issue(t, between, "Right", named("*.test")), 2, nil},
		"the clock is ahead":         {issue(t, between, "Ahead", valid(5*time.Minute, time.Hour)), 2, nil},
		"early":                      {issue(t, between, "Early", valid(time.Hour, 2*time.Hour)), 2, []string{"early"}},
		"expired":                    {issue(t, between, "Late", valid(-30*time.Minute, -time.Minute)), 2, []string{"expired"}},
		"another name":               {issue(t, between, "shop.test", named("shop.example")), 2, []string{"name"}},
		"no name":                    {issue(t, between, "shop.test", named()), 2, []string{"name"}},
		"no intermediate":            {issue(t, between, "Alone"), 1, []string{"chain"}},
		"another root":               {issue(t, stranger, "Stranger's"), 2, []string{"chain"}},
		"signed by itself":           {issue(t, nil, "Own"), 1, []string{"chain"}},
		"not an authority's":         {issue(t, issue(t, between, "Server"), "Below"), 3, []string{"chain"}},
		"outside of the constraints": {issue(t, narrow, "Outside"), 2, []string{"constraints"}},
		"for clients":                {issue(t, between, "Client", forClients), 2, []string{"purpose"}},
		"an expired authority":       {issue(t, ended, "Below"), 2, []string{"expired"}},
		"everything": {
			issue(t, between, "All", named("x.test"), valid(-time.Hour, -time.Minute)), 1, []string{"expired", "name", "chain"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, root, &tls.Config{Certificates: []tls.Certificate{test.of.pair(test.sent)}})
			seen := observe(t, s, look.Look{})
			if got := texts(seen["problems"]); !slices.Equal(got, test.want) {
				t.Errorf("problems %v (%s), not %v", got, seen["says"], test.want)
			}
			if (seen["says"] == "") != (test.want == nil) {
				t.Errorf("says %q", seen["says"])
			}
			if chain := seen["chain"].([]any); len(chain) != test.sent || seen["version"] != "TLS 1.3" || seen["failure"] != "" {
				t.Errorf("%d certificates, %v, %v", len(chain), seen["version"], seen["failure"])
			}
		})
	}
}

// A certificate can be asked to stay valid for some days, and so can those that issued it.
func TestDays(t *testing.T) {
	root := issue(t, nil, "Root", authority, valid(-time.Hour, 24*100*time.Hour))
	long, short := valid(-time.Hour, 24*60*time.Hour), valid(-time.Hour, 24*5*time.Hour)
	lasting, ending := issue(t, root, "Lasting", authority, long), issue(t, root, "Ending", authority, short)
	for name, test := range map[string]struct {
		of   *issued
		want []string
	}{
		"long enough":         {issue(t, lasting, "Long", long), nil},
		"too short":           {issue(t, lasting, "Short", short), []string{"expiring"}},
		"too short authority": {issue(t, ending, "Long", long), []string{"expiring"}},
		"expired":             {issue(t, lasting, "Late", valid(-time.Hour, -time.Minute)), []string{"expired"}},
	} {
		s := serve(t, root, &tls.Config{Certificates: []tls.Certificate{test.of.pair(2)}})
		if got := texts(observe(t, s, look.Look{Days: 30})["problems"]); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, not %v", name, got, test.want)
		}
	}
}

func texts(value any) (all []string) {
	for _, one := range value.([]any) {
		all = append(all, one.(string))
	}
	return all
}

func TestCertificates(t *testing.T) {
	root := issue(t, nil, "Root", authority)
	between := issue(t, root, "Between", authority, func(c *x509.Certificate) {
		c.MaxPathLenZero, c.PermittedDNSDomains, c.ExcludedEmailAddresses = true, []string{"test"}, []string{"example.com"}
	})
	server := issue(t, between, "Server", func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(10, 0, 0, 1)} })
	s := serve(t, root, &tls.Config{Certificates: []tls.Certificate{server.pair(2)}})
	chain := observe(t, s, look.Look{})["chain"].([]any)
	first, second := chain[0].(map[string]any), chain[1].(map[string]any)
	for key, want := range map[string]any{"subject": "CN=Server", "issuer": "CN=Between", "key": "ECDSA P-256", "ca": false, "pathLength": int64(-1)} {
		if first[key] != want {
			t.Errorf("%s is %v, not %v", key, first[key], want)
		}
	}
	if !first["until"].(time.Time).Equal(server.certificate.NotAfter) || first["keyDigest"] == second["keyDigest"] {
		t.Errorf("until %v, keys %v and %v", first["until"], first["keyDigest"], second["keyDigest"])
	}
	if names := texts(first["names"]); !slices.Equal(names, []string{"shop.test", "10.0.0.1"}) {
		t.Errorf("names %v", names)
	}
	if purposes := texts(first["purposes"]); !slices.Equal(purposes, []string{"serverAuth"}) {
		t.Errorf("purposes %v", purposes)
	}
	permitted, excluded := texts(second["permitted"]), texts(second["excluded"])
	if second["ca"] != true || second["pathLength"] != int64(0) || !slices.Equal(permitted, []string{"test"}) || !slices.Equal(excluded, []string{"example.com"}) {
		t.Errorf("an authority is %v", second)
	}
}

// The versions that a look offers decide what is agreed, and a refusal names its alert.
func TestVersions(t *testing.T) {
	root := issue(t, nil, "Root", authority)
	pair := []tls.Certificate{issue(t, root, "Server").pair(1)}
	old := serve(t, root, &tls.Config{Certificates: pair, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	modern := serve(t, root, &tls.Config{Certificates: pair, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	for name, test := range map[string]struct {
		on        *site
		look      look.Look
		want, why string
	}{
		"the best of all":    {old, look.Look{}, "TLS 1.1", ""},
		"the oldest":         {old, look.Look{Versions: []string{"TLS 1.0"}}, "TLS 1.0", ""},
		"an old server":      {old, look.Look{Versions: []string{"TLS 1.2", "TLS 1.3"}}, "", "protocol_version"},
		"an old client":      {modern, look.Look{Versions: []string{"TLS 1.0", "TLS 1.1"}}, "", "protocol_version"},
		"1.2":                {modern, look.Look{Versions: []string{"TLS 1.2"}}, "TLS 1.2", ""},
		"an unknown dialect": {modern, look.Look{Protocols: []string{"spdy/3"}}, "", "no_application_protocol"},
	} {
		t.Run(name, func(t *testing.T) {
			seen := observe(t, test.on, test.look)
			if seen["version"] != test.want || seen["alert"] != test.why || (seen["failure"] == "") != (test.why == "") || (seen["cipher"] == "") != (test.want == "") {
				t.Errorf("%v", seen)
			}
		})
	}
	for s, want := range map[*site][]string{old: {"TLS 1.0", "TLS 1.1"}, modern: {"TLS 1.2", "TLS 1.3"}} {
		if got := texts(observe(t, s, look.Look{Each: true})["accepted"]); !slices.Equal(got, want) {
			t.Errorf("accepted %v, not %v", got, want)
		}
	}
	if seen := observe(t, modern, look.Look{Protocols: []string{"h2", "http/1.1"}}); seen["protocol"] != "http/1.1" {
		t.Errorf("ALPN agreed on %v", seen["protocol"])
	}
}

// The server decides which clients it accepts; with TLS 1.3, only its answer shows that.
func TestClients(t *testing.T) {
	root := issue(t, nil, "Root", authority)
	clients := issue(t, nil, "Clients", authority)
	between := issue(t, clients, "Between", authority)
	forClients := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }
	ada, eve := issue(t, between, "ada", forClients), issue(t, nil, "eve", forClients)
	accepted := x509.NewCertPool()
	accepted.AddCert(clients.certificate)
	config := &tls.Config{Certificates: []tls.Certificate{issue(t, root, "Server").pair(1)}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: accepted}
	files := map[string][]byte{
		"/ada.crt": ada.pem(), "/ada.key": ada.keyPEM(t), "/between.crt": between.pem(), "/eve.crt": eve.pem(), "/eve.key": eve.keyPEM(t),
	}
	client := func(key string, certificates ...string) *look.Client {
		c := &look.Client{Key: look.File{Path: key}}
		for _, path := range certificates {
			c.Certificates = append(c.Certificates, look.File{Path: path})
		}
		return c
	}
	for name, test := range map[string]struct {
		client *look.Client
		body   string
		alert  string
	}{
		"none":            {nil, "", "certificate_required"},
		"accepted":        {client("/ada.key", "/ada.crt", "/between.crt"), "shop.test**", ""},
		"no intermediate": {client("/ada.key", "/ada.crt"), "", "unknown_ca"},
		"a stranger":      {client("/eve.key", "/eve.crt"), "", "unknown_ca"},
	} {
		for _, version := range []string{"TLS 1.2", "TLS 1.3"} {
			t.Run(name+" "+version, func(t *testing.T) {
				s := serve(t, root, config)
				s.files = files
				want := test.alert
				if version == "TLS 1.2" && want == "certificate_required" {
					want = "handshake_failure"
				}
				seen := observe(t, s, look.Look{Client: test.client, Get: "/", Versions: []string{version}})
				if seen["asked"] != true || !slices.Equal(texts(seen["authorities"]), []string{"CN=Clients"}) {
					t.Errorf("asked %v for %v", seen["asked"], seen["authorities"])
				}
				if seen["body"] != test.body || seen["alert"] != want || (seen["status"] == int64(200)) != (want == "") {
					t.Errorf("%v", seen)
				}
			})
		}
	}
	s := serve(t, root, config)
	s.files = files
	s.files["/empty.crt"] = nil
	for path, want := range map[string]string{
		"/lost.crt":  "There is no file `/lost.crt` on `workspace`.",
		"/empty.crt": "`/empty.crt` holds no certificate in PEM.",
		"/link.crt":  "`/link.crt` on `workspace` is not a file.",
	} {
		_, err := try(t, s, look.Look{Client: client("/ada.key", path)})
		var obstacle *kit.Obstacle
		if !errors.As(err, &obstacle) || obstacle.Message != want || !obstacle.Finding {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestResumption(t *testing.T) {
	root := issue(t, nil, "Root", authority)
	pair := []tls.Certificate{issue(t, root, "Server").pair(1)}
	for _, version := range []string{"TLS 1.2", "TLS 1.3"} {
		for _, off := range []bool{false, true} {
			s := serve(t, root, &tls.Config{Certificates: pair, SessionTicketsDisabled: off})
			seen := observe(t, s, look.Look{Get: "/", Resume: true, Versions: []string{version}})
			if seen["resumed"] == off || seen["version"] != version {
				t.Errorf("%s, tickets off: %v, resumed: %v", seen["version"], off, seen["resumed"])
			}
		}
	}
}

func TestValidate(t *testing.T) {
	right := look.Look{Port: 443, Name: "shop.test", Root: look.File{Path: "hidden/root.crt"}}
	for name, test := range map[string]struct {
		change func(*look.Look)
		want   string
	}{
		"right":           {func(*look.Look) {}, ""},
		"no port":         {func(l *look.Look) { l.Port = 0 }, "port"},
		"no root":         {func(l *look.Look) { l.Root = look.File{} }, "root"},
		"unknown version": {func(l *look.Look) { l.Versions = []string{"SSL 3.0"} }, "SSL 3.0"},
		"a gap":           {func(l *look.Look) { l.Versions = []string{"TLS 1.0", "TLS 1.2"} }, "next to each other"},
		"backwards":       {func(l *look.Look) { l.Versions = []string{"TLS 1.3", "TLS 1.2"} }, "next to each other"},
		"no path":         {func(l *look.Look) { l.Get = "status" }, "slash"},
		"only resumed":    {func(l *look.Look) { l.Resume = true }, "get"},
		"no key":          {func(l *look.Look) { l.Client = &look.Client{Certificates: []look.File{{Path: "/a"}}} }, "key"},
	} {
		l := right
		test.change(&l)
		if err := l.Validate(); (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

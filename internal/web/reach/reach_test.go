package reach

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

// writePair writes a self-signed certificate for a name, and its key.
func writePair(t *testing.T, folder, name string) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	certificate, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for path, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}

// What others could read or misuse is refused, with advice.
func TestNew(t *testing.T) {
	certificate, key := writePair(t, t.TempDir(), "labs.example.org")
	hosts := []string{"labs.example.org"}
	for _, c := range []struct {
		Options
		want string // empty: it is accepted
	}{
		{Options{Listen: "127.0.0.1:0"}, ""},
		{Options{Listen: "localhost:80"}, ""},
		{Options{Listen: "[::1]:80"}, ""},
		{Options{Listen: "0.0.0.0:80"}, "can be reached from other machines"},
		{Options{Listen: ":80"}, "can be reached from other machines"},
		{Options{Listen: "labs.example.org:80", Hosts: hosts}, "--host is for a server that other machines reach"},
		{Options{Listen: "8080"}, "not an address to listen at"},
		{Options{Listen: "127.0.0.1:80", Hosts: hosts}, "--host is for a server that other machines reach"},
		{Options{Listen: ":443", Hosts: hosts, Certificate: certificate, Key: key}, ""},
		{Options{Listen: ":443", Certificate: certificate, Key: key}, "does not know under which names"},
		{Options{Listen: ":443", Hosts: hosts, Certificate: certificate}, "The certificate can't be used"},
		{Options{Listen: ":443", Hosts: hosts, Key: key}, "The certificate can't be used"},
		{Options{Listen: ":443", Hosts: hosts, Certificate: key, Key: certificate}, "The certificate can't be used"},
		{Options{Listen: ":80", Hosts: hosts, Proxies: []string{"10.0.0.1"}}, ""},
		{Options{Listen: ":80", Hosts: hosts, Proxies: []string{"10.0.0.0/24", "::1"}}, ""},
		{Options{Listen: ":80", Proxies: []string{"10.0.0.1"}}, "does not know under which names"},
		{Options{Listen: ":80", Hosts: hosts, Proxies: []string{"proxy"}}, "not the address of a proxy"},
		{Options{Listen: ":80", Hosts: hosts, Proxies: []string{"0.0.0.0/0"}}, "would trust everybody"},
		{Options{Listen: ":80", Hosts: hosts, Proxies: []string{"::/0"}}, "would trust everybody"},
		{Options{Listen: ":80", Hosts: hosts, Proxies: []string{"10.0.0.1"}, Certificate: certificate, Key: key}, "can't both"},
		{Options{Listen: ":80", Hosts: []string{"https://labs.example.org"}, Proxies: []string{"10.0.0.1"}}, "not the name of a host"},
		{Options{Listen: ":80", Hosts: []string{"*.example.org"}, Proxies: []string{"10.0.0.1"}}, "not the name of a host"},
		{Options{Listen: ":80", Hosts: []string{""}, Proxies: []string{"10.0.0.1"}}, "not the name of a host"},
	} {
		r, err := New(c.Options)
		var problem *labs.Problem
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%+v: %v", c.Options, err)
		case c.want == "" && r.Shared() != (len(c.Hosts) > 0):
			t.Errorf("%+v: shared is %v", c.Options, r.Shared())
		case c.want != "" && (!errors.As(err, &problem) || !problem.Usage || problem.Advice == "" || !strings.Contains(problem.What, c.want)):
			t.Errorf("%+v: %v, want %q", c.Options, err, c.want)
		}
	}
}

// Links and names have a port where the address of a browser has one.
func TestHosts(t *testing.T) {
	certificate, key := writePair(t, t.TempDir(), "labs.example.org")
	names := []string{"Labs.Example.ORG", "other.example.org:8443", "[2001:db8::1]"}
	for _, c := range []struct {
		Options
		listens, address string
		want             []string
	}{
		{Options{Listen: "127.0.0.1:0"}, "127.0.0.1:7878", "http://127.0.0.1:7878", []string{"127.0.0.1:7878", "localhost:7878", "127.0.0.1:7878", "[::1]:7878"}},
		{Options{Listen: ":443", Hosts: names, Certificate: certificate, Key: key}, "[::]:443", "https://labs.example.org", []string{"labs.example.org", "other.example.org:8443", "[2001:db8::1]"}},
		{Options{Listen: ":8000", Hosts: names, Certificate: certificate, Key: key}, "[::]:8000", "https://labs.example.org:8000", []string{"labs.example.org:8000", "other.example.org:8443", "[2001:db8::1]:8000"}},
		{Options{Listen: ":8000", Hosts: names, Proxies: []string{"10.0.0.1"}}, "[::]:8000", "https://labs.example.org", []string{"labs.example.org", "other.example.org:8443", "[2001:db8::1]"}},
	} {
		r, err := New(c.Options)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Hosts(c.listens); !slices.Equal(got, c.want) || r.Address(c.listens) != c.address {
			t.Errorf("%+v has the hosts %q and the address %s, want %q and %s", c.Options, got, r.Address(c.listens), c.want, c.address)
		}
	}
}

// Only a proxy of the server says where a request comes from, and only as far as proxies say it.
func TestFrom(t *testing.T) {
	alone, err := New(Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	behind, err := New(Options{Listen: ":80", Hosts: []string{"labs.example.org"}, Proxies: []string{"10.0.0.0/24", "::1"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		*Reach
		peer      string
		forwarded []string
		want      string
	}{
		{alone, "127.0.0.1:1", []string{"192.0.2.1"}, "127.0.0.1"},
		{behind, "10.0.0.7:1", []string{"192.0.2.1"}, "192.0.2.1"},
		{behind, "[::ffff:10.0.0.7]:1", []string{"192.0.2.1"}, "192.0.2.1"},
		{behind, "[::1]:1", []string{"198.51.100.1, 192.0.2.1"}, "192.0.2.1"},
		{behind, "10.0.0.7:1", []string{"198.51.100.1, 192.0.2.1, 10.0.0.8"}, "192.0.2.1"},
		{behind, "10.0.0.7:1", []string{"198.51.100.1", "192.0.2.1:4711"}, "192.0.2.1"},
		{behind, "10.0.0.7:1", []string{"198.51.100.1, unknown"}, "10.0.0.7"},
		{behind, "10.0.0.7:1", []string{"[2001:db8::5]:99"}, "2001:db8::5"},
		{behind, "10.0.0.7:1", nil, "10.0.0.7"},
		{behind, "192.0.2.9:1", []string{"10.0.0.7"}, "192.0.2.9"},
	} {
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		request.RemoteAddr = c.peer
		for _, one := range c.forwarded {
			request.Header.Add("X-Forwarded-For", one)
		}
		if got := c.From(request); got != c.want {
			t.Errorf("a request by %s for %q is from %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}

// Behind a proxy, requests that don't come through it, or not over HTTPS, are refused.
func TestRefusal(t *testing.T) {
	behind, err := New(Options{Listen: ":80", Hosts: []string{"labs.example.org"}, Proxies: []string{"10.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ peer, proto, want string }{
		{"10.0.0.1:1", "https", ""}, {"10.0.0.1:1", "http", "only over HTTPS"}, {"10.0.0.1:1", "", "only over HTTPS"}, {"10.0.0.2:1", "https", "only to its proxy"}, {"127.0.0.1:1", "https", "only to its proxy"},
	} {
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		request.RemoteAddr = c.peer
		request.Header.Set("X-Forwarded-Proto", c.proto)
		if got := behind.Refusal(request); !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%+v: %q", c, got)
		}
		if got := (&Reach{}).Refusal(request); got != "" {
			t.Errorf("without a proxy, %+v: %q", c, got)
		}
	}
}

// A certificate that is replaced is used without a new start; half of one is not.
func TestReload(t *testing.T) {
	folder := t.TempDir()
	file, key := writePair(t, folder, "first.example.org")
	c, err := load(file, key)
	if err != nil {
		t.Fatal(err)
	}
	is := func(what, want string) {
		t.Helper()
		c.looked = time.Time{} // as if the pause had passed
		got, err := c.get(nil)
		if err != nil || got.Leaf.Subject.CommonName != want {
			t.Errorf("%s: %v, %v, want %s", what, got.Leaf.Subject.CommonName, err, want)
		}
	}
	is("at first", "first.example.org")
	old, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	writePair(t, folder, "second.example.org")
	fresh, err := os.ReadFile(key)
	if err == nil {
		err = os.WriteFile(key, old, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	is("with a key that does not belong to it", "first.example.org")
	if err := os.WriteFile(key, append(fresh, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	is("replaced", "second.example.org")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	is("removed", "second.example.org")
}

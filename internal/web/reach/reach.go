// Package reach is how browsers reach the server: on this machine alone, with TLS of its own, or through a proxy.
package reach

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"

	"endstate/labs"
)

// Options are what the user of a server chooses.
type Options struct {
	Listen           string   // the address to listen at
	Hosts            []string // the names under which browsers of other machines reach it
	Certificate, Key string   // files for TLS
	Proxies          []string // addresses, or ranges of addresses, of proxies
}

// Reach is how browsers reach a server. The zero value lets in browsers on this machine.
type Reach struct {
	hosts       []string // in small letters, with a port where it matters
	certificate *certificate
	proxies     []netip.Prefix
}

// New returns how browsers reach a server. Without TLS and without a proxy, the server can listen only where other
// machines can't reach it.
func New(o Options) (*Reach, error) {
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return nil, labs.Misuse(fmt.Sprintf("%q is not an address to listen at", o.Listen), "Use an address and a port, such as 127.0.0.1:7878.")
	}
	r := &Reach{}
	for _, name := range o.Hosts {
		r.hosts = append(r.hosts, strings.ToLower(name))
	}
	switch tls, proxy := o.Certificate != "" || o.Key != "", len(o.Proxies) > 0; {
	case tls && proxy:
		return nil, labs.Misuse("The server can't both have TLS of its own and be behind a proxy", "Give --tls-cert and --tls-key, or --behind-proxy.")
	case !tls && !proxy && len(o.Hosts) > 0:
		return nil, labs.Misuse("--host is for a server that other machines reach", "Give --tls-cert and --tls-key, or --behind-proxy, too.")
	case !tls && !proxy && !loopback(host):
		return nil, onlyLoopback(o.Listen)
	case !tls && !proxy:
		return r, nil
	case len(o.Hosts) == 0:
		return nil, labs.Misuse("The server does not know under which names browsers reach it", "Give them with --host, such as --host labs.example.org. It answers to no other names.")
	case tls:
		r.certificate, err = load(o.Certificate, o.Key)
	default:
		r.proxies, err = ranges(o.Proxies)
	}
	if err == nil {
		err = areHosts(o.Hosts)
	}
	return r, err
}

// loopback reports whether only this machine reaches a host.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func onlyLoopback(address string) error {
	return labs.Misuse(fmt.Sprintf("%s can be reached from other machines", address),
		"Without encryption, others could read passwords and use your labs. Give --tls-cert and --tls-key, or put a proxy before it (--behind-proxy). For yourself alone, use 127.0.0.1 and forward the port: ssh -L 7878:127.0.0.1:7878 HOST")
}

// areHosts returns an error unless all names are those of hosts, with or without a port.
func areHosts(names []string) error {
	for _, name := range names {
		host := name
		if h, _, err := net.SplitHostPort(name); err == nil {
			host = h
		}
		if host == "" || strings.ContainsAny(name, "/*@?# ") {
			return labs.Misuse(fmt.Sprintf("%q is not the name of a host", name), "Give a name as in an address, such as labs.example.org, or labs.example.org:8443 if a port is in it.")
		}
	}
	return nil
}

func ranges(texts []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range texts {
		one, err := netip.ParsePrefix(text)
		if at, alone := netip.ParseAddr(text); alone == nil {
			one, err = netip.PrefixFrom(at, at.BitLen()), nil
		}
		if err != nil {
			return nil, labs.Misuse(fmt.Sprintf("%q is not the address of a proxy", text), "Give an address, such as 127.0.0.1, or a range, such as 10.0.0.0/24.")
		}
		if one.Bits() == 0 {
			return nil, labs.Misuse(text+" would trust everybody", "Give the address of the proxy itself.")
		}
		all = append(all, one.Masked())
	}
	return all, nil
}

// Shared reports whether other machines reach the server. Then everybody needs an account.
func (r *Reach) Shared() bool { return r.certificate != nil || r.proxies != nil }

// OwnTLS returns the server's own configuration of TLS, or nil if it has none.
func (r *Reach) OwnTLS() *tls.Config {
	if r.certificate == nil {
		return nil
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: r.certificate.get}
}

// Address returns the address for browsers of a server that listens at a host and port.
func (r *Reach) Address(listens string) string {
	if !r.Shared() {
		return "http://" + listens
	}
	return "https://" + r.Hosts(listens)[0]
}

// Hosts returns the hosts to which a server answers that listens at a host and port.
func (r *Reach) Hosts(listens string) []string {
	_, port, _ := net.SplitHostPort(listens)
	if !r.Shared() {
		return []string{listens, "localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port}
	}
	var all []string
	for _, host := range r.hosts {
		if _, _, err := net.SplitHostPort(host); err != nil && r.certificate != nil && port != "443" {
			host = net.JoinHostPort(strings.Trim(host, "[]"), port)
		}
		all = append(all, host)
	}
	return all
}

// Origin returns the origin of the server's own pages, as a request names the server.
func (r *Reach) Origin(request *http.Request) string {
	if r.Shared() {
		return "https://" + request.Host
	}
	return "http://" + request.Host
}

// From returns the address that a request comes from. What a proxy of the server says about it is trusted, and
// nothing that others say.
func (r *Reach) From(request *http.Request) string {
	at := peer(request)
	if !r.isProxy(at) {
		return at
	}
	chain := strings.Split(strings.Join(request.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(chain) {
		text = strings.TrimSpace(text)
		if host, _, err := net.SplitHostPort(text); err == nil {
			text = host
		}
		if _, err := netip.ParseAddr(text); err != nil {
			break
		}
		if at = text; !r.isProxy(at) {
			break
		}
	}
	return at
}

func peer(request *http.Request) string {
	host, _, err := net.SplitHostPort(request.RemoteAddr)
	if err != nil {
		return request.RemoteAddr
	}
	return host
}

func (r *Reach) isProxy(address string) bool {
	at, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(r.proxies, func(p netip.Prefix) bool { return p.Contains(at.Unmap().WithZone("")) })
}

// Refusal says why a request is not answered; empty: it is. Behind a proxy, all requests must come from it, and
// over HTTPS.
func (r *Reach) Refusal(request *http.Request) string {
	switch {
	case r.proxies == nil:
		return ""
	case !r.isProxy(peer(request)):
		return "This server answers only to its proxy."
	case request.Header.Get("X-Forwarded-Proto") != "https":
		return "This server is reached only over HTTPS. Its proxy must set X-Forwarded-Proto to https."
	}
	return ""
}

// cannotRead says that a file of TLS can't be used.
func cannotRead(certificate, key string, err error) error {
	return &labs.Problem{Code: labs.CodeFile, What: "The certificate can't be used", Advice: fmt.Sprintf("It is in %s, and its key in %s. Both must be in PEM format, and belong together.", certificate, key), Usage: true, Err: err}
}

// modified returns the state of files by which it shows whether they have changed.
func modified(paths ...string) string {
	var state strings.Builder
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			fmt.Fprintln(&state, info.ModTime().UnixNano(), info.Size())
		}
	}
	return state.String()
}

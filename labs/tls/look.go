package tls

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// Look makes a TLS handshake with a server, as a client in the lab's network would, and
// observes:
//
//	version     the version that was agreed, such as TLS 1.3; "" if the handshake failed
//	accepted    the versions that the server accepts if they alone are offered; with each
//	cipher      the cipher suite, by its IANA name
//	protocol    the protocol that ALPN agreed on
//	chain       the certificates that the server sent, its own first; see below
//	problems    why a client does not accept the server's certificate: expired, early, name,
//	            chain, constraints, purpose, other; expiring with days; empty if it does
//	says        the same in words
//	asked       whether the server asked for a client's certificate
//	authorities the names of the authorities whose certificates it then accepts
//	resumed     whether a second connection resumed the session; with resume
//	alert       the alert by which the server refused, such as handshake_failure
//	failure     why the handshake or the request failed, in words
//	status      the status of the answer to get; 0 if there is none
//	body        the answer's text, at most 64 KiB
//
// Each certificate has `subject`, `issuer`, `names` (DNS names, addresses and e-mail
// addresses), `from`, `until`, `serial` (hexadecimal), `key` (such as ECDSA P-256 or RSA 2048),
// `keyDigest` and `digest` (SHA-256 of the public key and of the whole), `ca`, `pathLength`
// (-1: no limit), `permitted` and `excluded` (its name constraints) and `purposes`.
//
// The certificate is judged as of now, by the names in it and by the chain that was sent; its
// common name does not count. A server whose clock is up to ten minutes ahead is tolerated.
//
// The client is Go's. It offers all of Go's cipher suites, the outdated ones too, but it knows
// neither SSL 3.0, nor finite-field Diffie-Hellman, nor Ed448 and uncommon curves, and it can't
// ask for renegotiation. If it can't read a server's certificate, the check is `ungraded`.
type Look struct {
	// The server's host; the workspace by default.
	Host string `yaml:"host,omitempty"`
	// The server's port.
	Port int `yaml:"port" jsonschema:"minimum=1,maximum=65535"`
	// The server's name, which the client sends (SNI) and expects in the certificate.
	Name string `yaml:"name"`
	// The root certificates that the client trusts, as PEM.
	Root File `yaml:"root"`
	// How many days from now the certificates must still be valid.
	Days int `yaml:"days,omitempty"`
	// The versions that the client offers, next to each other, such as `[TLS 1.2, TLS 1.3]`. All
	// from TLS 1.0 on by default.
	Versions []string `yaml:"versions,omitempty"`
	// Offer each of these versions alone, too, in a handshake of its own.
	Each bool `yaml:"each,omitempty"`
	// The protocols that the client offers (ALPN), such as `[h2, http/1.1]`.
	Protocols []string `yaml:"protocols,omitempty"`
	// The client's certificate, if it presents one. It is sent whatever authorities the server
	// names.
	Client *Client `yaml:"client,omitempty"`
	// The path of an HTTP request to make after the handshake. With TLS 1.3, only its answer
	// shows whether the server accepts the client's certificate.
	Get string `yaml:"get,omitempty"`
	// With `get`: connect once more, and try to resume the session.
	Resume bool `yaml:"resume,omitempty"`
}

// Client is a certificate of the client's.
type Client struct {
	// Files with certificates, as PEM: its own first, then the intermediate ones.
	Certificates []File `yaml:"certificates"`
	// The file of its key, as PEM.
	Key File `yaml:"key"`
}

// File is a file of a host or of the scenario.
type File struct {
	// The path: absolute in a host, relative in the scenario's folder.
	Path string `yaml:"path"`
	// The host of an absolute path; the workspace by default.
	Host string `yaml:"host,omitempty"`
}

const (
	patience = 4 * time.Second
	// maxBreaks is how many connections may break before that counts as the server's answer.
	maxBreaks = 3
)

var versions = []string{"TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"}

// Variable returns the name of the observation in expectations.
func (l *Look) Variable() string { return "tls" }

// Validate returns an error if the fields make no sense.
func (l *Look) Validate() error {
	for i, version := range l.Versions {
		at := slices.Index(versions, version)
		switch {
		case at < 0:
			return fmt.Errorf("%q is not one of %s", version, strings.Join(versions, ", "))
		case i > 0 && l.Versions[i-1] != versions[max(0, at-1)]:
			return errors.New("the versions must be next to each other, the lowest first")
		}
	}
	switch {
	case l.Port < 1 || l.Port > 65535:
		return errors.New("port must be from 1 to 65535")
	case l.Name == "" || l.Root.Path == "":
		return errors.New("name and root are needed")
	case l.Get != "" && !strings.HasPrefix(l.Get, "/"):
		return errors.New("get must be a path that begins with a slash")
	case l.Resume && l.Get == "":
		return errors.New("resume needs get: a server of TLS 1.3 sends its ticket after the handshake")
	case l.Client != nil && (len(l.Client.Certificates) == 0 || l.Client.Key.Path == ""):
		return errors.New("client needs certificates and key")
	}
	return nil
}

// Observe makes the handshake once per round, for all checks that ask the same.
func (l *Look) Observe(ctx context.Context, site kit.Site) (any, error) {
	client := Client{}
	if l.Client != nil {
		client = *l.Client
	}
	asked := *l
	asked.Client = nil
	return kit.Once(site, fmt.Sprintf("tls %+v %+v", asked, client), func() (any, error) { return l.observe(ctx, site) })
}

func (l *Look) observe(ctx context.Context, site kit.Site) (any, error) {
	host, err := kit.HostOf(site, l.Host)
	if err != nil {
		return nil, err
	}
	s, err := l.newShaker(ctx, site)
	if err != nil {
		return nil, err
	}
	if err := l.ask(ctx, site, host, s.connect, s.fail); err != nil {
		return nil, err
	}
	if l.Each {
		for _, version := range l.offered() {
			alone := s.alone(number(version))
			if err := l.ask(ctx, site, host, alone.connect, alone.fail); err != nil {
				return nil, err
			}
			if alone.seen.done {
				s.seen.accepted = append(s.seen.accepted, version)
			}
		}
	}
	if l.Resume && s.seen.failure == "" {
		if err := l.ask(ctx, site, host, s.again, s.fail); err != nil {
			return nil, err
		}
	}
	return s.observation(), nil
}

// ask connects to the server until something is learnt, and tells fail if the server just keeps
// closing connections.
func (l *Look) ask(ctx context.Context, site kit.Site, host labs.Host, connect func(context.Context, net.Conn) error, fail func(string)) error {
	breaks := 0
	return site.Ask(ctx, kit.Question{Host: host, Limit: patience, Ask: func(ctx context.Context, limit time.Duration) error {
		conn, err := site.DialNetwork(ctx, host, l.Port)
		if err != nil {
			return err
		}
		defer conn.Close()
		err = kit.Within(ctx, limit, func(ctx context.Context) error { return connect(ctx, conn) }, explain)
		// A server that ends while it is asked closes the connection, too.
		if errors.Is(err, kit.ErrBroken) {
			if breaks++; breaks == maxBreaks {
				fail(closed)
				return nil
			}
		}
		return err
	}})
}

// offered returns the versions that the client offers.
func (l *Look) offered() []string {
	if len(l.Versions) == 0 {
		return versions
	}
	return l.Versions
}

// newShaker reads the files that the look names.
func (l *Look) newShaker(ctx context.Context, site kit.Site) (*shaker, error) {
	root, err := l.Root.read(ctx, site)
	if err != nil {
		return nil, err
	}
	s := &shaker{name: l.Name, get: l.Get, days: l.Days}
	if s.roots, err = pool(root); err != nil {
		return nil, fmt.Errorf("root %s: %w", l.Root.Path, err)
	}
	s.config = &tls.Config{
		ServerName: l.Name, NextProtos: l.Protocols, CipherSuites: suites(), ClientSessionCache: tls.NewLRUClientSessionCache(1),
		MinVersion: number(l.offered()[0]), MaxVersion: number(l.offered()[len(l.offered())-1]),
		// The handshake goes on whatever the certificate is like; shaker.judge verifies it.
		InsecureSkipVerify: true,
	}
	var pair tls.Certificate
	if l.Client != nil {
		if pair, err = l.Client.pair(ctx, site); err != nil {
			return nil, err
		}
	}
	s.config.GetClientCertificate = func(request *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		s.seen.asked, s.seen.authorities = true, names(request.AcceptableCAs)
		return &pair, nil
	}
	return s, nil
}

// number returns a version's number in the protocol.
func number(version string) uint16 { return tls.VersionTLS10 + uint16(slices.Index(versions, version)) }

// suites returns all cipher suites up to TLS 1.2 that Go knows.
func suites() (ids []uint16) {
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, suite.ID)
	}
	return ids
}

// explain says what errors of a connection mean.
func explain(err error) error {
	var network *net.OpError
	if brokenOff(err) || errors.As(err, &network) {
		return kit.ErrBroken
	}
	return nil
}

package tls_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"strings"
	"testing"
	"testing/fstest"

	"endstate/labs/kit"
	look "endstate/labs/tls"
)

var quiet = log.New(io.Discard, "", 0)

// listen runs a server of the learner's that does as it likes.
func listen(t *testing.T, root *issued, answer func(net.Conn)) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				answer(conn)
			}()
		}
	}()
	return &site{port: listener.Addr().(*net.TCPAddr).Port, given: fstest.MapFS{"hidden/root.crt": {Data: root.pem()}}}
}

// answers returns a server that completes the handshake, reads the request and writes something.
func answers(pair tls.Certificate, write func(io.Writer)) func(net.Conn) {
	return func(conn net.Conn) {
		server := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{pair}})
		defer server.Close()
		_, _ = server.Read(make([]byte, 4096))
		write(server)
	}
}

func TestHostileServers(t *testing.T) {
	root := issue(t, nil, "Root", authority)
	pair := issue(t, root, "Server").pair(1)
	endless := func(text string) func(io.Writer) {
		return func(w io.Writer) {
			for {
				if _, err := io.WriteString(w, strings.Repeat(text, 1000)); err != nil {
					return
				}
			}
		}
	}
	for name, test := range map[string]struct {
		answer  func(net.Conn)
		failure string
	}{
		"plain HTTP":          {func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }, "does not speak TLS"},
		"closes":              {func(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) }, "closes the connection"},
		"closes later":        {answers(pair, func(io.Writer) {}), "closes the connection"},
		"endless headers":     {answers(pair, func(w io.Writer) { _, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\n"); endless("A: b\r\n")(w) }), "malformed MIME header"},
		"not HTTP":            {answers(pair, func(w io.Writer) { _, _ = io.WriteString(w, "\x1b]0;x\a\r\n\r\n") }), "malformed HTTP"},
		"an endless body":     {answers(pair, func(w io.Writer) { _, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\n\r\n"); endless("ab")(w) }), ""},
		"a body that is less": {answers(pair, func(w io.Writer) { _, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab") }), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := observe(t, listen(t, root, test.answer), look.Look{Get: "/"})
			failure, body := seen["failure"].(string), seen["body"].(string)
			if (failure == "") != (test.failure == "") || !strings.Contains(failure, test.failure) || strings.Contains(failure, "\x1b") {
				t.Errorf("failure %q", failure)
			}
			if len(body) > 64<<10 || (failure == "") != strings.HasPrefix(body, "ab") {
				t.Errorf("a body of %d bytes", len(body))
			}
		})
	}
}

// A connection that breaks once shows nothing.
func TestABrokenConnectionIsMadeAgain(t *testing.T) {
	root := issue(t, nil, "Root", authority)
	pair, broken := issue(t, root, "Server").pair(1), make(chan bool, 1)
	broken <- true
	s := listen(t, root, func(conn net.Conn) {
		select {
		case <-broken:
		default:
			answers(pair, func(w io.Writer) { _, _ = io.WriteString(w, "HTTP/1.1 204 No Content\r\n\r\n") })(conn)
		}
	})
	if seen := observe(t, s, look.Look{Get: "/"}); seen["status"] != int64(204) || s.asked != 2 {
		t.Errorf("asked %d times: %v", s.asked, seen)
	}
}

// A server that says nothing is slow, which is nobody's fault.
func TestSilenceIsNoFinding(t *testing.T) {
	root := issue(t, nil, "Root", authority)
	pair := issue(t, root, "Server").pair(1)
	for name, answer := range map[string]func(net.Conn){
		"before the handshake": func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
		"after it":             answers(pair, func(w io.Writer) { _, _ = w.(*tls.Conn).Read(make([]byte, 1)) }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if seen, err := try(t, listen(t, root, answer), look.Look{Get: "/"}); !errors.Is(err, kit.ErrLate) {
				t.Errorf("%v, %v", seen, err)
			}
		})
	}
}

// A certificate that only the grader can't read proves nothing: OpenSSL may well read it.
func TestUnreadableCertificate(t *testing.T) {
	root := issue(t, nil, "Root", authority)
	server := issue(t, root, "Server")
	// The point of its key is no longer on the curve.
	point, err := server.key.(*ecdsa.PrivateKey).PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	spoiled := bytes.Replace(server.certificate.Raw, point, append(bytes.Repeat([]byte{4}, len(point)-1), 5), 1)
	if _, err := x509.ParseCertificate(spoiled); err == nil {
		t.Fatal("the certificate can still be read")
	}
	s := serve(t, root, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{spoiled}, PrivateKey: server.key}}})
	var obstacle *kit.Obstacle
	if seen, err := try(t, s, look.Look{}); err == nil || errors.As(err, &obstacle) {
		t.Errorf("%v, %v", seen, err)
	}
}

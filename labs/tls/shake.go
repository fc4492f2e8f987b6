package tls

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"syscall"

	"endstate/labs/kit"
)

const (
	maxBody   = 64 << 10  // bytes
	maxAnswer = 256 << 10 // bytes, with its headers
)

const closed = "the server closes the connection without an answer"

// seen is what a connection showed.
type seen struct {
	state       tls.ConnectionState
	done        bool // the handshake
	accepted    []string
	asked       bool
	authorities []string
	resumed     bool
	alert       string
	failure     string
	status      int
	body        string
}

// shaker makes handshakes.
type shaker struct {
	name, get string
	days      int
	roots     *x509.CertPool
	config    *tls.Config
	seen      seen
}

// connect makes the handshake and the request. Its error means that it learnt nothing.
func (s *shaker) connect(ctx context.Context, conn net.Conn) error {
	s.seen = seen{}
	// Go's client reports the certificates only after a handshake, but calls this before.
	config := s.config.Clone()
	config.VerifyConnection = func(state tls.ConnectionState) error { s.seen.state = state; return nil }
	client := tls.Client(conn, config)
	if err := client.HandshakeContext(ctx); err != nil {
		return s.refused(ctx, err)
	}
	s.seen.state, s.seen.done = client.ConnectionState(), true
	if s.get == "" {
		return nil
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	answer, err := s.request(client)
	if err != nil {
		return s.refused(ctx, err)
	}
	s.seen.status, s.seen.body = answer.status, answer.body
	return nil
}

// alone returns a shaker that offers one version and makes no request.
func (s *shaker) alone(version uint16) *shaker {
	config := s.config.Clone()
	config.MinVersion, config.MaxVersion, config.ClientSessionCache = version, version, nil
	return &shaker{name: s.name, config: config}
}

// again connects once more, and notes whether the session was resumed.
func (s *shaker) again(ctx context.Context, conn net.Conn) error {
	client := tls.Client(conn, s.config)
	if err := client.HandshakeContext(ctx); err != nil {
		return err
	}
	s.seen.resumed = client.ConnectionState().DidResume
	return nil
}

type answer struct {
	status int
	body   string
}

func (s *shaker) request(conn net.Conn) (answer, error) {
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", s.get, s.name); err != nil {
		return answer{}, err
	}
	got, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxAnswer)), nil)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	body, err := io.ReadAll(io.LimitReader(got.Body, maxBody))
	if err != nil && !brokenOff(err) {
		return answer{}, err
	}
	return answer{got.StatusCode, string(body)}, nil
}

// refused notes why a connection failed if the server has shown it. Otherwise it returns the
// error.
func (s *shaker) refused(ctx context.Context, err error) error {
	var remote *net.OpError
	var header tls.RecordHeaderError
	switch {
	case ctx.Err() != nil:
		return err
	case errors.As(err, &remote) && remote.Op == "remote error":
		s.seen.alert = alertName(remote.Err)
		s.fail("the server refuses with the alert " + s.seen.alert)
	case errors.As(err, &header):
		s.fail("the server does not speak TLS on this port")
	case strings.Contains(err.Error(), "failed to parse certificate"), strings.Contains(err.Error(), "unsupported type of public key"):
		return fmt.Errorf("the grader can't read the server's certificate: %w", err)
	case s.seen.done && brokenOff(err):
		s.fail(closed)
	case brokenOff(err):
		return err
	default:
		s.fail(kit.Shown(strings.TrimPrefix(err.Error(), "tls: ")))
	}
	return nil
}

// fail notes why a connection failed.
func (s *shaker) fail(why string) { s.seen.failure = why }

// brokenOff reports whether the other side closed the connection.
func brokenOff(err error) bool {
	for _, one := range []error{io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

// alerts are the names of alerts in TLS 1.3 (RFC 8446, section 6) and TLS 1.2.
var alerts = map[uint64]string{
	0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow", 40: "handshake_failure",
	42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired",
	46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error",
	51: "decrypt_error", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
	86: "inappropriate_fallback", 90: "user_canceled", 100: "no_renegotiation", 109: "missing_extension",
	110: "unsupported_extension", 112: "unrecognized_name", 113: "bad_certificate_status_response",
	115: "unknown_psk_identity", 116: "certificate_required", 120: "no_application_protocol",
}

// alertName returns the name of an alert, whose type crypto/tls does not export.
func alertName(alert error) string {
	if v := reflect.ValueOf(alert); v.Kind() == reflect.Uint8 {
		if name := alerts[v.Uint()]; name != "" {
			return name
		}
	}
	return strings.TrimPrefix(alert.Error(), "tls: ")
}

package registry

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"endstate/labs"
)

// guard refuses requests that would pass other machines in plain text. It is needed because the
// library takes plain HTTP for all right in private networks.
type guard struct {
	plain bool // they are allowed
	next  http.RoundTripper
}

// RoundTrip makes a request, or refuses it.
func (g guard) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Scheme != "https" && !g.plain && !isLocal(request.URL.Hostname()) {
		return nil, errors.New("plain HTTP is not allowed for " + request.URL.Host)
	}
	return g.next.RoundTrip(request)
}

// isLocal reports whether a host is this machine, for sure.
func isLocal(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }

// isMissing reports whether a registry says that it has no such image.
func isMissing(err error) bool {
	refusal := new(transport.Error)
	return errors.As(err, &refusal) && refusal.StatusCode == http.StatusNotFound
}

// isUnsupported reports whether a registry says that it can't do that, or must not.
func isUnsupported(err error) bool {
	refusal := new(transport.Error)
	return errors.As(err, &refusal) && refusal.StatusCode == http.StatusMethodNotAllowed
}

// failure describes an error of the library for people.
func (r *Registry) failure(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	problem := &labs.Problem{Code: labs.CodeRegistry, What: "The registry " + r.address + " does not answer", Err: err}
	host, _, _ := strings.Cut(r.address, "/")
	refusal, refused := new(transport.Error), false
	if refused = errors.As(err, &refusal); refused {
		problem.What = "The registry " + r.address + " answers with an error"
	}
	name, _, splitErr := net.SplitHostPort(host)
	if splitErr != nil {
		name = host
	}
	switch {
	case refused && (refusal.StatusCode == http.StatusUnauthorized || refusal.StatusCode == http.StatusForbidden):
		problem.What = "The registry " + r.address + " refuses access"
		problem.Advice = "Log in with an account that may write there: docker login " + host
	case refused:
		problem.Advice = "Ask whoever runs it."
	case r.plain || isLocal(name):
		problem.Advice = "Is the address right, and does the registry run?"
	default:
		problem.Advice = "Is the address right, and does the registry run? If it has no TLS, and you trust the network, use --plain-http."
	}
	return problem
}

package http

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"endstate/labs/kit"
)

// Look makes requests to a web server, in order and with one cookie jar, as a browser does. It
// observes a list with one answer for each request:
//
//	status      the status code
//	headers     a map from name, in lower case, to value; without Date and Set-Cookie
//	cookies     what the answer set: {name, value, path, domain, expires, max_age, secure,
//	            httponly, samesite} each; expires and max_age are null if they are missing
//	kind        json, xml, text, bytes or empty: what the body is, whatever its header says
//	body        the body, as a string; bytes if it is not UTF-8
//	json        the body as a value, if it is JSON
//	xml         the root element, if it is XML: {name, space, attributes, text, children}
//	redirects   what was followed before: {status, location} each
//	seconds     how long it took, in whole seconds, rounded down
//
// An integer in JSON is an int, and any other number a double; a number that neither can hold
// exactly is a map, `{"number": "0.1234567890123456789"}`. The text of an element is that before
// its first child.
//
// The requests are really made, and may be made again if the connection breaks or no answer comes
// in time. So use methods that change nothing, or whose repetition changes nothing more.
type Look struct {
	// The requests, in order.
	Requests []Request `yaml:"requests"`
	// The server's host; the workspace by default.
	Host string `yaml:"host,omitempty"`
	// The port; 8080 by default, where nginx listens in the image `web`.
	Port int `yaml:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// The name by which the server is asked for; the name of its host by default.
	Name string `yaml:"name,omitempty"`
	// Connect to the host's address in the lab's network, as its visitors do; by default to
	// 127.0.0.1, from inside the host.
	Network bool `yaml:"network,omitempty"`
	// A path that is asked for first, again for up to 15 seconds while nothing listens, or only a
	// gateway answers (502 or 504): services may have been restarted a moment ago.
	Await string `yaml:"await,omitempty"`
}

// Request is one request.
type Request struct {
	// The path, with a query if there is one.
	Path string `yaml:"path"`
	// The method; by default GET, or POST if there is a body.
	Method string `yaml:"method,omitempty"`
	// Further headers. Cookies belong to the `Host` that they were set for.
	Headers map[string]string `yaml:"headers,omitempty"`
	// The body. At most one of `body`, `json` and `form` is used.
	Body string `yaml:"body,omitempty"`
	// The body, as JSON; sets its Content-Type.
	JSON string `yaml:"json,omitempty"`
	// The body, as the fields of a form; sets its Content-Type.
	Form map[string]string `yaml:"form,omitempty"`
	// Do not follow redirects.
	Stay bool `yaml:"stay,omitempty"`
}

const (
	defaultPort  = 8080
	maxRequests  = 50
	maxRedirects = 10
)

// Variable returns the name of the observation in expectations.
func (l *Look) Variable() string { return "answers" }

// SetShorthand sets the path of the only request.
func (l *Look) SetShorthand(text string) { l.Requests = []Request{{Path: text}} }

// Validate returns an error if the fields make no sense.
func (l *Look) Validate() error {
	switch {
	case len(l.Requests) == 0 || len(l.Requests) > maxRequests:
		return fmt.Errorf("there must be at least one request, and at most %d", maxRequests)
	case l.Port < 0 || l.Port > 65535:
		return errors.New("port must be at most 65535")
	case l.Await != "" && !strings.HasPrefix(l.Await, "/"):
		return errors.New("await must begin with /")
	}
	for _, request := range l.Requests {
		if err := request.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (r *Request) validate() error {
	bodies := []bool{r.Body != "", r.JSON != "", r.Form != nil}
	if len(slices.DeleteFunc(bodies, func(set bool) bool { return !set })) > 1 {
		return errors.New("a request has at most one of body, json and form")
	}
	if !strings.HasPrefix(r.Path, "/") {
		return fmt.Errorf("a path must begin with /, and %q does not", r.Path)
	}
	_, err := http.NewRequest(r.method(), "http://host"+r.Path, nil)
	return err
}

func (r *Request) method() string {
	switch {
	case r.Method != "":
		return r.Method
	case r.Body != "" || r.JSON != "" || r.Form != nil:
		return http.MethodPost
	}
	return http.MethodGet
}

// Observe makes the requests once per round, for all checks that ask the same.
func (l *Look) Observe(ctx context.Context, site kit.Site) (any, error) {
	return kit.Once(site, fmt.Sprintf("http %+v", *l), func() (any, error) { return l.observe(ctx, site) })
}

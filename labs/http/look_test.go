package http

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"endstate/labs"
	"endstate/labs/kit"
)

// server is a site whose only host is a server on this machine. A question is asked once.
type server struct {
	kit.Site
	address string
	dial    func(ctx context.Context) (net.Conn, error) // nil: dials the address
	shared  map[string]any
}

func (s *server) Lab() *labs.Lab {
	return &labs.Lab{Hosts: []labs.Host{{Name: labs.Workspace, ID: "1"}}}
}

func (s *server) Dial(ctx context.Context, _ labs.Host, _ int) (net.Conn, error) {
	if s.dial != nil {
		return s.dial(ctx)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
}

func (s *server) DialNetwork(context.Context, labs.Host, int) (net.Conn, error) {
	return nil, &kit.Obstacle{Message: "no network"}
}

func (s *server) Ask(ctx context.Context, q kit.Question) error { return q.Ask(ctx, time.Second) }

func (s *server) Budget(what string, limits kit.Limits) *kit.Budget {
	return kit.NewBudget(what, limits)
}

func (s *server) Share(key string, build func() (any, error)) (any, error) {
	if value, ok := s.shared[key]; ok {
		return value, nil
	}
	value, err := build()
	if s.shared == nil {
		s.shared = map[string]any{}
	}
	s.shared[key] = value
	return value, err
}

// asked makes a look's requests to a handler.
func asked(t *testing.T, look Look, handler http.HandlerFunc) ([]any, error) {
	t.Helper()
	at := httptest.NewServer(handler)
	t.Cleanup(at.Close)
	return observed(t, look, &server{address: at.Listener.Addr().String()})
}

func observed(t *testing.T, look Look, site kit.Site) ([]any, error) {
	t.Helper()
	if err := look.Validate(); err != nil {
		t.Fatal(err)
	}
	value, err := look.Observe(t.Context(), site)
	if err != nil {
		return nil, err
	}
	normal, err := labs.Normal(value)
	if err != nil {
		t.Fatal(err)
	}
	if names := look.Shape().Unnamed(normal); len(names) > 0 {
		t.Errorf("the shape lacks %v", names)
	}
	return normal.([]any), nil
}

func TestRequestsShareAJar(t *testing.T) {
	look := Look{Requests: []Request{
		{Path: "/login", Form: map[string]string{"user": "ada"}},
		{Path: "/me", Method: "PUT", Body: "b", Headers: map[string]string{"X-Mark": "m", "Host": "shop.example"}},
		{Path: "/old?a=1", Method: "HEAD"},
		{Path: "/login", Stay: true, Method: "PUT", JSON: `{"user": "bob"}`},
	}}
	answers, err := asked(t, look, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/login":
			http.SetCookie(w, &http.Cookie{Name: "session", Value: r.FormValue("user"), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: 60})
			http.SetCookie(w, &http.Cookie{Name: "old", MaxAge: -1, Secure: true, Domain: "example.com"})
			http.Redirect(w, r, "/me", http.StatusSeeOther)
		case "/old":
			http.Redirect(w, r, "http://elsewhere.example/new", http.StatusFound)
		default:
			body, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %s %s %s %s", r.Header.Get("Cookie"), r.Host, r.Header.Get("X-Mark"), r.Method, body)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, one := range answers {
		a := one.(map[string]any)
		got = append(got, fmt.Sprintf("%v %v (%v) %v %v", a["status"], a["kind"], a["body"], a["redirects"], a["headers"].(map[string]any)["location"]))
	}
	want := []string{
		"200 text (session=ada workspace:8080  GET ) [map[location:/me status:303]] <nil>",
		"200 text ( shop.example m PUT b) [] <nil>",
		"302 empty () [] http://elsewhere.example/new",
		"303 empty () [] /me",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	wantCookies := []any{
		map[string]any{"name": "session", "value": "", "path": "/", "domain": "", "secure": false, "httponly": true, "samesite": "Lax", "expires": nil, "max_age": int64(60)},
		map[string]any{"name": "old", "value": "", "path": "", "domain": "example.com", "secure": true, "httponly": false, "samesite": "", "expires": nil, "max_age": int64(0)},
	}
	if diff := cmp.Diff(wantCookies, answers[3].(map[string]any)["cookies"]); diff != "" {
		t.Error(diff)
	}
}

// A redirect that never ends, or leads to another server, ends with the redirect.
func TestRedirectsEnd(t *testing.T) {
	answers, err := asked(t, Look{Requests: []Request{{Path: "/0"}}}, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"0", http.StatusFound)
	})
	if err != nil {
		t.Fatal(err)
	}
	if last := answers[0].(map[string]any); last["status"] != int64(302) || len(last["redirects"].([]any)) != maxRedirects {
		t.Errorf("ends with %v after %d redirects", last["status"], len(last["redirects"].([]any)))
	}
}

// Whatever a server answers, a look ends soon, and says whose fault it is.
func TestHostileServers(t *testing.T) {
	refused := errors.New("the engine is gone")
	for name, test := range map[string]struct {
		serve func(net.Conn)
		want  error  // in the chain; nil: an obstacle
		says  string // in the obstacle's message
	}{
		"not HTTP":           {said("SSH-2.0-OpenSSH_9.9\r\n"), nil, "does not answer with HTTP"},
		"control characters": {said("\x1b[2J\x1b]0;x\a\r\n\r\n"), nil, "does not answer with HTTP"},
		"no end of headers":  {endless("HTTP/1.1 200 OK\r\n", "a: b\r\n"), nil, "does not answer with HTTP"},
		"no end of body":     {endless("HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("x", 4096)), nil, "larger than 1 MiB"},
		"a length that lies": {said("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), kit.ErrBroken, ""},
		"hangs up":           {said(""), kit.ErrBroken, ""},
		"no answer":          {func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }, kit.ErrLate, ""},
		"drips":              {drip, kit.ErrLate, ""},
		"engine":             {nil, refused, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := &server{dial: func(context.Context) (net.Conn, error) { return nil, refused }}
			if test.serve != nil {
				site.dial = func(context.Context) (net.Conn, error) {
					near, far := net.Pipe()
					go func() { defer far.Close(); test.serve(far) }()
					return near, nil
				}
			}
			_, err := observed(t, Look{Requests: []Request{{Path: "/"}}}, site)
			var obstacle *kit.Obstacle
			switch {
			case test.want != nil && (!errors.Is(err, test.want) || errors.As(err, &obstacle)):
				t.Errorf("got %v, want %v", err, test.want)
			case test.want == nil && (!errors.As(err, &obstacle) || !strings.Contains(obstacle.Message, test.says) || !obstacle.Finding):
				t.Errorf("got %v, want a finding: %s", err, test.says)
			case obstacle != nil && strings.ContainsAny(obstacle.Message, "\x1b\a"):
				t.Errorf("the message has control characters: %q", obstacle.Message)
			}
		})
	}
}

func said(text string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 4096))
		_, _ = io.WriteString(conn, text)
	}
}

func endless(head, more string) func(net.Conn) {
	return func(conn net.Conn) {
		said(head)(conn)
		for {
			if _, err := io.WriteString(conn, more); err != nil {
				return
			}
		}
	}
}

func drip(conn net.Conn) {
	said("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")(conn)
	for {
		if _, err := io.WriteString(conn, "x"); err != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// A service that is starting is waited for, one that stays broken is observed as it is.
func TestAwait(t *testing.T) {
	for name, test := range map[string]struct {
		until  time.Duration
		before int
		wait   time.Duration // the least
		want   int64
	}{
		"starting":     {300 * time.Millisecond, 502, 300 * time.Millisecond, 200},
		"broken":       {time.Hour, 504, 500 * time.Millisecond, 504},
		"up and wrong": {time.Hour, 503, 0, 503},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			at := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if time.Since(begun) < test.until {
					w.WriteHeader(test.before)
				}
			}))
			defer at.Close()
			site := &server{address: at.Listener.Addr().String()}
			look := Look{Await: "/health", Requests: []Request{{Path: "/"}}}
			waiting := &client{look: &look, site: site, host: site.Lab().Hosts[0]}
			if err := waiting.settle(t.Context(), 500*time.Millisecond); err != nil || time.Since(begun) < test.wait {
				t.Errorf("it waited %v, not %v: %v", time.Since(begun), test.wait, err)
			}
			answers, err := observed(t, look, site)
			if err != nil || answers[0].(map[string]any)["status"] != test.want {
				t.Errorf("%v, %v", answers, err)
			}
		})
	}
}

func TestNetworkIsDialedByItsAddress(t *testing.T) {
	_, err := observed(t, Look{Network: true, Requests: []Request{{Path: "/"}}}, &server{})
	var obstacle *kit.Obstacle
	if !errors.As(err, &obstacle) || obstacle.Message != "no network" {
		t.Error(err)
	}
}

func TestLookValidate(t *testing.T) {
	one := []Request{{Path: "/"}}
	for name, test := range map[string]struct {
		look Look
		good bool
	}{
		"a path":             {Look{Requests: one}, true},
		"no request":         {Look{}, false},
		"too many":           {Look{Requests: make([]Request, maxRequests+1)}, false},
		"an address":         {Look{Requests: []Request{{Path: "http://elsewhere/"}}}, false},
		"no such method":     {Look{Requests: []Request{{Path: "/", Method: "GE T"}}}, false},
		"two bodies":         {Look{Requests: []Request{{Path: "/", Body: "a", JSON: "{}"}}}, false},
		"a form and JSON":    {Look{Requests: []Request{{Path: "/", Form: map[string]string{"a": "b"}, JSON: "{}"}}}, false},
		"a body":             {Look{Requests: []Request{{Path: "/", Method: "POST", Body: "a"}}}, true},
		"no such port":       {Look{Requests: one, Port: 70000}, false},
		"a negative port":    {Look{Requests: one, Port: -1}, false},
		"await an address":   {Look{Requests: one, Await: "health"}, false},
		"await":              {Look{Requests: one, Await: "/health"}, true},
		"a path with spaces": {Look{Requests: []Request{{Path: "/a b\x7f"}}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := test.look.Validate(); (err == nil) != test.good {
				t.Errorf("Validate() = %v, good = %v", err, test.good)
			}
		})
	}
	var short Look
	if short.SetShorthand("/health"); short.Requests[0].Path != "/health" {
		t.Error("the shorthand is not the path")
	}
}

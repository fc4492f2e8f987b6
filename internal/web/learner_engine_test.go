//go:build engine && linux

package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"endstate/internal/desk"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/desk/visit"
	"endstate/internal/docker"
	"endstate/internal/enginetest"
	"endstate/internal/scenario"
	"endstate/internal/seat"
	"endstate/internal/workspace"
	"endstate/labs"
	"endstate/labs/all"
	"endstate/labs/kit"
	"endstate/scenarios"
)

// classroom is a server on a real engine, for many learners.
type classroom struct {
	*enginetest.Runner
	server *Server
	web    *httptest.Server
}

func newClassroom(t *testing.T) *classroom {
	t.Helper()
	runner := enginetest.Open(t)
	at := desk.New(desk.Config{
		Families: all.Families(), Images: []kit.Image{workspace.Image()}, Scenarios: []scenario.Root{{Files: scenarios.Files}}, Clock: time.Now, Version: "test",
		Settings: desk.Settings{Home: t.TempDir(), Life: 30 * time.Minute, Cache: 1 << 40, Record: true},
		Open: func(ctx context.Context) (*desk.Backend, error) {
			engine, err := docker.Open(ctx, docker.Options{Version: "test"})
			if err != nil {
				return nil, err
			}
			return &desk.Backend{Engine: engine, Snapshots: engine.Snapshots(), Images: engine.Images(), Info: engine.Info, Close: engine.Close}, nil
		},
	})
	t.Cleanup(at.Close)
	c := &classroom{Runner: runner, web: httptest.NewUnstartedServer(nil)}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	c.server = newServer(ctx, c.web.Listener.Addr().String(), Config{
		Exams: examdesk.NewServed(at),
		Desk:  at, Clock: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), NewEntry: func(string) {},
		Answer: func(labs.Learner, *visit.Visit) seat.Answer { return nil },
	})
	c.web.Config.Handler = c.server.Handler()
	c.web.Start()
	t.Cleanup(func() { cancel(); c.web.CloseClientConnections(); c.web.Close(); c.server.working.Wait() })
	return c
}

// learner is somebody with a browser of their own.
type learner struct {
	class   *classroom
	client  http.Client
	address *url.URL
	lab     string
}

// learner lets in a learner. The name follows that of the runner, which removes what is left.
func (c *classroom) learner(ctx context.Context, n int, lab string) (*learner, error) {
	jar, err := cookiejar.New(nil)
	l := &learner{class: c, client: http.Client{Jar: jar}, address: &url.URL{Scheme: "http", Host: c.server.address}, lab: lab}
	if err != nil {
		return nil, err
	}
	entry := c.server.entry(labs.Learner{Name: fmt.Sprintf("%s/%d", c.Owner, n)})
	_, err = l.request(ctx, http.MethodGet, strings.TrimPrefix(entry, l.address.String()), nil)
	return l, err
}

// request sends a request and reads its whole answer, which has to be a good one.
func (l *learner) request(ctx context.Context, method, path string, form url.Values) (string, error) {
	r, err := http.NewRequestWithContext(ctx, method, l.address.String()+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(scriptHeader, "1")
	}
	answer, err := l.client.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, body)
	}
	return string(body), err
}

// act submits a form of the lab's page.
func (l *learner) act(ctx context.Context, act string) error {
	_, err := l.request(ctx, http.MethodPost, labPath(l.lab)+"/"+act, url.Values{"agreed": {"yes"}})
	return err
}

// start starts the lab, and waits until it is there.
func (l *learner) start(ctx context.Context, seed string) error {
	if _, err := l.request(ctx, http.MethodPost, "/labs", url.Values{"scenario": {l.lab}, "seed": {seed}}); err != nil {
		return err
	}
	return l.hears(ctx, messageReady)
}

// hears waits until the lab's page is sent a message of a kind. A problem is an error.
func (l *learner) hears(ctx context.Context, wanted string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, l.address.String()+labPath(l.lab)+"/events", nil)
	if err != nil {
		return err
	}
	answer, err := l.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	kind, said := "", ""
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "event":
			kind = value
		case "data":
			said += value
		case "":
			if kind == wanted {
				return nil
			}
			if kind == messageNotice {
				return errors.New(said)
			}
			kind, said = "", ""
		}
	}
	return fmt.Errorf("the stream of events ended before %q", wanted)
}

// screen is a learner's terminal.
type screen struct {
	conn  *websocket.Conn
	shown []byte
	drawn int
}

// open opens a terminal, and waits for its shell.
func (l *learner) open(ctx context.Context, id string) (*screen, error) {
	head := http.Header{"Origin": {l.address.String()}}
	for _, cookie := range l.client.Jar.Cookies(l.address) {
		head.Add("Cookie", cookie.String())
	}
	address := "ws://" + l.address.Host + labPath(l.lab) + "/terminals/" + labs.Workspace + "?columns=80&rows=24&id=" + id
	conn, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPHeader: head})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(-1)
	s := &screen{conn: conn}
	// The prompt may look different in each scenario, but not what bash answers.
	err = s.types(ctx, "PS1='> '; echo re''ady\r")
	if err == nil {
		err = s.sees(ctx, "ready\r\n")
	}
	return s, err
}

func (s *screen) types(ctx context.Context, keys string) error {
	return s.conn.Write(ctx, websocket.MessageBinary, []byte("k"+keys))
}

// read reads what is shown next, and says that it was drawn.
func (s *screen) read(ctx context.Context) error {
	kind, data, err := s.conn.Read(ctx)
	if err != nil || kind != websocket.MessageBinary {
		return err
	}
	s.shown = append(s.shown, data...)
	if s.drawn += len(data); s.drawn < 32<<10 {
		return nil
	}
	told := binary.BigEndian.AppendUint32([]byte("a"), uint32(s.drawn))
	s.drawn = 0
	return s.conn.Write(ctx, websocket.MessageBinary, told)
}

// sees reads until a text is shown, and forgets everything up to it.
func (s *screen) sees(ctx context.Context, text string) error {
	for {
		if _, rest, found := bytes.Cut(s.shown, []byte(text)); found {
			s.shown = rest
			return nil
		}
		if err := s.read(ctx); err != nil {
			return fmt.Errorf("wait for %q after %q: %w", text, s.shown[max(0, len(s.shown)-200):], err)
		}
	}
}

// echo presses a key, and returns how long its echo takes.
func (s *screen) echo(ctx context.Context, key string) (time.Duration, error) {
	begun := time.Now()
	if err := s.types(ctx, key); err != nil {
		return 0, err
	}
	err := s.sees(ctx, key)
	return time.Since(begun), err
}

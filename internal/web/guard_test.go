package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A body that does not come ends its request; one that has come gives the request all the time it needs.
func TestPromptBody(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want int
	}{"in time": {"a=1", http.StatusOK}, "never": {"a", http.StatusRequestTimeout}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if _, err := io.ReadAll(newPromptBody(w, r.Body)); err != nil {
						w.WriteHeader(http.StatusRequestTimeout)
						return
					}
					time.Sleep(2 * bodyTimeout)
					if r.Context().Err() != nil {
						w.WriteHeader(http.StatusInternalServerError)
					}
				})}
				go func() { _ = server.Serve(&single{conn: far}) }()
				go func() {
					_, _ = io.WriteString(near, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\n"+test.body)
				}()
				answer, err := http.ReadResponse(bufio.NewReader(near), nil)
				if err != nil || answer.StatusCode != test.want {
					t.Errorf("%v, %v", answer, err)
				}
				near.Close()
				server.Close()
			})
		})
	}
}

// single is a listener with one connection.
type single struct{ conn net.Conn }

func (l *single) Accept() (net.Conn, error) {
	if l.conn == nil {
		return nil, io.EOF
	}
	conn := l.conn
	l.conn = nil
	return conn, nil
}

func (l *single) Close() error   { return nil }
func (l *single) Addr() net.Addr { return &net.TCPAddr{} }

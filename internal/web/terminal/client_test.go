package terminal

import (
	"bytes"
	"context"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"endstate/internal/seat"
)

var _ seat.Client = (*Client)(nil)

// pair returns a terminal and the browser's end of its connection.
func pair(t *testing.T) (*Client, *websocket.Conn) {
	t.Helper()
	clients := make(chan *Client, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		c := New(context.WithoutCancel(r.Context()), conn, 80, 24)
		clients <- c
		<-c.Gone()
	}))
	t.Cleanup(server.Close)
	browser, _, err := websocket.Dial(t.Context(), strings.Replace(server.URL, "http", "ws", 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { browser.CloseNow() })
	browser.SetReadLimit(-1)
	return <-clients, browser
}

func send(t *testing.T, browser *websocket.Conn, kind byte, data []byte) {
	t.Helper()
	if err := browser.Write(t.Context(), websocket.MessageBinary, append([]byte{kind}, data...)); err != nil {
		t.Fatal(err)
	}
}

func within[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(10 * time.Second):
		t.Fatalf("timed out: %s", what)
		panic("unreachable")
	}
}

func TestKeysAndSizes(t *testing.T) {
	client, browser := pair(t)
	send(t, browser, 'k', []byte("ls\r"))
	if got := within(t, "keys", client.Keys()); string(got) != "ls\r" {
		t.Errorf("typed %q", got)
	}
	for size, want := range map[[2]uint16][2]int{{100, 30}: {100, 30}, {0, 60000}: {1, largest}} {
		send(t, browser, 's', binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, size[0]), size[1]))
		within(t, "a resize", client.Resizes())
		if columns, rows := client.Size(); [2]int{columns, rows} != want {
			t.Errorf("%v becomes %d × %d", size, columns, rows)
		}
	}
	if _, err := client.Write([]byte("a\xffb")); err != nil {
		t.Fatal(err)
	}
	if kind, shown, err := browser.Read(t.Context()); err != nil || kind != websocket.MessageBinary || string(shown) != "a\xffb" {
		t.Errorf("it shows %q, %v, %v", shown, kind, err)
	}
	if err := client.Tell(map[string]string{"kind": "open"}); err != nil {
		t.Fatal(err)
	}
	if kind, told, err := browser.Read(t.Context()); err != nil || kind != websocket.MessageText || string(told) != `{"kind":"open"}` {
		t.Errorf("it tells %q, %v, %v", told, kind, err)
	}
}

// A page that comes back to its shell learns what the shell has taken, whatever was on its way.
func TestTyped(t *testing.T) {
	var typed Typed
	told := func(browser *websocket.Conn) string {
		_, text, err := browser.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	client, browser := pair(t)
	leave := typed.Open(client, "a")
	if got := told(browser); got != `{"kind":"open","shell":"a"}` {
		t.Errorf("the page of a new shell is told %s", got)
	}
	send(t, browser, 'k', []byte("ls\r"))
	within(t, "keys", client.Keys())
	send(t, browser, 'k', []byte("never taken"))
	leave()
	client.Close("")
	if keys, open := <-client.Keys(); open {
		t.Errorf("%q is delivered after the end", keys)
	}
	for shell, want := range map[string]string{"a": `{"kind":"open","shell":"a","taken":3}`, "b": `{"kind":"open","shell":"b"}`} {
		client, browser := pair(t)
		defer typed.Open(client, shell)()
		if got := told(browser); got != want {
			t.Errorf("the page that comes to shell %s is told %s", shell, got)
		}
	}
	typed.shells["a"].left = time.Now().Add(-2 * seat.Wait)
	typed.Open(client, "c")
	if typed.shells["a"] != nil {
		t.Error("the keys of a shell that waits no longer are still counted")
	}
}

// A lab that prints without end waits for the browser, which still types.
func TestOutputWaitsForTheBrowser(t *testing.T) {
	client, browser := pair(t)
	part := bytes.Repeat([]byte("y\n"), 16<<10)
	written := make(chan int, 1000)
	go func() {
		for {
			n, err := client.Write(part)
			if err != nil {
				close(written)
				return
			}
			written <- n
		}
	}()
	read := 0
	for read < window {
		_, data, err := browser.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		read += len(data)
	}
	time.Sleep(50 * time.Millisecond)
	if total := len(written) * len(part); total != window {
		t.Errorf("%d bytes were written before the browser drew any, want %d", total, window)
	}
	send(t, browser, 'k', []byte("\x03"))
	if got := within(t, "a key meanwhile", client.Keys()); string(got) != "\x03" {
		t.Errorf("typed %q", got)
	}
	send(t, browser, 'a', binary.BigEndian.AppendUint32(nil, uint32(2*len(part))))
	for range 2 {
		if _, _, err := browser.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	browser.CloseNow()
	for range written { // until a write fails
	}
	if _, open := <-client.Keys(); open {
		t.Error("keys go on after the browser has gone")
	}
	if _, err := client.Write(part); err == nil {
		t.Error("a write to a browser that has gone does not fail")
	}
}

// Whatever else a browser sends ends the connection, and so does more than a terminal takes.
func TestBadMessages(t *testing.T) {
	for what, spoil := range map[string]func(*testing.T, *websocket.Conn){
		"an unknown kind": func(t *testing.T, b *websocket.Conn) { send(t, b, 'x', nil) },
		"a short size":    func(t *testing.T, b *websocket.Conn) { send(t, b, 's', []byte{1}) },
		"text": func(t *testing.T, b *websocket.Conn) {
			if err := b.Write(t.Context(), websocket.MessageText, []byte("ls")); err != nil {
				t.Fatal(err)
			}
		},
		"a large message": func(t *testing.T, b *websocket.Conn) { send(t, b, 'k', make([]byte, MaxMessage)) },
		"keys that nobody takes": func(t *testing.T, b *websocket.Conn) {
			for range maxWaitingKeys + 2 { // one is being delivered
				send(t, b, 'k', []byte("a"))
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			client, browser := pair(t)
			spoil(t, browser)
			browser.CloseRead(t.Context())
			within(t, "the end of the connection", client.Gone())
		})
	}
}

// A page that is loaded again waits until its terminal has left the shell, and so gets it back.
func TestPlaces(t *testing.T) {
	var p Places
	asked := make(chan string, 3)
	freeFirst := p.Take("a", func() { asked <- "first" })
	p.Take("b", func() { asked <- "other" })
	second := make(chan func())
	go func() { second <- p.Take("a", func() { asked <- "second" }) }()
	if who := within(t, "asking the first to leave", asked); who != "first" {
		t.Errorf("%s was asked to leave", who)
	}
	select {
	case <-second:
		t.Error("the second did not wait")
	case <-time.After(20 * time.Millisecond):
	}
	freeFirst()
	freeSecond := within(t, "the second", second)
	freeSecond()
	p.Take("a", nil)() // nobody is there
	if len(p.held) != 1 {
		t.Errorf("%d places are held, want 1", len(p.held))
	}
}

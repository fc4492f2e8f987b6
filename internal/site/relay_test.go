package site

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"endstate/labs"
)

// onMachine executes commands on this machine, as an engine does in a host.
type onMachine struct{ labs.Engine }

func (onMachine) Execute(_ context.Context, _ labs.Host, command labs.Command) (labs.Process, error) {
	c := exec.Command(command.Args[0], command.Args[1:]...)
	p := &localProcess{command: c}
	var err error
	if p.in, err = c.StdinPipe(); err != nil {
		return nil, err
	}
	if p.out, err = c.StdoutPipe(); err != nil {
		return nil, err
	}
	c.Stderr = &p.errors
	return p, c.Start()
}

type localProcess struct {
	labs.Process
	command *exec.Cmd
	in      io.WriteCloser
	out     io.ReadCloser
	errors  bytes.Buffer
}

func (p *localProcess) Stdin() io.WriteCloser { return p.in }
func (p *localProcess) Stdout() io.Reader     { return p.out }

// Stderr waits for the process to end, because only then is it safe to read.
func (p *localProcess) Stderr() string             { _ = p.command.Wait(); return p.errors.String() }
func (p *localProcess) Close() error               { return p.in.Close() }
func (p *localProcess) Kill(context.Context) error { return p.in.Close() }

// serve answers every connection to a port of this machine.
func serve(t *testing.T, answer func(net.Conn)) (port int) {
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
			go func() { defer conn.Close(); answer(conn) }()
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

func echo(conn net.Conn) { _, _ = io.Copy(conn, conn) }

func relayHere(t *testing.T) *relay {
	t.Helper()
	r, err := newRelay(t.Context(), onMachine{}, labs.Host{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	return r
}

func dialed(t *testing.T, r *relay, port int) net.Conn {
	t.Helper()
	conn, err := r.dial(t.Context(), port, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestRelayCarriesConnectionsSideBySide(t *testing.T) {
	r, port := relayHere(t), serve(t, echo)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			conn, err := r.dial(t.Context(), port, 0, "")
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			sent := make([]byte, 3<<20)
			_, _ = rand.Read(sent)
			go func() { _, _ = conn.Write(sent) }()
			got := make([]byte, len(sent))
			if _, err := io.ReadFull(conn, got); err != nil || !bytes.Equal(got, sent) {
				t.Errorf("what came back is not what was sent: %v", err)
			}
		})
	}
	all.Wait()
}

func TestRelayTellsTheEndOfAConnection(t *testing.T) {
	r := relayHere(t)
	last := strings.Repeat("the last words ", 10_000)
	conn := dialed(t, r, serve(t, func(conn net.Conn) { _, _ = io.WriteString(conn, last) }))
	got, err := io.ReadAll(conn)
	if err != nil || string(got) != last {
		t.Errorf("got %d of %d bytes: %v", len(got), len(last), err)
	}
	met := make(chan error, 1)
	ended := dialed(t, r, serve(t, func(conn net.Conn) { _, err := conn.Read(make([]byte, 1)); met <- err }))
	if err := ended.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-met:
		if !errors.Is(err, io.EOF) {
			t.Errorf("the server gets %v, want EOF", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the server never learns that the connection was closed")
	}
	if len(r.conns) > 1 {
		t.Errorf("the relay still holds %d connections", len(r.conns))
	}
}

func TestRelayIsRefused(t *testing.T) {
	r := relayHere(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close()
	if _, err := r.dial(t.Context(), port, 0, ""); !errors.Is(err, errRefused) {
		t.Errorf("dialing a port on which nothing listens: %v", err)
	}
	// The relay waits for a server that starts to listen only after a while.
	address := listener.Addr().String()
	go func() {
		time.Sleep(100 * time.Millisecond)
		if late, err := net.Listen("tcp", address); err == nil {
			t.Cleanup(func() { _ = late.Close() })
			if conn, err := late.Accept(); err == nil {
				echo(conn)
			}
		}
	}()
	conn, err := r.dial(t.Context(), port, startingTries, "")
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}

func TestRelayThatIsNotReadHoldsNobodyUpOnceItIsClosed(t *testing.T) {
	r := relayHere(t)
	flood := serve(t, func(conn net.Conn) {
		for {
			if _, err := conn.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	})
	_ = dialed(t, r, flood).Close()
	unread := dialed(t, r, flood)
	time.AfterFunc(200*time.Millisecond, func() { _ = unread.Close() })
	conn := dialed(t, r, serve(t, echo))
	if _, err := io.WriteString(conn, "here"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 4)
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != "here" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestRelayEndsWithItsHost(t *testing.T) {
	r, port := relayHere(t), serve(t, echo)
	conn := dialed(t, r, port)
	if err := r.process.(*localProcess).command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("read %d bytes, %v", n, err)
	}
	if _, err := r.dial(t.Context(), port, 0, ""); err == nil || errors.Is(err, errRefused) || !r.dead() {
		t.Errorf("dialing through a relay that has ended: %v", err)
	}
}

func TestRelayIsLeftWhenTimeIsUp(t *testing.T) {
	r := relayHere(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	// There is no server, so the relay keeps trying.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close()
	if _, err := r.dial(ctx, port, 1_000_000, ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the deadline exceeded", err)
	}
	if conn := dialed(t, r, serve(t, echo)); conn == nil {
		t.Error("other connections fail")
	}
}

func TestOutputThatIsNotARelaysIsRejected(t *testing.T) {
	for name, said := range map[string]string{
		"text": "OCI runtime exec failed: no such file", "a frame without end": "\x00\x00\x00\x01d\xff\xff\xff\xff", "nothing": "",
	} {
		r := &relay{process: &spoken{said: said}, conns: map[uint32]*relayConn{}}
		go r.read()
		if _, err := r.dial(t.Context(), 1, 0, ""); err == nil || !strings.Contains(err.Error(), "the relay ended") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type spoken struct {
	localProcess
	said string
}

func (s *spoken) Stdin() io.WriteCloser { return nowhere{} }
func (s *spoken) Stdout() io.Reader     { return strings.NewReader(s.said) }
func (s *spoken) Stderr() string        { return "" }

type nowhere struct{}

func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) Close() error                { return nil }

package reach

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/docker/cli/cli/connhelper"
	"github.com/docker/cli/cli/connhelper/ssh"
	"github.com/docker/docker/client"
)

// Each connection to an engine over SSH is an ssh command of its own, which runs `docker system
// dial-stdio` on the other machine. So keep those that wait for the next call.
const (
	idleConnections = 16
	idleTime        = time.Minute
	// OpenSSH's server drops connections at random while more than ten are logging in.
	handshakes    = 8
	handshakeTime = 3 * time.Second // after that, it is the engine's answer that takes long

	answer = "HTTP/" // what every answer begins with
)

// sshFlags are what is asked of the ssh command beyond the person's own configuration: not to ask
// for passwords, which nobody would see, and to notice within half a minute that the connection
// has broken.
var sshFlags = []string{"-o", "BatchMode=yes", "-o", "ConnectTimeout=8", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"}

// overSSH returns the options of a client that connects to an engine over SSH.
func overSSH(address string) ([]client.Opt, error) {
	to, err := ssh.ParseURL(address)
	if err != nil {
		return nil, err
	}
	helper, err := connhelper.GetConnectionHelperWithSSHOpts(address, sshFlags)
	if err != nil {
		return nil, err
	}
	slots := make(chan struct{}, handshakes)
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		done := sync.OnceFunc(func() { <-slots })
		command, err := helper.Dialer(ctx, network, addr)
		if err != nil {
			done()
			return nil, explain(to, err)
		}
		time.AfterFunc(handshakeTime, done)
		return &conn{halfConn: command.(halfConn), to: to, answered: done}, nil
	}
	transport := &http.Transport{MaxIdleConns: idleConnections, MaxIdleConnsPerHost: idleConnections, IdleConnTimeout: idleTime}
	return []client.Opt{
		client.WithHTTPClient(&http.Client{Transport: transport}),
		client.WithHost(helper.Host),
		client.WithDialContext(dial),
		func(*client.Client) error { transport.Proxy = nil; return nil }, // there is no such host
		client.WithVersionFromEnv(),
	}, nil
}

// halfConn is a connection whose directions can be closed one by one.
type halfConn interface {
	net.Conn
	CloseRead() error
	CloseWrite() error
}

// conn is a connection over SSH, whose errors say what has happened.
type conn struct {
	halfConn
	to       *ssh.Spec
	answered func()
	read     atomic.Bool // the beginning of an answer
	closed   atomic.Bool // from here
}

// Read reads what the engine sends. Before that, the shell on the other machine may print
// something, which would be taken for the engine's answer.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.halfConn.Read(p)
	c.answered()
	if n > 0 && !c.read.Load() {
		if said := string(p[:n]); !strings.HasPrefix(said, answer[:min(n, len(answer))]) {
			return 0, noisy.problem(c.to, lastLine(said))
		}
		c.read.Store(true)
	}
	if err != nil && err != io.EOF {
		err = explain(c.to, err)
	}
	return n, err
}

// Write writes to the engine. If the command has ended, only who reads its answer learns why.
func (c *conn) Write(p []byte) (int, error) {
	n, err := c.halfConn.Write(p)
	switch ended := errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed); {
	case !ended || c.closed.Load():
		return n, err
	case c.read.Load():
		return n, broke.problem(c.to, err.Error())
	}
	return len(p), nil
}

func (c *conn) Close() error {
	c.closed.Store(true)
	c.answered()
	return c.halfConn.Close()
}

// CloseWrite ends what is written. Writing after that is a mistake of the caller.
func (c *conn) CloseWrite() error {
	c.closed.Store(true)
	return c.halfConn.CloseWrite()
}

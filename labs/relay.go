package labs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// relayScript joins its input and output to a port of the host it runs in, for
// which it waits as often as its second argument says. It needs bash and cat alone, so
// it runs in the databases' official images too. It says "." once it is connected, and
// ends as soon as either side does. It sleeps by waiting for a pipe that stays empty: a
// process for each wait would take time from the server that it waits for. The one that
// makes the pipe is waited for, so that it is not taken for an end of a side.
const relayScript = `exec 4<&0 5<> <(:)
wait $!
for ((left = $1; left > 0; left--)); do
  { exec 3<>"/dev/tcp/127.0.0.1/$0"; } 2>/dev/null && break
  read -rt 0.02 <&5
done
((left > 0)) || exec 3<>"/dev/tcp/127.0.0.1/$0" || exit 1
printf .
cat <&3 3>&- 4<&- & r=$!
cat <&4 >&3 4<&- & w=$!
exec 3>&- 4<&-
wait -n $r $w
kill $r $w 2>/dev/null`

// errRefused says that nothing listens on the port.
var errRefused = errors.New("connection refused")

// How often a relay tries to connect to a server that is starting: for some seconds.
// To wait inside the host costs far less than to come again.
const startingTries = 150

// dial connects to a port of a host through a relay inside it, which tries that
// often more than once.
func dial(ctx context.Context, engine Engine, host Host, port, tries int) (net.Conn, error) {
	process, err := engine.Execute(ctx, host, Command{
		Args: []string{"bash", "-c", relayScript, strconv.Itoa(port), strconv.Itoa(tries)},
	})
	if err != nil {
		return nil, fmt.Errorf("dial %s:%d: %w", host.Name, port, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = process.Close() })
	var hello [1]byte
	_, err = io.ReadFull(process.Stdout(), hello[:])
	if !stop() {
		return nil, fmt.Errorf("dial %s:%d: %w", host.Name, port, context.Cause(ctx))
	}
	if err != nil {
		_ = process.Close()
		if strings.Contains(process.Stderr(), "refused") {
			err = errRefused
		}
		return nil, fmt.Errorf("dial %s:%d: %w: %s", host.Name, port, err, process.Stderr())
	}
	return newRelayConn(process), nil
}

// relayConn is a connection over a process's input and output. The pipe gives it
// deadlines, which the streams of a process do not have.
type relayConn struct {
	net.Conn
	process Process
}

func newRelayConn(process Process) net.Conn {
	near, far := net.Pipe()
	go func() {
		_, _ = io.Copy(process.Stdin(), far)
		_ = process.Close()
		_ = far.Close()
	}()
	go func() {
		_, _ = io.Copy(far, process.Stdout())
		_ = far.Close()
	}()
	return &relayConn{Conn: near, process: process}
}

// Close ends the relay in the host too.
func (c *relayConn) Close() error {
	err := c.Conn.Close()
	return errors.Join(err, c.process.Close())
}

// Poll calls ready until it answers nil, its context ends, or it answers an error
// for which permanent is true.
func Poll(ctx context.Context, every time.Duration, permanent func(error) bool, ready func(context.Context) error) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var last error
	for {
		select {
		case <-ctx.Done():
			if last == nil {
				last = context.Cause(ctx)
			}
			return last
		case <-timer.C:
		}
		if last = ready(ctx); last == nil || permanent(last) {
			return last
		}
		timer.Reset(every)
	}
}

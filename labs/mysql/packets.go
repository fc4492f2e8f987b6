package mysql

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"

	"endstate/labs"
	"endstate/labs/kit"
)

// maxRow is what a row may come to, in bytes. A larger one comes in several packets.
const maxRow = 1<<24 - 1

// errLargeRow ends a connection over which a row comes that is too large.
var errLargeRow = errors.New("a row is too large")

// packets is a connection that ends where a row is larger than may be, before it is read:
// the driver would put the whole of it together in memory.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
type packets struct {
	net.Conn
	met  *atomic.Bool // such a row was met
	head []byte       // of the packet that comes next
	left int          // bytes of the packet that have not come yet
}

// packetHead is the size of a packet's header: its length, and its number.
const packetHead = 4

func (p *packets) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	for rest := b[:n]; len(rest) > 0; {
		if p.left > 0 {
			come := min(p.left, len(rest))
			p.left, rest = p.left-come, rest[come:]
			continue
		}
		p.head, rest = append(p.head, rest[0]), rest[1:]
		if len(p.head) < packetHead {
			continue
		}
		p.left, p.head = int(p.head[0])|int(p.head[1])<<8|int(p.head[2])<<16, p.head[:0]
		if p.left >= maxRow {
			p.met.Store(true)
			return 0, errLargeRow
		}
	}
	return n, err
}

// largeRow tells whether a row was met that is too large, on any connection of the round
// to a host.
func largeRow(site kit.Site, host labs.Host) (*atomic.Bool, error) {
	return kit.Once(site, "mysql large row "+host.ID, func() (*atomic.Bool, error) { return new(atomic.Bool), nil })
}

// explainRow tells why a connection broke off, if that was for a row that is too large.
func explainRow(site kit.Site, host labs.Host, err error) error {
	met, failed := largeRow(site, host)
	if failed != nil || !brokenOff(err) || !met.Load() {
		return err
	}
	return &kit.Obstacle{
		Message: fmt.Sprintf("What was asked of `%s` can't be read: one of its rows is larger than %d MiB.", host.Name, (maxRow+1)>>20), Finding: true, Err: err,
	}
}

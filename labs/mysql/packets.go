package mysql

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"

	"endstate/labs"
	"endstate/labs/kit"
)

// maxRow limits a row, in bytes. A larger row comes in several packets.
const maxRow = 1<<24 - 1

// errLargeRow ends a connection over which too large a row comes.
var errLargeRow = errors.New("a row is too large")

// packets is a connection that ends before it reads a row that is too large, because the
// driver would assemble the whole row in memory.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
type packets struct {
	net.Conn
	met  *atomic.Bool // a row was too large
	head []byte       // sequence number of the next packet
	left int          // bytes of the packet still to come
}

// packetHead is the size of a packet's header: its length and sequence number.
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

// largeRow reports whether any of the round's connections to a host met a row that is too
// large.
func largeRow(site kit.Site, host labs.Host) (*atomic.Bool, error) {
	return kit.Once(site, "mysql large row "+host.ID, func() (*atomic.Bool, error) { return new(atomic.Bool), nil })
}

// explainRow returns an obstacle if a connection ended because of a row that is too large.
func explainRow(site kit.Site, host labs.Host, err error) error {
	met, failed := largeRow(site, host)
	if failed != nil || !brokenOff(err) || !met.Load() {
		return err
	}
	return &kit.Obstacle{
		Message: fmt.Sprintf("What was asked of `%s` can't be read: one of its rows is larger than %d MiB.", host.Name, (maxRow+1)>>20), Finding: true, Err: err,
	}
}

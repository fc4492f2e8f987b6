package mysql

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"testing/iotest"
)

// from is a connection that delivers given data.
type from struct {
	net.Conn
	io.Reader
}

func (f from) Read(b []byte) (int, error) { return f.Reader.Read(b) }

func packet(number byte, size int) []byte {
	return append([]byte{byte(size), byte(size >> 8), byte(size >> 16), number}, make([]byte, size)...)
}

// Packets pass unchanged however they are split, until one is too large.
func TestPackets(t *testing.T) {
	small := bytes.Join([][]byte{packet(0, 10), packet(1, 0), packet(2, 70_000)}, nil)
	for name, cut := range map[string]func(io.Reader) io.Reader{
		"whole": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "in halves": iotest.HalfReader,
	} {
		p := &packets{Conn: from{Reader: cut(bytes.NewReader(small))}, met: new(atomic.Bool)}
		got, err := io.ReadAll(p)
		if err != nil || !bytes.Equal(got, small) || p.met.Load() {
			t.Errorf("%s: %d of %d bytes, %v", name, len(got), len(small), err)
		}
		large := append(bytes.Clone(small), packet(3, maxRow)...)
		p = &packets{Conn: from{Reader: cut(bytes.NewReader(large))}, met: new(atomic.Bool)}
		got, err = io.ReadAll(p)
		if !errors.Is(err, errLargeRow) || len(got) > len(small)+packetHead || !p.met.Load() {
			t.Errorf("%s, with a large row: %d bytes, %v", name, len(got), err)
		}
	}
}

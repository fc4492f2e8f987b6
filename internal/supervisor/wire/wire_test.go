package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"endstate/internal/supervisor/wire"
	"endstate/labs"
)

func TestFrames(t *testing.T) {
	var stream bytes.Buffer
	conn := wire.NewConn(&stream, &stream)
	asked := wire.Request{Execute: &labs.Command{Args: []string{"bash", "-c", "echo"}, User: labs.UserName, Environment: map[string]string{"A": "b c"}, Terminal: true, Columns: 80, Rows: 24}}
	if err := errors.Join(conn.SendJSON(wire.Begin, asked), conn.Send(wire.Beat, nil), conn.SendTaken(70_000)); err != nil {
		t.Fatal(err)
	}
	kind, data, err := conn.Receive()
	var got wire.Request
	if err = errors.Join(err, json.Unmarshal(data, &got)); err != nil || kind != wire.Begin {
		t.Fatalf("kind %q, %v", kind, err)
	}
	if got.Execute == nil || got.Execute.Args[2] != "echo" || got.Execute.Environment["A"] != "b c" || got.Execute.Rows != 24 || got.Vitals {
		t.Errorf("got %+v", got)
	}
	if kind, data, err := conn.Receive(); kind != wire.Beat || len(data) != 0 || err != nil {
		t.Errorf("kind %q, %d bytes, %v", kind, len(data), err)
	}
	if kind, data, err := conn.Receive(); kind != wire.Taken || wire.Count(data) != 70_000 || err != nil {
		t.Errorf("kind %q, count %d, %v", kind, wire.Count(data), err)
	}
	if _, _, err := conn.Receive(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func TestLongOutputIsCut(t *testing.T) {
	var stream bytes.Buffer
	conn := wire.NewConn(&stream, &stream)
	all := bytes.Repeat([]byte("abcdefg"), 20_000)
	if n, err := (wire.Stream{Conn: conn, Kind: wire.Output}).Write(all); n != len(all) || err != nil {
		t.Fatal(n, err)
	}
	var got []byte
	for len(got) < len(all) {
		kind, data, err := conn.Receive()
		if err != nil || kind != wire.Output || len(data) > wire.MaxData {
			t.Fatalf("kind %q, %d bytes, %v", kind, len(data), err)
		}
		got = append(got, data...)
	}
	if !bytes.Equal(got, all) {
		t.Error("the bytes differ")
	}
}

func TestHostileLength(t *testing.T) {
	if _, _, err := wire.NewConn(bytes.NewReader([]byte{byte(wire.Output), 0xff, 0xff, 0xff, 0xff}), io.Discard).Receive(); err == nil {
		t.Error("a frame of 4 GiB is accepted")
	}
}

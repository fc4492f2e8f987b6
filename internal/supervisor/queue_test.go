package supervisor

import (
	"bytes"
	"testing"
	"time"
)

func TestQueue(t *testing.T) {
	var q queue
	var want []byte
	go func() {
		for i := range 200 {
			q.add([]byte{byte(i)})
			if i%50 == 0 {
				time.Sleep(time.Millisecond) // so that the reader waits now and then
			}
		}
		q.end()
	}()
	for i := range 200 {
		want = append(want, byte(i))
	}
	var got []byte
	for {
		data, open := q.take()
		if !open {
			break
		}
		got = append(got, data...)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("took %v", got)
	}
	if data, open := q.take(); open || len(data) > 0 {
		t.Errorf("after the end: %v, %v", data, open)
	}
}

//go:build linux

package serve

import (
	"net"
	"path/filepath"
	"testing"
	"time"
)

// Systemd is told once, at a socket with a path or at an abstract one.
func TestTellsSystemd(t *testing.T) {
	for _, address := range []string{filepath.Join(t.TempDir(), "notify"), "@endstate-test-" + filepath.Base(t.TempDir())} {
		listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: address, Net: "unixgram"})
		if err != nil {
			t.Fatal(err)
		}
		tellSystemd(address)
		said := make([]byte, 100)
		if err := listener.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := listener.Read(said)
		if err != nil || string(said[:n]) != "READY=1" {
			t.Errorf("%s is told %q, %v", address, said[:n], err)
		}
		listener.Close()
	}
	tellSystemd("") // nobody to tell
}

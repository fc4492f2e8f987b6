//go:build linux

package supervisor

import (
	"errors"
	"net"
	"os"
	"time"
)

// ErrOpen means that a host can reach what its walls should keep it from.
var ErrOpen = errors.New("the cluster's API server is still within reach: nothing enforces the network policy")

const (
	gateTimeout = 30 * time.Second
	gateDial    = 500 * time.Millisecond
	gateRefused = 3 // times in a row: a network that has just come up may refuse once
	gatePause   = 50 * time.Millisecond
)

// Gate waits until the host can't reach the cluster's API server any more: network policies hold
// only a moment after a host has got its network.
func Gate() error {
	address := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	refused := 0
	for begun := time.Now(); time.Since(begun) < gateTimeout; time.Sleep(gatePause) {
		conn, err := net.DialTimeout("tcp", address, gateDial)
		if err == nil {
			_ = conn.Close()
			refused = 0
			continue
		}
		if refused++; refused == gateRefused {
			return nil
		}
	}
	return ErrOpen
}

package serve

import (
	"net"
	"strings"
)

// tellSystemd tells systemd that the server can be reached, at the socket that it gives to services of
// Type=notify; empty: it gives none. If that fails, systemd says so when it has waited in vain.
func tellSystemd(socket string) {
	if socket == "" {
		return
	}
	if abstract, is := strings.CutPrefix(socket, "@"); is {
		socket = "\x00" + abstract
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = conn.Write([]byte("READY=1"))
}

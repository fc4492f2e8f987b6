// Package tls is the family of TLS: a probe that makes handshakes with Go's crypto/tls.
package tls

import "endstate/labs/kit"

// Family returns the family of TLS. Its servers run in images of other families.
func Family() kit.Family {
	return kit.Family{Name: "tls", Probes: []kit.Probe{{Name: "tls", New: func() kit.Look { return &Look{} }}}}
}

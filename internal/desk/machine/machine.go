// Package machine is the desk's room for the machine that labs run on: the images and snapshots on
// it, and whether it has everything that labs need.
package machine

import "endstate/internal/desk"

// Desk is what people can do about the machine.
type Desk struct {
	base  *desk.Desk
	parts desk.Parts
}

// New returns the room of a desk.
func New(d *desk.Desk) *Desk { return &Desk{base: d, parts: d.Parts()} }

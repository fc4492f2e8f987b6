//go:build !unix

package tty

// Mute does nothing: this system has no settings for the echo of a terminal.
func (t Terminal) Mute() (unmute func()) { return func() {} }

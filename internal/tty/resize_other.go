//go:build !unix

package tty

// onResize never calls f: this system has no signal for a new size.
func onResize(f func()) (stop func()) { return func() {} }

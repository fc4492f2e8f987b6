//go:build !unix

package main

import "errors"

// detach is not known here: the next command does what the process would have done.
func detach(...string) error { return errors.New("no process of its own can be started here") }

//go:build !linux

package docker

// seccompProfile is empty, as Docker's own profile can only be had on Linux: labs have the
// engine's.
func seccompProfile() (string, error) { return "", nil }

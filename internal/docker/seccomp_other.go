//go:build !linux

package docker

// seccompProfile is empty, because Docker's profile is available only on Linux. Labs use
// the engine's own.
func seccompProfile() (string, error) { return "", nil }

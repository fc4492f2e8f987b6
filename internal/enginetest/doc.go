// Package enginetest gives tests a runner on a real engine, and makes sure that a test leaves
// nothing behind there.
package enginetest

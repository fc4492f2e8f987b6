// Package enginetest gives tests a runner on a real engine, and sees to it that a
// test leaves nothing behind there.
package enginetest

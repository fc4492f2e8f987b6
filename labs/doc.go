// Package labs defines the types that all of Endstate shares: scenarios, variants, labs,
// checks, verdicts and reports, and the interfaces of engines, snapshots and images.
//
// Data flows one way:
//
//	scenario → variant → lab → observation → verdict → report
//
// Package internal/stage starts labs, and internal/grading grades them. Package labs/kit is
// the API for authors of a family. This package imports only the standard library.
package labs

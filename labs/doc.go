// Package labs holds the nouns of Endstate and its seams: what a scenario, a variant, a lab,
// a check, a verdict and a report are, and what an engine, a cache of snapshots and a store
// of images do.
//
// Data flows one way:
//
//	scenario → variant → lab → observation → verdict → report
//
// Labs come about in internal/stage and are graded in internal/grading. What the author of a
// family calls is in labs/kit. This package imports the standard library alone.
package labs

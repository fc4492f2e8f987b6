// Package labs is the domain of Endstate: what a scenario, a variant, a lab, a
// check and a verdict are, and how a lab is started, broken, graded and removed.
//
// Data flows one way:
//
//	scenario → variant → lab → observation → verdict → report
//
// The package knows no driver, no file format and no container engine. It meets
// the world through two seams: [Engine] runs hosts, and a [Look], made by a
// [Probe], observes them. A [Family] brings one topic's images and probes.
package labs

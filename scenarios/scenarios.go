// Package scenarios holds the scenarios that come with Endstate, one folder each.
package scenarios

import "embed"

// Files are the scenario folders.
//
//go:embed all:*
var Files embed.FS

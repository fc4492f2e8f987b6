package kubernetes

import (
	"endstate/internal/images"
	"endstate/labs"
)

var (
	_ labs.Engine    = (*Engine)(nil)
	_ labs.Snapshots = Snapshots{}
	_ images.Store   = Images{}
)

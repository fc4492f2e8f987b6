package docker

import (
	"endstate/internal/images"
	"endstate/labs"
)

var (
	_ labs.Engine  = (*Engine)(nil)
	_ images.Store = Images{}
)

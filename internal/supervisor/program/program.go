// Package program has the supervisor of hosts as a program for Linux, which make build puts into
// dist.
package program

import (
	"embed"
	"errors"
	"io/fs"

	"endstate/labs"
)

//go:embed dist
var built embed.FS

// Read returns the supervisor. It returns a *labs.Problem if this program was built without it.
func Read() ([]byte, error) {
	data, err := built.ReadFile("dist/supervisor")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &labs.Problem{
			Code: labs.CodeEngine, What: "This program was built without the supervisor of hosts, which a cluster needs", Advice: "Build it with: make build",
		}
	}
	return data, err
}

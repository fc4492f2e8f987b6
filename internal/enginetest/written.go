//go:build engine

package enginetest

import (
	"io/fs"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"endstate/internal/scenario"
	"endstate/labs"
	"endstate/labs/all"
)

// Written returns a variant, at a seed of its own, of a scenario that the test provides as
// an archive of its files.
func (r *Runner) Written(archive string) *labs.Variant {
	r.t.Helper()
	folder := fstest.MapFS{}
	for _, file := range txtar.Parse([]byte(archive)).Files {
		folder["written/"+file.Name] = &fstest.MapFile{Data: file.Data, Mode: fs.FileMode(0o644)}
	}
	v, err := scenario.New(all.Probes(), nil, scenario.Root{Files: folder}).Variant("written", r.NewSeed())
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

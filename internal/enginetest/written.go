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

// What every scenario needs, whatever the test is about. The head goes before the test's
// scenario.yaml; the test's files replace those of the frame.
const (
	head = `title: Written by a test
question: What holds?
topic: written
level: 1
minutes: 1
proofs:
  - {name: solution, script: solution.sh}
`
	frame = `
-- solution.sh --
true
-- task.md --
None.
-- debrief.md --
None.
`
)

// Written returns a variant, at a seed of its own, of a scenario that the test provides as
// an archive of its files, without what every scenario needs.
func (r *Runner) Written(archive string) *labs.Variant {
	r.t.Helper()
	return r.written(txtar.Parse([]byte(archive)).Files)
}

func (r *Runner) written(files []txtar.File) *labs.Variant {
	r.t.Helper()
	folder := fstest.MapFS{}
	for _, file := range append(txtar.Parse([]byte(frame)).Files, files...) {
		if file.Name == "scenario.yaml" {
			file.Data = append([]byte(head), file.Data...)
		}
		folder["written/"+file.Name] = &fstest.MapFile{Data: file.Data, Mode: fs.FileMode(0o644)}
	}
	v, err := scenario.New(all.Probes(), nil, scenario.Root{Files: folder}).Variant("written", r.NewSeed())
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

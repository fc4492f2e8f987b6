//go:build engine

package docker_test

import (
	"testing"

	"endstate/internal/enginetest"
)

func TestContractOfEngines(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	images, err := r.Library.Ensure(t.Context(), []string{"git"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	enginetest.EngineContract(t, enginetest.Subject{Engine: r.Engine, Snapshots: r.Snapshots, Image: images["git"].Ref, Owner: r.Owner, User: "root", Folder: "/srv", InPlace: true})
}

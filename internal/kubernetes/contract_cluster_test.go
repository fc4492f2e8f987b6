//go:build engine && cluster

package kubernetes_test

import (
	"os"
	"testing"

	"endstate/internal/enginetest"
	"endstate/internal/images/registry"
	"endstate/internal/kubernetes"
	"endstate/labs"
)

func TestContractOfEngines(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	images, err := r.Library.Ensure(t.Context(), []string{"git"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	address := os.Getenv("ENDSTATE_REGISTRY")
	to, err := registry.New(address, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Library.Push(t.Context(), to, nil); err != nil {
		t.Fatal(err)
	}
	engine, err := kubernetes.Open(t.Context(), kubernetes.Options{Registry: address, Version: "test", State: map[string][]string{"git": {labs.LearnerHome}}})
	if err != nil {
		t.Fatal(err)
	}
	enginetest.EngineContract(t, enginetest.Subject{Engine: engine, Snapshots: engine.Snapshots(), Image: images["git"].Ref, Owner: r.Owner, User: labs.UserName, Folder: labs.LearnerHome})
}

package docker

import (
	"testing"

	"endstate/labs"
)

// Every container runs with the runtime that the engine was opened with: hosts, and the helpers in them.
func TestRuntime(t *testing.T) {
	e := &Engine{runtime: "runsc"}
	e.storage.Do(func() {}) // whether storage can be limited needs an engine
	for what, host := range map[string]labs.HostPlan{"a host": {Name: "db"}, "a helper": {Name: "helper", Within: "db", Trusted: true}} {
		config, err := e.hostConfig(t.Context(), labs.Plan{}, host, labNetwork{})
		if err != nil || config.Runtime != "runsc" {
			t.Errorf("%s gets %+v, %v", what, config, err)
		}
	}
}

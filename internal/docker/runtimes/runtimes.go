// Package runtimes makes sure that an engine has the runtime that labs are to be run with.
package runtimes

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/docker/docker/api/types/system"

	"endstate/labs"
)

// Engine says what it has.
type Engine interface {
	Info(ctx context.Context) (system.Info, error)
}

// Check returns a *labs.Problem if the engine has no runtime of a name. Empty is the engine's own choice,
// which it always has.
func Check(ctx context.Context, engine Engine, name string) error {
	if name == "" {
		return nil
	}
	info, err := engine.Info(ctx)
	if err != nil {
		return &labs.Problem{Code: labs.CodeEngine, What: "The engine does not say which runtimes it has", Err: err}
	}
	if _, has := info.Runtimes[name]; has {
		return nil
	}
	return &labs.Problem{
		Code: labs.CodeEngine, What: "The engine has no runtime " + name + ", which ENDSTATE_RUNTIME names",
		Advice: "It has: " + strings.Join(slices.Sorted(maps.Keys(info.Runtimes)), ", ") + ". Others are set up in its daemon.json.",
	}
}

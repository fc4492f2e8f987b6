package runtimes

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/system"

	"endstate/labs"
)

// engine has two runtimes, or does not answer.
type engine struct{ silent bool }

func (e engine) Info(context.Context) (system.Info, error) {
	if e.silent {
		return system.Info{}, errors.New("silence")
	}
	return system.Info{Runtimes: map[string]system.RuntimeWithStatus{"runsc": {}, "runc": {}}}, nil
}

func TestCheck(t *testing.T) {
	for name, want := range map[string]string{"": "", "runc": "", "runsc": "", "kata": "no runtime kata"} {
		err := Check(t.Context(), engine{}, name)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", name, err)
		}
		var problem *labs.Problem
		if errors.As(err, &problem) && !strings.Contains(problem.Advice, "It has: runc, runsc.") {
			t.Errorf("the advice is %q", problem.Advice)
		}
	}
	if err := Check(t.Context(), engine{silent: true}, "runc"); err == nil {
		t.Error("an engine that does not answer has every runtime")
	}
	if err := Check(t.Context(), engine{silent: true}, ""); err != nil {
		t.Errorf("an engine is asked about its own choice: %v", err)
	}
}

//go:build engine

package stage_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// A scenario whose setup and fault fail as SETUP and FAULT say.
const wrong = `
-- scenario.yaml --
hosts:
  db: {image: mysql}
  workspace: {image: mysql-client}
checks:
  - {id: up, title: The server answers, points: 100, mysql: SELECT 1 AS one, expect: rows.size() == 1}
-- setup/workspace.sh --
SETUP
-- fault/db.sh --
FAULT
`

func TestStartThatFailsTellsWhyAndLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, setup, fault, what, do string }{
		{"setup fails", "echo the disk is on fire; exit 3", "true", "The setup of written failed on host `workspace` at seed %d: setup/workspace.sh: exit status 3: the disk is on fire", ""},
		{"fault fails", "true", "echo no such thing >&2; false", "The fault of written failed on host `db` at seed %d: fault/db.sh: line 1 as rendered: echo no such thing >&2; false\nexit status 1: no such thing", ""},
		{"a host dies at start", "true", "sed -i '/mysqld]/a no-such-option = 1' /etc/mysql/my.cnf", "The host `db` does not answer", "no-such-option"},
		{"a host dies in setup", "echo", "kill -KILL $(pidof mysqld)", "The fault of written failed on host `db` at seed %d", ""},
		{"a host never answers", "true", "sed -i '/mysqld]/a port = 3307' /etc/mysql/my.cnf", "The host `db` does not answer", "ready for connections"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := r.Written(strings.NewReplacer("SETUP", test.setup, "FAULT", test.fault).Replace(wrong))
			_, err := r.Start(t.Context(), v, r.Owner, time.Hour, nil)
			var problem *labs.Problem
			if !errors.As(err, &problem) || !strings.HasPrefix(problem.Error(), strings.Replace(test.what, "%d", fmt.Sprint(v.Seed), 1)) || !strings.Contains(problem.Advice, test.do) {
				t.Errorf("the start fails with %v\n%+v", err, problem)
			}
			if left := r.Left(t.Context()); len(left) > 0 {
				t.Errorf("the start leaves %v behind", left)
			}
		})
	}
}

func TestStartInterruptedLeavesNothing(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MySQL, r.NewSeed())
	// How long an uninterrupted start takes, from setup to ready.
	begun := time.Now()
	lab := r.Lab(v)
	whole := time.Since(begun)
	if err := r.Engine.Remove(t.Context(), lab); err != nil {
		t.Fatal(err)
	}
	for range 8 {
		v := r.Variant(enginetest.MySQL, r.NewSeed())
		moment := rand.N(whole)
		ctx, cancel := context.WithTimeoutCause(t.Context(), moment, errMoment)
		lab, err := r.Start(ctx, v, r.Owner, time.Hour, nil)
		cancel()
		if err == nil {
			t.Logf("seed %d was done before %v", v.Seed, moment)
			if err := r.Engine.Remove(t.Context(), lab); err != nil {
				t.Fatal(err)
			}
		} else if !errors.Is(err, errMoment) && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("interrupted after %v, the start fails with %v", moment, err)
		}
		if left := r.Left(t.Context()); len(left) > 0 {
			t.Errorf("interrupted after %v, the start leaves %v behind", moment, left)
		}
	}
	r.Lab(v)
}

var errMoment = errors.New("interrupted")

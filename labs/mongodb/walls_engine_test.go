//go:build engine

package mongodb_test

import (
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

func TestMillionDocumentsDoNotHangTheCheck(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MongoDB, enginetest.Seed)
	lab := r.Lab(v)
	r.Solve(lab, v)
	status, out := r.Learner(lab, `mongosh --quiet --eval '
		for (let i = 0; i < 40; i++) {
			const batch = [];
			for (let j = 0; j < 25000; j++) batch.push({number: i * 25000 + j, total: j});
			db.orders.insertMany(batch, {ordered: false});
		}
		print(db.orders.countDocuments())'`)
	if status != 0 || !strings.HasPrefix(out, "1000") {
		t.Fatalf("inserting ended with %d: %s", status, out)
	}
	begun := time.Now()
	report := r.Grade(lab, v)
	if took := time.Since(begun); took > 40*time.Second {
		t.Errorf("the check took %v", took)
	}
	if result := r.Result(report, "collections-unchanged"); result.Verdict != labs.Failed || result.Message == "" {
		t.Errorf("collections-unchanged is %s: %s", result.Verdict, result.Message)
	}
	for _, result := range report.Checks {
		if result.Verdict == labs.Ungraded {
			t.Errorf("%s is ungraded: %s", result.ID, result.Message)
		}
	}
}

func TestConnectionsOfTheLearnerDoNotLockTheGraderOut(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MongoDB, enginetest.Seed)
	lab := r.Lab(v)
	r.Solve(lab, v)
	// As many idle sockets as the workspace can hold.
	r.Hold(lab, `for i in {10..800}; do eval "exec $i<>/dev/tcp/db/27017" || break; done; echo holding; exec sleep 600`)
	r.Passes(lab, v)
}

//go:build engine

package mongodb_test

import (
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// An answer that takes too much on hidden documents alone fails, however it does so, and no
// other one fails. Messages reveal nothing about hidden documents.
func TestAnswersThatFailOnHiddenDocumentsAlone(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MongoDB, enginetest.Seed)
	lab := r.Lab(v)
	r.Solve(lab, v)
	script := `mongosh --quiet --eval '
		const others = {$match: {email: {$nin: db.customers.distinct("email")}}};
		const all = n => [{$lookup: {from: "orders", pipeline: [], as: n}}, {$unwind: "$" + n}];
		answer("q1", db.customers.aggregate([others, ...all("a"), ...all("b"), ...all("c"), {$count: "n"}]));
		answer("q3", db.customers.aggregate([others, {$project: {n: {$toInt: "$email"}}}]));'`
	if status, out := r.Learner(lab, script); status != 0 {
		t.Fatalf("they can't be recorded (%d): %s", status, out)
	}
	begun := time.Now()
	report := r.Grade(lab, v)
	t.Logf("the check took %v", time.Since(begun))
	for id, want := range map[string]labs.Verdict{"q1": labs.Failed, "q2": labs.Passed, "q3": labs.Failed, "q4": labs.Passed, "q5": labs.Passed} {
		result := r.Result(report, id)
		t.Logf("%s is %s after %v: %s", id, result.Verdict, result.Took, result.Message)
		if result.Verdict != want {
			t.Errorf("%s is %s, not %s: %s", id, result.Verdict, want, result.Message)
		}
		if strings.Contains(result.Message, "@") || len(result.Message) > 200 {
			t.Errorf("%s reveals hidden documents: %s", id, result.Message)
		}
	}
}

//go:build engine

package mysql_test

import (
	"strings"
	"sync"
	"testing"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// Whatever blocks a look at a right repair is named, with its owner. Looks that it does not
// block pass.
func TestWhoKeepsALookFromItsAnswerIsNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, statements, fails, message string }{
		{"a row", "START TRANSACTION; SELECT id INTO @id FROM DB.products WHERE id = 7 FOR UPDATE", "application", "of `admin` holds a lock on `DB.products`"},
		{"a table", "LOCK TABLES DB.items READ", "application", "of `admin` holds a lock on `DB.items`"},
		{"the whole server", "FLUSH TABLES WITH READ LOCK", "application", "of `admin` holds a lock on the whole server"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := r.Variant(enginetest.MySQL, enginetest.Seed)
			lab := r.Lab(v)
			r.Solve(lab, v)
			database, ok := v.Params["database"].(string)
			if !ok {
				t.Fatalf("the database is %v", v.Params["database"])
			}
			named := strings.NewReplacer("DB", database)
			r.Hold(lab, session(named.Replace(test.statements)))
			report := r.Grade(lab, v)
			result := r.Result(report, test.fails)
			t.Logf("after %v: %s", result.Took, result.Message)
			if result.Verdict != labs.Failed || !strings.Contains(result.Message, named.Replace(test.message)) {
				t.Errorf("%s is %s: %s", test.fails, result.Verdict, result.Message)
			}
			if result := r.Result(report, "rows-back"); result.Verdict != labs.Passed {
				t.Errorf("rows-back is %s: %s", result.Verdict, result.Message)
			}
			if report.Harm() != 0 || report.Held != 0 || !report.Graded() {
				t.Errorf("harm %d, held back %d, graded %v", report.Harm(), report.Held, report.Graded())
			}
		})
	}
}

// A view made by the learner, which may never answer.
const viewed = `
-- scenario.yaml --
hosts:
  db: {image: mysql}
  workspace: {image: mysql-client}
checks:
  - {id: view, title: The view answers, points: 100, mysql: SELECT n FROM v.v, expect: rows.size() == 1, otherwise: It gives something else.}
`

func TestAViewThatNeverAnswersIsTheLearners(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(viewed)
	lab := r.Lab(v)
	if status, out := r.Learner(lab, "mysql --execute 'CREATE DATABASE v'"); status != 0 {
		t.Fatal(out)
	}
	for _, test := range []struct{ view, message string }{
		{"SELECT 1 AS n FROM information_schema.collations WHERE SLEEP(1000) = 0", "SLEEP()"},
		{"SELECT COUNT(*) AS n FROM information_schema.collations a, information_schema.collations b, information_schema.collations c, information_schema.collations d", "has worked for"},
		{"SELECT 1 AS n", ""},
	} {
		if status, out := r.Learner(lab, `mysql --execute "CREATE OR REPLACE VIEW v.v AS `+test.view+`"`); status != 0 {
			t.Fatal(out)
		}
		result := r.Result(r.Grade(lab, v), "view")
		t.Logf("after %v: %s", result.Took, result.Message)
		if (result.Verdict == labs.Failed) != (test.message != "") || !strings.Contains(result.Message, test.message) {
			t.Errorf("with %s it is %s: %s", test.view, result.Verdict, result.Message)
		}
	}
}

// Graders that change the same rows, each for its own look, wait for each other, and nobody
// is blamed.
func TestGradersAreNotInEachOthersWay(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MySQL, enginetest.Seed)
	lab := r.Lab(v)
	r.Solve(lab, v)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			report, err := r.Check(t.Context(), lab, v)
			if err != nil || !report.Passed() {
				t.Errorf("one of several checks: %+v, %v", report, err)
			}
		})
	}
	all.Wait()
}

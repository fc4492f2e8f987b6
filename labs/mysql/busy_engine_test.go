//go:build engine

package mysql_test

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// session returns a script of a session that stays open.
func session(statements string) string {
	return "{ cat; exec sleep 600; } <<'SQL' | mysql --unbuffered --skip-column-names\n" + statements + "; SELECT 'holding';\nSQL"
}

// bound is how long a check may take before it counts as hanging. The grader gives up after
// some seconds; a slow machine gets more.
const bound = 40 * time.Second

// neighbours is the guard that reads the databases archive and reporting.
const neighbours = "neighbours-untouched"

func TestServerKeptBusyFailsTheCheck(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, statements string
		verdict          labs.Verdict
		message          string
	}{
		{"tables locked", "LOCK TABLES archive.orders WRITE", labs.Skipped, "of `admin` holds a lock on `archive.orders`"},
		{"everything locked for reading", "FLUSH TABLES WITH READ LOCK", labs.Passed, ""},
		{"backup lock", "LOCK INSTANCE FOR BACKUP", labs.Passed, ""},
		{"rows changed and not committed", "START TRANSACTION; DELETE FROM archive.orders", labs.Passed, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := r.Variant(enginetest.MySQL, enginetest.Seed)
			lab := r.Lab(v)
			r.Hold(lab, session(test.statements))
			begun := time.Now()
			result := r.Result(r.Grade(lab, v), neighbours)
			if took := time.Since(begun); took > bound {
				t.Errorf("the check took %v", took)
			}
			if result.Verdict != test.verdict || !strings.Contains(result.Message, test.message) {
				t.Errorf("%s is %s: %s", neighbours, result.Verdict, result.Message)
			}
		})
	}
}

func TestServerWithoutAConnectionLeft(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MySQL, enginetest.Seed)
	lab := r.Lab(v)
	crowd := r.Begin(t.Context(), lab, labs.Workspace, labs.Command{
		Args: []string{"bash", "-c", "for i in {1..64}; do mysql --execute 'SELECT SLEEP(100)' || echo refused & done; wait"},
		User: labs.UserName, Environment: map[string]string{"HOME": labs.LearnerHome},
	})
	defer crowd.Close()
	// 60 connections, and one reserved for administrators.
	refused := make([]byte, 3*len("refused\n"))
	if _, err := io.ReadFull(crowd.Stdout(), refused); err != nil {
		t.Fatalf("%q, %v: %s", refused, err, crowd.Stderr())
	}
	// One look gets the connection reserved for administrators, and then the next look.
	report := r.Grade(lab, v)
	without := 0
	for _, result := range slices.Concat(report.Checks, report.Guards) {
		if result.Verdict == labs.Ungraded {
			t.Errorf("with every connection taken, %s is ungraded: %s", result.ID, result.Message)
		}
		if strings.Contains(result.Message, "no free connection") {
			without++
		}
	}
	if without == 0 {
		t.Errorf("with every connection taken, nobody says so: %+v", report)
	}
}

//go:build engine

package attempts

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"endstate/internal/exams"
	"endstate/internal/postgrestest"
	"endstate/labs"
)

// Two servers change the same sittings, attempts and invitations at once. Nothing is lost, and nothing is there twice.
func TestTwoServersAtOnce(t *testing.T) {
	place := postgrestest.Place(t)
	servers := []*Store{open(t, place), open(t, place)}
	sitting := newSitting("ada", "Ada")
	if err := servers[0].Of(ada).AddExam(t.Context(), sitting); err != nil {
		t.Fatal(err)
	}
	if err := servers[0].Invite(t.Context(), &Invitation{Key: "key", Role: labs.RoleLearner, Created: started, Expires: started.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	const rounds = 40
	var all sync.WaitGroup
	var accepted, begun atomic.Int64
	for n, store := range servers {
		for worker := range 4 {
			all.Go(func() {
				a := attemptOf(t, store, aLab())
				for i := range rounds {
					if err := store.AddCheck(t.Context(), a, aReport(started.Add(time.Duration(i)*time.Minute), 40, 0)); err != nil {
						t.Error(err)
					}
					if err := openHint(t.Context(), store, a, started); err != nil {
						t.Error(err)
					}
					_, err := store.Of(ada).ChangeExam(t.Context(), sitting.ID, func(s *exams.Sitting) error {
						s.Extra = append(s.Extra, exams.ExtraTime{Seconds: 1, By: fmt.Sprintf("%d-%d-%d", n, worker, i)})
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
				name := fmt.Sprintf("eve%d%d", n, worker)
				if made, err := store.Accept(t.Context(), "key", Account{Name: name, Likeness: name}, started); err != nil {
					t.Error(err)
				} else if made != nil {
					accepted.Add(1)
				}
				if err := store.Of(ada).AddExam(t.Context(), newSitting("ada", "Eve")); err == nil {
					begun.Add(1)
				} else if !strings.Contains(err.Error(), "has not ended") {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	const want = 2 * 4 * rounds
	a := attemptOf(t, servers[1], aLab())
	if a.Checks != want || a.Hints != want || a.Active.Duration != (rounds-1)*time.Minute {
		t.Errorf("%d checks, %d hints, %v active", a.Checks, a.Hints, a.Active)
	}
	if n := number(t, servers[0], "SELECT count(*) FROM checks"); n != want {
		t.Errorf("%d checks are stored, want %d", n, want)
	}
	if n := number(t, servers[0], "SELECT count(*) FROM attempts"); n != 1 {
		t.Errorf("there are %d attempts at one lab", n)
	}
	read, err := servers[1].Of(ada).Exam(t.Context(), sitting.ID)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]bool{}
	for _, e := range read.Extra {
		by[e.By] = true
	}
	if len(read.Extra) != want || len(by) != want {
		t.Errorf("the sitting has %d changes, %d of them different, want %d", len(read.Extra), len(by), want)
	}
	if accepted.Load() != 1 || begun.Load() != 1 {
		t.Errorf("%d accepted one invitation, %d exams of one candidate began", accepted.Load(), begun.Load())
	}
}

// A server is killed in the middle of a change. The other one goes on at once; of the change, nothing is there.
func TestServerIsKilledInAChange(t *testing.T) {
	place := postgrestest.Place(t)
	store := open(t, place)
	sitting := newSitting("ada", "Ada")
	if err := store.Of(ada).AddExam(t.Context(), sitting); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "TEST_STORE="+place, "TEST_CHECKS=half")
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "in the middle" {
		t.Fatalf("the other server says %q", lines.Text())
	}
	if release, err := store.Hold(t.Context(), "exams/1.grading", false); err != nil || release != nil {
		t.Errorf("both servers grade the exam: %v", err)
	}
	changed := make(chan error, 1)
	go func() {
		_, err := store.Of(ada).ChangeExam(context.WithoutCancel(t.Context()), sitting.ID, func(s *exams.Sitting) error { s.Current = 2; return nil })
		changed <- err
	}()
	select {
	case err := <-changed:
		t.Fatalf("a change did not wait for the other server's: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
	if err := <-changed; err != nil {
		t.Fatal(err)
	}
	read, err := store.Of(ada).Exam(t.Context(), sitting.ID)
	if err != nil || read.Current != 2 || len(read.Extra) != 0 {
		t.Errorf("question %d, %d extra times, %v", read.Current, len(read.Extra), err)
	}
	for late := time.After(10 * time.Second); ; {
		release, err := store.Hold(t.Context(), "exams/1.grading", false)
		if err != nil {
			t.Fatal(err)
		}
		if release != nil {
			release()
			break
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-late:
			t.Fatal("the killed server still has its lock")
		}
	}
}

// Both kinds of databases have the same tables, columns and indexes.
func TestSameTablesEverywhere(t *testing.T) {
	read := func(place, query string) string {
		rows, err := all(t.Context(), open(t, place).db, query, nil, func(rows *sql.Rows) (line string, err error) {
			err = rows.Scan(&line)
			return line, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(rows, "\n")
	}
	file, server := places["SQLite"](t), places["PostgreSQL"](t)
	for what, queries := range map[string][2]string{
		"columns": {
			`SELECT m.name || '.' || c.name || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' set' ELSE '' END || CASE c.type WHEN 'INTEGER' THEN ' bigint' WHEN 'BLOB' THEN ' bytea' WHEN 'REAL' THEN ' double precision' ELSE ' text' END
				FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1`,
			`SELECT table_name || '.' || column_name || CASE is_nullable WHEN 'NO' THEN ' set' ELSE '' END || ' ' || data_type
				FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> 'store_version' ORDER BY (table_name || '.' || column_name || CASE is_nullable WHEN 'NO' THEN ' set' ELSE '' END || ' ' || data_type) COLLATE "C"`,
		},
		"indexes": {
			"SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
			`SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname !~ '_(pkey|key)$' ORDER BY indexname COLLATE "C"`,
		},
	} {
		if a, b := read(file, queries[0]), read(server, queries[1]); a != b || a == "" {
			t.Errorf("%s in SQLite:\n%s\nin PostgreSQL:\n%s", what, a, b)
		}
	}
}

// The store says in plain words why PostgreSQL can't be used. It never shows the password.
func TestPostgreSQLCantBeUsed(t *testing.T) {
	shared := postgrestest.Shared(t)
	shared.Do(t, "CREATE ROLE guest LOGIN PASSWORD 'gue5t-w0rd'")
	shared.Do(t, "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
	shared.Do(t, "CREATE DATABASE closed")
	newer := postgrestest.Place(t)
	if _, err := open(t, newer).db.ExecContext(t.Context(), "UPDATE store_version SET version = 99"); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ place, what, advice string }{
		"a wrong password":       {shared.URL("guest", "wr0ng-w0rd", "postgres"), "does not let Endstate in", "guest"},
		"an unknown user":        {shared.URL("nobody", "wr0ng-w0rd", "postgres"), "does not let Endstate in", "nobody"},
		"no database":            {shared.URL("postgres", postgrestest.Password, "missing"), "has no database missing", "createdb"},
		"another encoding":       {shared.URL("postgres", postgrestest.Password, "latin"), "can't be used", "UTF8"},
		"another's database":     {shared.URL("guest", "gue5t-w0rd", "closed"), "does not let Endstate change its tables", "owner"},
		"a newer store":          {newer, "can't be used", "newer endstate"},
		"nobody listens":         {"postgres://ada:wr0ng-w0rd@127.0.0.1:1/endstate", "can't be reached", "127.0.0.1:1"},
		"no socket":              {"postgres://ada:wr0ng-w0rd@/endstate?host=/nowhere", "can't be reached", "/nowhere"},
		"an address that is odd": {"postgres://ada:wr0ng-w0rd@host:port/endstate", "not the URL of a database", "%40"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, err := Open(t.Context(), test.place)
			if err == nil {
				_ = store.Close()
				t.Fatal("it can be used")
			}
			var problem *labs.Problem
			if !errors.As(err, &problem) || !strings.Contains(problem.What, test.what) || !strings.Contains(problem.Advice+err.Error(), test.advice) {
				t.Errorf("got %v (%+v)", err, problem)
			}
			said := fmt.Sprintf("%v %+v %v %s", err, problem, problem.Err, problem.Advice)
			for _, secret := range []string{postgrestest.Password, "wr0ng", "gue5t-w0rd"} {
				if strings.Contains(said, secret) {
					t.Errorf("the password is in %q", said)
				}
			}
		})
	}
}

// PostgreSQL stops in the middle of everything and starts again: what was acknowledged is there, and the store goes on
// by itself.
func TestPostgreSQLStartsAgain(t *testing.T) {
	server := postgrestest.New(t)
	place := server.Database(t)
	store := open(t, place)
	a := attemptOf(t, store, aLab())
	release, err := store.Hold(t.Context(), "exams/1.keeper", false)
	if err != nil || release == nil {
		t.Fatal("it is held", err)
	}
	kept := 0
	for round := range 3 {
		var working sync.WaitGroup
		stop := make(chan struct{})
		working.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				err := store.AddCheck(t.Context(), a, aReport(started, 40, 0))
				var problem *labs.Problem
				if err == nil {
					kept++
				} else if !errors.As(err, &problem) || problem.Code != labs.CodeNoStore || problem.Advice == "" {
					t.Errorf("a check is refused with %v", err)
				}
			}
		})
		time.Sleep(50 * time.Millisecond)
		server.Stop(t)
		time.Sleep(50 * time.Millisecond)
		server.Start(t)
		if err := store.Answer(t.Context()); err != nil {
			t.Errorf("round %d: it does not answer again: %v", round, err)
		}
		close(stop)
		working.Wait()
	}
	// A change may have been carried out although its acknowledgement was lost.
	if n := number(t, store, "SELECT count(*) FROM checks"); n < kept || n > kept+3 || kept == 0 {
		t.Errorf("%d checks are stored, %d were acknowledged", n, kept)
	}
	if again := attemptOf(t, store, aLab()); again.Checks != number(t, store, "SELECT count(*) FROM checks") {
		t.Errorf("the attempt counts %d checks", again.Checks)
	}
	// Whoever asks for another lock takes the lost ones again first.
	if another, err := store.Hold(t.Context(), "exams/2.keeper", false); err != nil || another == nil {
		t.Errorf("another lock is held: %v", err)
	}
	if again, err := open(t, place).Hold(t.Context(), "exams/1.keeper", false); err != nil || again != nil {
		t.Errorf("the lock is lost: %v", err)
	}
}

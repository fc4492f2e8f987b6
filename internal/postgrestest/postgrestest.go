//go:build linux

// Package postgrestest gives tests databases of a real PostgreSQL: a server of their own, with its data in a
// temporary folder, that ends and is removed with the test binary, however that ends.
package postgrestest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Password is the password of the server's user, which must never be shown.
const Password = "the-s3cret/of@tests"

// Server is a server of PostgreSQL. It can be reached through a socket in its folder.
type Server struct {
	dir, programs string
	credential    *syscall.Credential // nil: the user who runs the tests
	made          atomic.Int64
	life          *os.File // the server ends when this is closed
}

var shared = sync.OnceValues(start)

// Shared returns the server that all tests of this binary share.
func Shared(t testing.TB) *Server {
	t.Helper()
	server, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// Place returns the URL of a place for tables in the shared server's database: a schema of their own, which takes
// less time to make than a database.
func Place(t testing.TB) string {
	t.Helper()
	s := Shared(t)
	name := fmt.Sprintf("test%d", s.made.Add(1))
	s.Do(t, "CREATE SCHEMA "+name)
	return s.URL("postgres", Password, "postgres") + "&search_path=" + name
}

// New returns another server, which a test can stop and start.
func New(t testing.TB) *Server {
	t.Helper()
	server, err := start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.life.Close() })
	return server
}

// Database returns the URL of a new database.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", s.made.Add(1))
	s.Do(t, "CREATE DATABASE "+name)
	return s.URL("postgres", Password, name)
}

// URL returns the URL of a database.
func (s *Server) URL(who, password, name string) string {
	return (&url.URL{Scheme: "postgres", User: url.UserPassword(who, password), Path: "/" + name, RawQuery: url.Values{"host": {s.dir}}.Encode()}).String()
}

// Do executes a statement as the server's owner.
func (s *Server) Do(t testing.TB, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.URL("postgres", Password, "postgres"))
	if err == nil {
		_, err = conn.Exec(ctx, statement)
		_ = conn.Close(ctx)
	}
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// Stop stops the server at once, as a crash would.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if err := s.run("pg_ctl", "stop", "-m", "immediate", "-w", "-D", s.data()); err != nil {
		t.Fatal(err)
	}
}

// Start starts the server again.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) start() error {
	options := "-c listen_addresses='' -c unix_socket_directories='" + s.dir + "' -c max_connections=300 -c shared_buffers=32MB " +
		"-c fsync=off -c full_page_writes=off -c autovacuum=off"
	return s.run("pg_ctl", "start", "-w", "-s", "-D", s.data(), "-l", filepath.Join(s.dir, "log"), "-o", options)
}

// start makes a server.
func start() (*Server, error) {
	s := &Server{}
	if err := s.find(); err != nil {
		return nil, err
	}
	var err error
	if s.dir, err = os.MkdirTemp("", "endstate-pg-"); err != nil {
		return nil, err
	}
	if s.credential != nil {
		if err := os.Chown(s.dir, int(s.credential.Uid), int(s.credential.Gid)); err != nil {
			return nil, err
		}
	}
	// Whoever removes the server waits until the pipe is closed, which a killed process does, too.
	ends, life, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	s.life = life
	remover := s.command("sh", "-c", `cat >/dev/null; "$1/pg_ctl" stop -m immediate -D "$2/data"; rm -rf "$2"`, "remover", s.programs, s.dir)
	remover.Stdin = ends
	remover.SysProcAttr.Setsid = true
	if err := remover.Start(); err != nil {
		return nil, err
	}
	_ = ends.Close()
	go func() { _ = remover.Wait() }()
	password := filepath.Join(s.dir, "password")
	if err := os.WriteFile(password, []byte(Password), 0o644); err != nil {
		return nil, err
	}
	if err := s.run("initdb", "--no-sync", "--username", "postgres", "--pwfile", password, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "-D", s.data()); err != nil {
		return nil, err
	}
	return s, s.start()
}

// find finds the programs, and the user who runs them: PostgreSQL refuses to run as root.
func (s *Server) find() error {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err == nil && len(found) == 0 {
		var path string
		path, err = exec.LookPath("initdb")
		found = []string{path}
	}
	if err != nil {
		return fmt.Errorf("PostgreSQL is not here; scripts/postgres installs it: %w", err)
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	s.programs = filepath.Dir(found[0])
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(account.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(account.Gid)
	s.credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return err
}

// version returns the version in the path of a program.
func version(path string) int {
	n, _ := strconv.Atoi(strings.Split(strings.TrimPrefix(path, "/usr/lib/postgresql/"), "/")[0])
	return n
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = "/"
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.credential}
	return c
}

func (s *Server) run(name string, args ...string) error {
	c := s.command(filepath.Join(s.programs, name), args...)
	out, err := c.CombinedOutput()
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return fmt.Errorf("%s: %w: %s%s", name, err, out, log)
	}
	return nil
}

//go:build engine

package docker_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/docker/docker/api/types/network"

	"endstate/internal/enginetest"
	"endstate/labs"
)

func TestWorkspaceHasNoWayToTheEngine(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := r.Lab(r.Variant(enginetest.Git, enginetest.Seed))
	for _, host := range lab.Hosts {
		found := inspect(t, r, lab, host.Name)
		if len(found.Mounts) > 0 || len(found.HostConfig.Binds) > 0 || found.HostConfig.Privileged {
			t.Errorf("%s has mounts %v, binds %v, privileged %v", host.Name, found.Mounts, found.HostConfig.Binds, found.HostConfig.Privileged)
		}
	}
	_, out := r.Root(lab, labs.Workspace, "find / -xdev -type s 2>/dev/null; ls /var/run/docker.sock /run/docker.sock /run/containerd 2>/dev/null; env | grep -i docker")
	if out != "" {
		t.Errorf("the workspace holds a way to the engine:\n%s", out)
	}
}

func TestWorkspaceHoldsNoSecret(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MySQL, enginetest.Seed)
	lab := r.Lab(v)
	secrets := secretsOf(t, r, lab)
	r.Solve(lab, v)
	r.Passes(lab, v)
	for where, read := range map[string]func() []byte{
		"a file":          func() []byte { return everyFile(t, r, lab) },
		"the environment": func() []byte { _, out := r.Learner(lab, "env; set"); return []byte(out) },
		"a process":       func() []byte { _, out := r.Root(lab, labs.Workspace, processes); return []byte(out) },
		"what the kernel tells": func() []byte {
			_, out := r.Learner(lab, "cat /proc/mounts /proc/1/cgroup; uname -a; hostname")
			return []byte(out)
		},
		"what the server tells":    func() []byte { _, out := r.Learner(lab, asked); return []byte(out) },
		"what mysqldump takes out": func() []byte { _, out := r.Learner(lab, "mysqldump --all-databases 2>&1"); return []byte(out) },
	} {
		found := read()
		if len(found) < 20 {
			t.Errorf("%s holds next to nothing: %q", where, found)
		}
		for name, secret := range secrets {
			if bytes.Contains(found, []byte(secret)) {
				t.Errorf("%s of the workspace holds %s", where, name)
			}
		}
	}
}

// The engine lists labs to every process, host by host, so the record is only on one image.
func TestRecordIsOnTheImageOfTheWorkspaceAlone(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MySQL, r.NewSeed())
	lab := r.Lab(v)
	secrets := secretsOf(t, r, lab)
	for _, host := range lab.Hosts {
		found := inspect(t, r, lab, host.Name)
		image, err := r.API.ImageInspect(t.Context(), found.Image)
		if err != nil {
			t.Fatal(err)
		}
		for name, secret := range secrets {
			if holds(t, found, secret) {
				t.Errorf("what the engine tells of %s holds %s", host.Name, name)
			}
			if holds(t, image, secret) != (host.Name == labs.Workspace) {
				t.Errorf("what the engine tells of the image of %s holds %s: %v", host.Name, name, host.Name != labs.Workspace)
			}
		}
	}
	networks, err := r.API.NetworkList(t.Context(), network.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range secrets {
		if holds(t, networks, secret) {
			t.Errorf("a network holds %s", name)
		}
	}
}

func holds(t *testing.T, value any, secret string) bool {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(text, []byte(secret))
}

const (
	processes = "for p in /proc/[0-9]*; do tr '\\0' '\\n' < $p/environ; tr '\\0' ' ' < $p/cmdline; readlink $p/cwd $p/exe; ls -l $p/fd; done 2>/dev/null"
	asked     = "mysql --execute 'SHOW FULL PROCESSLIST; SHOW GLOBAL VARIABLES; SHOW GLOBAL STATUS; SELECT * FROM mysql.user' 2>&1"
)

// secretsOf returns what must not be in the workspace: the grader's password, and facts too
// long to be there by chance.
func secretsOf(t *testing.T, r *enginetest.Runner, lab *labs.Lab) map[string]string {
	t.Helper()
	record, err := r.Snapshots.Record(t.Context(), lab)
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{"the grader's password": record.Secret}
	tables, ok := record.Facts["tables"].([]any)
	if !ok || len(tables) == 0 || len(record.Secret) < 20 {
		t.Fatalf("no secrets to look for in %+v", record)
	}
	for _, table := range tables {
		fact, ok := table.(map[string]any)
		if !ok {
			t.Fatalf("a fact is a %T", table)
		}
		digest, ok := fact["digest"].(string)
		if !ok || len(digest) < 20 {
			t.Fatalf("the digest of %v is %q", fact["name"], digest)
		}
		secrets["a fact"] = digest
	}
	return secrets
}

// everyFile returns all files of the workspace, as copied out by the engine.
func everyFile(t *testing.T, r *enginetest.Runner, lab *labs.Lab) []byte {
	t.Helper()
	host, err := lab.Host(labs.Workspace)
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, dir := range []string{"/home", "/etc", "/var", "/usr", "/opt", "/root", "/run", "/tmp", "/srv", "/mnt", "/media"} {
		archive, err := r.Engine.CopyOut(t.Context(), host, dir)
		if errors.Is(err, labs.ErrNotFound) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := readFiles(&all, archive); err != nil {
			t.Fatal(err)
		}
		_ = archive.Close()
	}
	return all.Bytes()
}

func readFiles(to *bytes.Buffer, archive io.Reader) error {
	files := tar.NewReader(archive)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		to.WriteString(header.Name + " " + header.Linkname + "\n")
		if _, err := io.Copy(to, files); err != nil {
			return err
		}
	}
}

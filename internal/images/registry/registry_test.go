package registry_test

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	served "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"endstate/internal/images/registry"
	"endstate/labs"
)

// server is a registry that this process serves.
type server struct {
	address string
	writes  atomic.Int64 // requests that send something
	bytes   atomic.Int64 // what they sent
	account string       // NAME:PASSWORD; empty: anybody
	keeps   bool         // allows no removal
}

// counted counts what is read from a request.
type counted struct {
	io.ReadCloser
	bytes *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

func serve(t *testing.T) *server {
	t.Helper()
	s := &server{}
	next := served.New(served.Logger(log.New(io.Discard, "", 0)))
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if s.account != "" && user+":"+password != s.account {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if s.keeps && r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			s.writes.Add(1)
			r.Body = counted{r.Body, &s.bytes}
		}
		next.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	s.address = strings.TrimPrefix(web.URL, "http://")
	return s
}

func (s *server) open(t *testing.T) *registry.Registry {
	t.Helper()
	r, err := registry.New(s.address+"/team", false)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// layer returns an archive of one file.
func layer(t *testing.T, path, content string) []byte {
	t.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	err := w.WriteHeader(&tar.Header{Name: path, Mode: 0o640, Uid: 999, Gid: 998, Size: int64(len(content))})
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	if err = cmp.Or(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

// archive writes an image of layers as an engine saves it.
func archive(t *testing.T, labels map[string]string, layers ...[]byte) string {
	t.Helper()
	image, err := mutate.Config(empty.Image, v1.Config{Labels: labels, User: "learner"})
	for _, content := range layers {
		var one v1.Layer
		if err == nil {
			one, err = tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil })
		}
		if err == nil {
			image, err = mutate.AppendLayers(image, one)
		}
	}
	file := filepath.Join(t.TempDir(), "image.tar")
	if err == nil {
		err = tarball.WriteToFile(file, name.MustParseReference("endstate/any:1"), image)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// contents returns the files of an image, with what is in them.
func (s *server) contents(t *testing.T, ref string) map[string]string {
	t.Helper()
	at, err := name.ParseReference(s.address + "/team/" + ref)
	var image v1.Image
	if err == nil {
		image, err = remote.Image(at)
	}
	if err != nil {
		t.Fatal(err)
	}
	found, files := map[string]string{}, tar.NewReader(mutate.Extract(image))
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return found
		}
		var content []byte
		if err == nil {
			content, err = io.ReadAll(files)
		}
		if err != nil {
			t.Fatal(err)
		}
		found[header.Name] = fmt.Sprintf("%d %d %o %s", header.Uid, header.Gid, header.Mode, content)
	}
}

func silent(string, int64, int64) {}

func TestPushAndFind(t *testing.T) {
	s := serve(t)
	r := s.open(t)
	if _, err := r.Find(t.Context(), "endstate/db:1"); !errors.Is(err, labs.ErrNotFound) {
		t.Fatalf("an image that is not there: %v", err)
	}
	base, own := layer(t, "base", strings.Repeat("the base ", 1000)), layer(t, "own", "of its own")
	var done, total int64
	err := r.Push(t.Context(), "endstate/db:1", archive(t, map[string]string{"endstate.image": "db"}, base), func(_ string, d, all int64) { done, total = d, all })
	if err != nil {
		t.Fatal(err)
	}
	if done == 0 || done > total {
		t.Errorf("the progress ended at %d of %d", done, total)
	}
	info, err := s.open(t).Find(t.Context(), "endstate/db:1")
	if err != nil {
		t.Fatal(err)
	}
	if info.Labels["endstate.image"] != "db" || !strings.HasPrefix(info.ID, "sha256:") || info.Size == 0 || info.Refs[0] != s.address+"/team/endstate/db:1" {
		t.Errorf("found %+v", info)
	}
	if byID, err := r.Find(t.Context(), "endstate/db@"+info.ID); err != nil || byID.ID != info.ID {
		t.Errorf("found by its ID: %+v, %v", byID, err)
	}

	// Another image on the same base brings its own layer alone, in a repository of its own.
	before := s.bytes.Load()
	if err := r.Push(t.Context(), "endstate/client:1", archive(t, nil, base, own), silent); err != nil {
		t.Fatal(err)
	}
	config := int64(2000) // more than its configuration and manifest take
	if sent := s.bytes.Load() - before; sent > int64(len(own))+config || sent == 0 {
		t.Errorf("%d bytes were sent", sent)
	}
	got := s.contents(t, "endstate/client:1")
	if len(got) != 2 || !strings.HasPrefix(got["base"], "999 998 640 the base") || got["own"] != "999 998 640 of its own" {
		t.Errorf("the image has %v", got)
	}
}

func TestAppend(t *testing.T) {
	s := serve(t)
	if err := s.open(t).Push(t.Context(), "endstate/db:1", archive(t, map[string]string{"a": "1", "b": "1"}, layer(t, "base", "b"), layer(t, "state", "old")), silent); err != nil {
		t.Fatal(err)
	}
	r := s.open(t)
	layers := []io.Reader{bytes.NewReader(layer(t, "state", "new")), bytes.NewReader(layer(t, "more", "m"))}
	digest, err := r.Append(t.Context(), "endstate/db:1", layers, map[string]string{"b": "2"}, "endstate/snapshot:x")
	if err != nil {
		t.Fatal(err)
	}
	info, err := r.Find(t.Context(), "endstate/snapshot:x")
	if err != nil {
		t.Fatal(err)
	}
	if info.ID != digest || info.Labels["a"] != "1" || info.Labels["b"] != "2" {
		t.Errorf("appended %s, found %+v", digest, info)
	}
	want := map[string]string{"base": "999 998 640 b", "state": "999 998 640 new", "more": "999 998 640 m"}
	for path, content := range s.contents(t, "endstate/snapshot:x") {
		if want[path] != content {
			t.Errorf("%s is %q, want %q", path, content, want[path])
		}
		delete(want, path)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	if _, err := r.Append(t.Context(), "endstate/none:1", nil, nil, "endstate/snapshot:y"); !errors.Is(err, labs.ErrNotFound) {
		t.Errorf("on a base that is not there: %v", err)
	}
	// What can't be read is not the registry's fault, and leaves no image.
	broken := errors.New("the host is gone")
	_, err = r.Append(t.Context(), "endstate/db:1", []io.Reader{io.MultiReader(strings.NewReader("half"), failing{broken})}, nil, "endstate/snapshot:z")
	if !errors.Is(err, broken) || errors.As(err, new(*labs.Problem)) {
		t.Errorf("a layer that can't be read: %v", err)
	}
	if _, err := r.Find(t.Context(), "endstate/snapshot:z"); !errors.Is(err, labs.ErrNotFound) {
		t.Errorf("it left an image: %v", err)
	}
}

func TestTagsAndRemove(t *testing.T) {
	s := serve(t)
	r := s.open(t)
	if tags, err := r.Tags(t.Context(), "endstate/snapshot"); err != nil || len(tags) != 0 {
		t.Errorf("at first: %v, %v", tags, err)
	}
	for _, tag := range []string{"a", "b"} {
		if err := r.Push(t.Context(), "endstate/snapshot:"+tag, archive(t, map[string]string{"of": tag}, layer(t, "state", tag)), silent); err != nil {
			t.Fatal(err)
		}
	}
	if tags, err := r.Tags(t.Context(), "endstate/snapshot"); err != nil || !slices.Equal(tags, []string{"a", "b"}) {
		t.Errorf("then: %v, %v", tags, err)
	}
	for range 2 { // the second time, it is gone already
		if err := r.Remove(t.Context(), "endstate/snapshot:a"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Find(t.Context(), "endstate/snapshot:b"); err != nil {
		t.Errorf("the other image: %v", err)
	}
	s.keeps = true
	if p := problem(t, r.Remove(t.Context(), "endstate/snapshot:b")); !strings.Contains(p.What, "does not allow") {
		t.Errorf("a registry that keeps all: %s", p.What)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// problem returns the Problem that an error must be.
func problem(t *testing.T, err error) *labs.Problem {
	t.Helper()
	p := new(labs.Problem)
	if !errors.As(err, &p) {
		t.Fatalf("no problem: %v", err)
	}
	return p
}

func TestAccounts(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("DOCKER_CONFIG", folder)
	s := serve(t)
	s.account = "me:secret"
	_, err := s.open(t).Find(t.Context(), "endstate/db:1")
	if p := problem(t, err); !strings.Contains(p.What, "refuses access") || !strings.HasSuffix(p.Advice, "docker login "+s.address) {
		t.Errorf("without an account: %s. %s", p.What, p.Advice)
	}
	config := fmt.Sprintf(`{"auths": {%q: {"auth": "bWU6c2VjcmV0"}}}`, s.address) // me:secret
	if err := os.WriteFile(filepath.Join(folder, "config.json"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.open(t).Push(t.Context(), "endstate/db:1", archive(t, nil, layer(t, "a", "a")), silent); err != nil {
		t.Error(err)
	}
}

func TestRegistryIsAway(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	r, err := registry.New(address, false)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Find(t.Context(), "endstate/db:1")
	if p := problem(t, err); p.Code != labs.CodeRegistry || !strings.Contains(p.What, address+" does not answer") {
		t.Errorf("%s: %s", p.Code, p.What)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Find(cancelled, "endstate/db:1"); !errors.Is(err, context.Canceled) || errors.As(err, new(*labs.Problem)) {
		t.Errorf("when cancelled: %v", err)
	}
}

func TestAddresses(t *testing.T) {
	for address, ok := range map[string]bool{
		"127.0.0.1:5000": true, "registry.example.org": true, "registry.example.org/a/b": true, "localhost:5000/a": true, "[::1]:5000": true,
		"": false, "team": false, "team/labs": false, "https://registry.example.org": false, "registry.example.org/A": false, "a.b/": false, "a b.c": false,
	} {
		r, err := registry.New(address, false)
		if ok != (err == nil) {
			t.Errorf("%q: %v", address, err)
		}
		if err == nil && r.Ref("endstate/x:1") != address+"/endstate/x:1" {
			t.Errorf("%q: the reference is %s", address, r.Ref("endstate/x:1"))
		}
		if err != nil && !problem(t, err).Usage {
			t.Errorf("%q: %v is no misuse", address, err)
		}
	}
}

package images

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// shelf is a store in memory. The images it builds contain the dpkg status of one package.
type shelf struct {
	mu       sync.Mutex
	images   map[string]*Info
	registry []string // references in the registry
	recipes  []Recipe
	pulled   []string
	pruned   []string
	fails    error
	slow     time.Duration
}

func newShelf(refs ...string) *shelf {
	s := &shelf{images: map[string]*Info{}}
	for _, ref := range append(refs, slimImage) {
		s.images[ref] = &Info{ID: "id of " + ref, Refs: []string{ref}}
	}
	return s
}

func (s *shelf) Find(_ context.Context, ref string) (*Info, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if info, ok := s.images[ref]; ok {
		return info, nil
	}
	return nil, labs.ErrNotFound
}

func (s *shelf) Answers(_ context.Context, ref string) bool { return slices.Contains(s.registry, ref) }

func (s *shelf) Pull(_ context.Context, ref string, _ Progress) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pulled = append(s.pulled, ref)
	s.images[ref] = &Info{ID: "id of " + ref, Refs: []string{ref}}
	return nil
}

func (s *shelf) Build(ctx context.Context, recipe Recipe, _ Progress) (string, error) {
	if s.fails != nil {
		return "", s.fails
	}
	time.Sleep(s.slow)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recipes = append(s.recipes, recipe)
	id := fmt.Sprintf("id %d", len(s.recipes))
	if recipe.Ref != "" {
		s.images[recipe.Ref] = &Info{ID: id, Refs: []string{recipe.Ref}, Labels: recipe.Labels}
	}
	return id, context.Cause(ctx)
}

func (s *shelf) ReadFile(context.Context, string, string) ([]byte, error) {
	return []byte("Package: server\nStatus: install ok installed\nVersion: 1:8.0.5-2+b1\n\n" +
		"Package: gone\nStatus: deinstall ok config-files\nVersion: 3\n"), nil
}

func (s *shelf) List(context.Context, string) ([]Info, error) {
	var all []Info
	for _, info := range s.images {
		if info.Labels[LabelImage] != "" {
			all = append(all, *info)
		}
	}
	return all, nil
}

func (s *shelf) Remove(_ context.Context, ref string) error {
	delete(s.images, ref)
	return nil
}

func (s *shelf) Prune(_ context.Context, label string) (int64, error) {
	s.pruned = append(s.pruned, label)
	return 0, nil
}

func (s *shelf) Import(context.Context, io.Reader, string) error { return errors.New("not here") }
func (s *shelf) Save(context.Context, []string, io.Writer) error { return errors.New("not here") }
func (s *shelf) Load(context.Context, io.Reader) error           { return errors.New("not here") }
func (s *shelf) built() int                                      { return len(s.recipes) / 2 } // labelling an image is a second build
func dockerfile(text string) fstest.MapFS                        { return fstest.MapFS{"Dockerfile": {Data: []byte(text)}} }

func simple(name, text string, from ...string) kit.Image {
	return kit.Image{Name: name, Builds: []kit.Build{{
		From: append([]string{"base"}, from...), Files: dockerfile(text),
		Runs: kit.Software{Name: "Server", Package: "server"},
	}}}
}

func ensure(t *testing.T, l *Library, names ...string) map[string]labs.ImageRef {
	t.Helper()
	found, err := l.Ensure(t.Context(), names, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestImagesAreBuiltOnceAndFoundAgain(t *testing.T) {
	store := newShelf()
	library := New(store, []kit.Image{simple("common", "A"), simple("one", "B", "common"), simple("two", "C", "common")}, "", t.TempDir())
	first := ensure(t, library, "one", "two")
	if store.built() != 4 { // base and common once
		t.Errorf("%d images were built", store.built())
	}
	if again := ensure(t, library, "two", "one"); store.built() != 4 || again["one"].Ref != first["one"].Ref {
		t.Errorf("the second time, %d were built: %+v", store.built(), again)
	}
	if got := first["one"]; got.Server != "Server 8.0.5" || !maps.Equal(got.Packages, map[string]string{"server": "1:8.0.5-2+b1"}) {
		t.Errorf("its contents are %+v", got)
	}
	if !slices.Contains(store.pruned, LabelStage+"="+library.stage()) || slices.Contains(store.pruned, LabelStage) {
		t.Errorf("pruned %v: the parts of others' builds must stay", store.pruned)
	}
}

func TestRefDependsOnSources(t *testing.T) {
	ref := func(images ...kit.Image) string {
		name, err := New(newShelf(), images, "", t.TempDir()).ref("one", "")
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	before := ref(simple("common", "A"), simple("one", "B", "common"))
	if again := ref(simple("common", "A"), simple("one", "B", "common")); again != before {
		t.Errorf("the same images are named %s and %s", before, again)
	}
	if changed := ref(simple("common", "A"), simple("one", "X", "common")); changed == before {
		t.Error("a changed file keeps the name")
	}
	if below := ref(simple("common", "X"), simple("one", "B", "common")); below == before {
		t.Error("a changed image below keeps the name")
	}
}

// An image with two servers; the better one comes from a registry.
func choice() kit.Image {
	return kit.Image{Name: "db", Builds: []kit.Build{
		{Server: "mongod", Needs: "mongo:8.0", Files: dockerfile("A")},
		{Server: "ferretdb", From: []string{"base"}, Files: dockerfile("B")},
	}}
}

func TestBestServer(t *testing.T) {
	for name, test := range map[string]struct {
		local, registry []string
		server          string
		want            string // the beginning of the reference, or of the problem
		pulls           int
	}{
		"neither":        {want: "endstate/db-ferretdb:"},
		"local":          {local: []string{"mongo:8.0"}, want: "endstate/db-mongod:"},
		"in a registry":  {registry: []string{"mongo:8.0"}, want: "endstate/db-mongod:", pulls: 1},
		"forced":         {local: []string{"mongo:8.0"}, server: "ferretdb", want: "endstate/db-ferretdb:"},
		"forced in vain": {server: "mongod", want: "The image db needs mongo:8.0"},
		"unknown":        {server: "couchdb", want: `The image db has no server "couchdb"`},
	} {
		t.Run(name, func(t *testing.T) {
			store := newShelf(test.local...)
			store.registry = test.registry
			found, err := New(store, []kit.Image{choice()}, test.server, t.TempDir()).Ensure(t.Context(), []string{"db"}, nil)
			got := found["db"].Ref
			if err != nil {
				got = err.Error()
			}
			if !strings.HasPrefix(got, test.want) || len(store.pulled) != test.pulls {
				t.Errorf("got %q after %d pulls, want %q", got, len(store.pulled), test.want)
			}
		})
	}
}

func TestProcessesTakeTurns(t *testing.T) {
	store, locks := newShelf(), t.TempDir()
	store.slow = 20 * time.Millisecond
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			library := New(store, []kit.Image{simple("one", "A")}, "", locks)
			if _, err := library.Ensure(t.Context(), []string{"one"}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if store.built() != 2 {
		t.Errorf("%d images were built", store.built())
	}
}

func TestBuildThatFailsLeavesTheLockFree(t *testing.T) {
	store, locks := newShelf(), t.TempDir()
	library := New(store, []kit.Image{simple("one", "A")}, "", locks)
	store.fails = errors.New("no space left on device")
	if _, err := library.Ensure(t.Context(), []string{"one"}, nil); !errors.Is(err, store.fails) {
		t.Errorf("got %v", err)
	}
	store.fails = nil
	ensure(t, library, "one")
}

func TestUnknownImage(t *testing.T) {
	_, err := New(newShelf(), []kit.Image{simple("one", "A")}, "", t.TempDir()).Ensure(t.Context(), []string{"tow"}, nil)
	var problem *labs.Problem
	if !errors.As(err, &problem) || !problem.Usage || problem.Advice != "Choose one of these: base, one" {
		t.Errorf("got %+v", err)
	}
}

func TestRemoveKeepsOtherImages(t *testing.T) {
	store := newShelf()
	library := New(store, []kit.Image{simple("one", "A")}, "", t.TempDir())
	ensure(t, library, "one")
	// A snapshot inherits the labels of its image.
	store.images["endstate/snapshot:key"] = &Info{Refs: []string{"endstate/snapshot:key"}, Labels: map[string]string{LabelImage: "one"}}
	if n, err := library.Remove(t.Context()); n != 2 || err != nil {
		t.Errorf("%d were removed, %v", n, err)
	}
	if left := slices.Sorted(maps.Keys(store.images)); !slices.Equal(left, []string{slimImage, "endstate/snapshot:key"}) {
		t.Errorf("left: %v", left)
	}
}

func TestProxyOfThisMachineNeedsItsNetwork(t *testing.T) {
	for proxy, want := range map[string]bool{
		"http://127.0.0.1:3128": true, "http://localhost:8080": true, "http://[::1]:80": true,
		"http://proxy.example:3128": false, "": false,
	} {
		for _, name := range inherited {
			t.Setenv(name, "")
		}
		t.Setenv("HTTPS_PROXY", proxy)
		got, err := recipe(kit.Build{Files: dockerfile("A")}, map[string]string{})
		if err != nil || got.Host != want || got.Args["HTTPS_PROXY"] != proxy {
			t.Errorf("%q: %+v, %v", proxy, got, err)
		}
	}
}

// away is a registry that does not answer.
type away struct{ Registry }

var errAway = errors.New("away")

func (away) Find(context.Context, string) (*Info, error) { return nil, errAway }

// Nobody waits for images to be built for a registry that is not there.
func TestPushAsksTheRegistryFirst(t *testing.T) {
	store := newShelf()
	library := New(store, []kit.Image{simple("one", "A")}, "", t.TempDir())
	if _, _, err := library.Push(t.Context(), away{}, nil); !errors.Is(err, errAway) || store.built() != 0 {
		t.Errorf("%d images were built for it: %v", store.built(), err)
	}
	ensure(t, library, "one")
	if sent, _, err := library.Push(t.Context(), away{}, nil); !errors.Is(err, errAway) || sent != 0 {
		t.Errorf("%d images were sent to it: %v", sent, err)
	}
}

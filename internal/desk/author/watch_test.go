package author

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"endstate/internal/scenario"
)

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Changes of a folder come together, those of new folders too, and not what editors keep there.
func TestCollect(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "proofs", "one.sh"))
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		t.Fatal(err)
	}
	defer watcher.Close()
	if err := addFolders(watcher, folder); err != nil {
		t.Fatal(err)
	}
	changes := make(chan []string)
	go collect(t.Context(), watcher, changes)
	next := func() []string {
		t.Helper()
		select {
		case changed := <-changes:
			slices.Sort(changed)
			return changed
		case <-time.After(10 * time.Second):
			t.Fatal("no change was noticed")
			return nil
		}
	}
	write(t, filepath.Join(folder, ".scenario.yaml.swp"))
	write(t, filepath.Join(folder, "task.md~"))
	write(t, filepath.Join(folder, "proofs", "one.sh"))
	write(t, filepath.Join(folder, "task.md"))
	if got, want := next(), []string{filepath.Join(folder, "proofs", "one.sh"), filepath.Join(folder, "task.md")}; !slices.Equal(got, want) {
		t.Errorf("changed: %v, want %v", got, want)
	}
	if err := os.Mkdir(filepath.Join(folder, "fault"), 0o755); err != nil {
		t.Fatal(err)
	}
	next()
	write(t, filepath.Join(folder, "fault", "db.sh"))
	if got, want := next(), []string{filepath.Join(folder, "fault", "db.sh")}; !slices.Equal(got, want) {
		t.Errorf("changed: %v, want %v", got, want)
	}
}

// Only scenarios on disk can change.
func TestWatchable(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "mine", "scenario.yaml"))
	disk := scenario.Root{Files: os.DirFS(folder), Path: folder}
	embedded := scenario.Root{Files: os.DirFS(folder)}
	wanted := Proving{Scenarios: []string{"mine"}}
	folders, err := watchable(scenario.New(nil, nil, disk), &wanted)
	if want := []string{filepath.Join(folder, "mine")}; err != nil || !slices.Equal(folders, want) {
		t.Errorf("folders %v, %v; want %v", folders, err, want)
	}
	if _, err := watchable(scenario.New(nil, nil, embedded), &wanted); err == nil {
		t.Error("a scenario in the program can be watched")
	}
	if _, err := watchable(scenario.New(nil, nil, embedded), &Proving{}); err == nil {
		t.Error("nothing can be watched")
	}
}

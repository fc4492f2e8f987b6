// Package scenario reads scenario folders, draws variants from them and finds
// what is wrong with them. Every mistake names file, line and column.
package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"

	"endstate/labs"
	"endstate/labs/kit"
)

// Library holds the scenarios of one or more folders.
type Library struct {
	probes  map[string]kit.Probe
	images  []string
	folders map[string]*folder
	broken  []error // of the roots
}

// folder is one scenario as it is written. Once it was read, it has a document and a
// hash, or the reason why not.
type folder struct {
	name  string
	files fs.FS
	once  sync.Once
	doc   *document
	hash  string
	err   error
}

// paths returns the folder's files.
func (f *folder) paths() []string {
	var all []string
	// What can't be read has kept the folder from being read before.
	_ = fs.WalkDir(f.files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			all = append(all, path)
		}
		return nil
	})
	return all
}

// mentions reports whether another file of a folder speaks of a file beside it.
func (f *folder) mentions(dir, name string) bool {
	return slices.ContainsFunc(f.paths(), func(path string) bool {
		data, err := fs.ReadFile(f.files, path)
		own := strings.TrimSuffix(path, ".tmpl") == dir+"/"+name
		return err == nil && !own && strings.HasPrefix(path, dir+"/") && strings.Contains(string(data), name)
	})
}

// Root is where scenario folders lie. Path is its place on disk; empty: inside the binary.
type Root struct {
	Files fs.FS
	Path  string
}

// New finds the scenarios of all roots, which may speak of these probes and images; a
// scenario of a later root replaces one of the same name. They are read as they are
// asked for. What can't be read is left out, and told by Broken.
func New(probes []kit.Probe, images []string, roots ...Root) *Library {
	library := &Library{probes: map[string]kit.Probe{}, images: slices.Sorted(slices.Values(images)), folders: map[string]*folder{}}
	for _, probe := range probes {
		library.probes[probe.Name] = probe
	}
	for _, root := range roots {
		if err := library.add(root); err != nil {
			library.broken = append(library.broken, err)
		}
	}
	return library
}

// add reads a root: a scenario itself, or a folder of scenarios.
func (l *Library) add(root Root) error {
	if _, err := fs.Stat(root.Files, documentName); err == nil && root.Path != "" {
		absolute, err := filepath.Abs(root.Path)
		if err != nil {
			return err
		}
		l.find(filepath.Base(absolute), root.Files)
		return nil
	}
	entries, err := fs.ReadDir(root.Files, ".")
	if err != nil {
		return &labs.Problem{
			What: fmt.Sprintf("The folder of scenarios %s can't be read", root.Path),
			Do:   "Name a folder that holds scenario folders, or one scenario folder.", Err: err,
		}
	}
	for _, entry := range entries {
		if _, err := fs.Stat(root.Files, path.Join(entry.Name(), documentName)); err != nil {
			continue
		}
		files, err := fs.Sub(root.Files, entry.Name())
		if err != nil {
			return err
		}
		l.find(entry.Name(), files)
	}
	return nil
}

// folderShape is what a scenario's folder may be called: its name stands in names of
// containers, in commands and on terminals.
var folderShape = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

func (l *Library) find(name string, files fs.FS) {
	if !folderShape.MatchString(name) {
		l.broken = append(l.broken, Mistakes{{File: strconv.QuoteToASCII(name), Text: "a scenario's folder is named by small letters, digits and hyphens, 63 at most: rename it"}})
		return
	}
	l.folders[name] = &folder{name: name, files: files}
}

// read reads the folder, once.
func (f *folder) read() error {
	f.once.Do(func() {
		if f.doc, f.err = readDocument(f.files); f.err != nil {
			f.err = inFolder(f.name, f.err)
			return
		}
		f.hash, f.err = hashFiles(f.files)
	})
	return f.err
}

func readDocument(files fs.FS) (*document, error) {
	data, err := fs.ReadFile(files, documentName)
	if err != nil {
		return nil, err
	}
	return parse(data)
}

// inFolder puts a scenario's name before the file of each of its mistakes.
func inFolder(name string, err error) error {
	var found Mistakes
	if !errors.As(err, &found) {
		return fmt.Errorf("scenario %s: %w", name, err)
	}
	named := slices.Clone(found)
	for i := range named {
		named[i].File = name + "/" + named[i].File
	}
	return named
}

func hashFiles(files fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		fmt.Fprintf(h, "%s\x00%d\x00%s", path, len(data), data)
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:16], err
}

// Broken returns what kept scenarios from being read, nil if nothing did.
func (l *Library) Broken() error { return errors.Join(l.mistakes()...) }

func (l *Library) mistakes() []error {
	all := slices.Clone(l.broken)
	for _, name := range slices.Sorted(maps.Keys(l.folders)) {
		if err := l.folders[name].read(); err != nil {
			all = append(all, err)
		}
	}
	return all
}

// List returns all scenarios, ordered by topic, level and name.
func (l *Library) List() []labs.Scenario {
	all := make([]labs.Scenario, 0, len(l.folders))
	for _, f := range l.folders {
		if f.read() == nil {
			all = append(all, f.head())
		}
	}
	slices.SortFunc(all, func(a, b labs.Scenario) int {
		if order := strings.Compare(a.Topic, b.Topic); order != 0 {
			return order
		}
		if a.Level != b.Level {
			return a.Level - b.Level
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all
}

func (f *folder) head() labs.Scenario {
	return labs.Scenario{
		Name: f.name, Title: f.doc.Title.Value, Question: f.doc.Question.Value, Topic: f.doc.Topic.Value,
		Level: f.doc.Level.Value, Minutes: f.doc.Minutes.Value, Requires: f.doc.Requires, Hash: f.hash,
	}
}

// Variant draws a scenario at a seed. It returns a *labs.Problem if there is no
// such scenario, and Mistakes if it is written wrongly.
func (l *Library) Variant(name string, seed uint64) (*labs.Variant, error) {
	f, ok := l.folders[name]
	if !ok {
		return nil, l.unknown(name)
	}
	if seed > labs.MaxSeed {
		return nil, labs.Misuse(fmt.Sprintf("There is no seed %d: %v", seed, labs.ErrSeed), "Give a smaller one.")
	}
	err := f.read()
	if err == nil {
		var v *labs.Variant
		if v, err = f.variant(seed, l.probes); err == nil {
			return v, nil
		}
		err = inFolder(name, err)
	}
	return nil, &labs.Problem{What: fmt.Sprintf("The scenario %s is written wrongly", name), Do: "Mend it, then: endstate lint", Err: err}
}

func (l *Library) unknown(name string) error {
	do := "See them all: endstate list · those in folders of your own: with --scenarios DIR or ENDSTATE_SCENARIOS"
	if near := l.nearest(name); len(near) > 0 {
		do = "Did you mean " + strings.Join(near, ", ") + "?"
	}
	return labs.Misuse(fmt.Sprintf("There is no scenario %q", name), do)
}

// nearest returns up to three names that a mistyped one may have meant.
func (l *Library) nearest(name string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	for known := range l.folders {
		distance := levenshtein.ComputeDistance(name, known)
		if strings.Contains(known, name) && name != "" {
			distance = 1
		}
		if distance <= max(3, len(known)/3) {
			near = append(near, candidate{known, distance})
		}
	}
	slices.SortFunc(near, func(a, b candidate) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		return strings.Compare(a.name, b.name)
	})
	var names []string
	for _, one := range near[:min(3, len(near))] {
		names = append(names, one.name)
	}
	return names
}

var _ labs.Scenarios = (*Library)(nil)

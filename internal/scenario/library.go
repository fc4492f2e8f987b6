// Package scenario reads scenario folders, draws variants from them and lints them. Every
// mistake it reports has a file, line and column.
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
	broken  []error  // why roots could not be read
	clashes []string // foreign scenarios that were left out
	strays  Mistakes // folders that hold no scenario
}

// folder is a scenario's folder. After the first read it has a document and a hash, or an error;
// if only fields are wrong, both an error and the document.
type folder struct {
	name  string
	path  string // on disk; empty if it is embedded in the binary
	files fs.FS
	once  sync.Once
	doc   *document
	hash  string
	err   error
}

// paths returns the folder's files.
func (f *folder) paths() []string {
	var all []string
	// An error here has already made read fail.
	_ = fs.WalkDir(f.files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			all = append(all, path)
		}
		return nil
	})
	return all
}

// Root is a folder of scenario folders.
type Root struct {
	Files fs.FS
	Path  string // on disk; empty if it is embedded in the binary
	// Foreign scenarios don't replace those of earlier roots: they are left out, and reported by
	// [Library.Clashes].
	Foreign bool
}

// New finds the scenarios of all roots, which may use the given probes and images. A scenario
// of a later root replaces one with the same name. Scenarios are read on first use; the ones
// that can't be read are left out and reported by [Library.Broken].
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
		l.find(filepath.Base(absolute), absolute, root)
		return nil
	}
	entries, err := fs.ReadDir(root.Files, ".")
	if err != nil {
		return &labs.Problem{
			Code:   labs.CodeFile,
			What:   fmt.Sprintf("The scenarios folder %s can't be read", root.Path),
			Advice: "Give a folder that contains scenario folders, or a single scenario folder.", Err: err,
		}
	}
	found := len(l.folders) + len(l.broken)
	for _, entry := range entries {
		if _, err := fs.Stat(root.Files, path.Join(entry.Name(), documentName)); err != nil {
			l.stray(root, entry)
			continue
		}
		files, err := fs.Sub(root.Files, entry.Name())
		if err != nil {
			return err
		}
		dir := ""
		if root.Path != "" {
			dir = filepath.Join(root.Path, entry.Name())
		}
		l.find(entry.Name(), dir, Root{Files: files, Foreign: root.Foreign})
	}
	if root.Path != "" && found == len(l.folders)+len(l.broken) && len(l.strays) == 0 {
		l.strays = append(l.strays, Mistake{File: root.Path, Text: "there is no scenario in this folder: each is a folder with a " + documentName})
	}
	return nil
}

// folderShape matches valid names of scenario folders. They become part of container names
// and commands, and are shown on terminals.
var folderShape = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// ValidName reports whether a scenario may have a name.
func ValidName(name string) bool { return folderShape.MatchString(name) }

// Has reports whether there is a scenario with a name, even if it is broken.
func (l *Library) Has(name string) bool { return l.folders[name] != nil }

// Names returns the names of all scenarios in their order, even of those that are broken.
func (l *Library) Names() []string { return slices.Sorted(maps.Keys(l.folders)) }

// Path returns the folder of a scenario on disk, or "" if there is none.
func (l *Library) Path(name string) string {
	if f := l.folders[name]; f != nil {
		return f.path
	}
	return ""
}

// Clashes returns the names of foreign scenarios that were left out, because earlier ones have the
// same names.
func (l *Library) Clashes() []string { return l.clashes }

func (l *Library) find(name, path string, root Root) {
	if !ValidName(name) {
		l.broken = append(l.broken, Mistakes{{File: strconv.QuoteToASCII(name), Text: "the name of a scenario folder must be at most 63 lowercase letters, digits and hyphens: rename it"}})
		return
	}
	if root.Foreign && l.folders[name] != nil {
		l.clashes = append(l.clashes, name)
		return
	}
	l.folders[name] = &folder{name: name, path: path, files: root.Files}
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

// inFolder adds the scenario's name to the file of each mistake.
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

// Broken returns why scenarios could not be read, or nil if all could.
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

// Variant draws a scenario for a seed. The error is a [labs.Problem] if there is no such
// scenario, or if it has mistakes: then the Problem wraps [Mistakes].
func (l *Library) Variant(name string, seed uint64) (*labs.Variant, error) {
	f, ok := l.folders[name]
	if !ok {
		return nil, l.unknown(name)
	}
	return l.draw(f, seed)
}

// Renew returns a variant as its folder is now: the same one if nothing in the folder has changed,
// because drawing a variant may take a tenth of a second.
func (l *Library) Renew(v *labs.Variant) (*labs.Variant, error) {
	f, ok := l.folders[v.Name]
	if !ok {
		return nil, l.unknown(v.Name)
	}
	if hash, err := hashFiles(f.files); err == nil && hash == v.Hash {
		return v, nil
	}
	return l.draw(&folder{name: f.name, path: f.path, files: f.files}, v.Seed)
}

func (l *Library) draw(f *folder, seed uint64) (*labs.Variant, error) {
	if seed > labs.MaxSeed {
		return nil, labs.Misuse(fmt.Sprintf("There is no seed %d: %v", seed, labs.ErrSeed), "Use a smaller seed.")
	}
	err := f.read()
	if err == nil {
		var v *labs.Variant
		if v, err = f.variant(seed, l.probes); err == nil {
			return v, nil
		}
		err = inFolder(f.name, err)
	}
	return nil, f.invalid(err)
}

// invalid says that a scenario has mistakes.
func (f *folder) invalid(err error) error {
	return &labs.Problem{
		Code: labs.CodeScenarioInvalid, What: fmt.Sprintf("The scenario %s has mistakes", f.name), Err: err,
		Acts: []labs.Act{{Name: labs.ActLint, For: "Fix them, then run"}},
	}
}

func (l *Library) unknown(name string) error {
	problem := labs.Misuse(fmt.Sprintf("There is no scenario %q", name), "")
	problem.Code = labs.CodeNotFound
	if near := l.Nearest(name); len(near) > 0 {
		problem.Advice = "Did you mean " + strings.Join(near, ", ") + "?"
	} else {
		problem.Advice = "To add a folder of your own: --scenarios DIR or ENDSTATE_SCENARIOS."
		problem.Acts = []labs.Act{{Name: labs.ActList, For: "To list all scenarios"}}
	}
	return problem
}

// Nearest returns up to three names that are similar to a mistyped one.
func (l *Library) Nearest(name string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	for existing := range l.folders {
		distance := levenshtein.ComputeDistance(name, existing)
		if strings.Contains(existing, name) && name != "" {
			distance = 1
		}
		if distance <= max(3, len(existing)/3) {
			near = append(near, candidate{existing, distance})
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

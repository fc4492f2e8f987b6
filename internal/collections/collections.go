// Package collections keeps scenarios of others on this machine: Git repositories, each at one
// commit. What is used is the pinned commit, until its owner updates it.
package collections

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"endstate/labs"
)

// Collection is a repository of scenarios on this machine.
type Collection struct {
	Name    string    `json:"name"`
	Address string    `json:"address"` // with the wanted branch, tag or commit
	Commit  string    `json:"commit"`  // what is used
	Added   time.Time `json:"added"`   // when this commit was fetched
	Folder  string    `json:"folder"`  // of its files
}

// Store is where collections are kept: a folder.
type Store struct {
	Folder string
	Clock  func() time.Time
}

// fetchTimeout limits how long a fetch may take.
const fetchTimeout = 2 * time.Minute

// record is the name of the file that describes a collection, beside the folder of its files. It
// is written last, so that a collection is there completely or not at all.
const record = "collection.json"

// List returns all collections by name.
func (s Store) List() ([]Collection, error) {
	entries, err := os.ReadDir(s.Folder)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil // what needs the home itself says what is wrong with it
	}
	var all []Collection
	for _, entry := range entries {
		c, err := s.read(entry.Name())
		if errors.Is(err, fs.ErrNotExist) {
			continue // an interrupted add, or no collection
		}
		if err != nil {
			return nil, err
		}
		all = append(all, *c)
	}
	return all, err
}

func (s Store) read(name string) (*Collection, error) {
	data, err := os.ReadFile(filepath.Join(s.Folder, name, record))
	if err != nil {
		return nil, err
	}
	c := &Collection{}
	if err := json.Unmarshal(data, c); err != nil {
		return nil, &labs.Problem{Code: labs.CodeFile, What: "The collection " + name + " can't be read", Advice: "Remove the folder " + filepath.Join(s.Folder, name) + " and add it again.", Err: err}
	}
	c.Name, c.Folder = name, filepath.Join(s.Folder, name, c.Commit)
	return c, nil
}

// Find returns the collection with a name or an address, or nil.
func (s Store) Find(wanted string) (*Collection, error) {
	all, err := s.List()
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(c Collection) bool { return c.Name == wanted || c.Address == wanted }); i >= 0 {
		return &all[i], nil
	}
	return nil, nil
}

// Add fetches a collection, and pins it to the commit that its address stands for now. If it is
// already there, it stays as it is.
func (s Store) Add(ctx context.Context, text string) (*Collection, error) {
	address, err := ParseAddress(text)
	if err != nil {
		return nil, err
	}
	if there, err := s.Find(address.String()); err != nil || there != nil {
		return there, err
	}
	name, err := s.freeName(address)
	if err != nil {
		return nil, err
	}
	return s.fetch(ctx, name, address)
}

func (s Store) freeName(a Address) (string, error) {
	base := a.name()
	if base == "" {
		return "", labs.Misuse(fmt.Sprintf("No name follows from the address %s", a), "Use an address that ends in a name.")
	}
	name := base
	for n := 2; ; n++ {
		if there, err := s.Find(name); err != nil || there == nil {
			return name, err
		}
		name = fmt.Sprintf("%s-%d", base, n)
	}
}

// Update fetches a collection again, and pins it to what its address stands for now.
func (s Store) Update(ctx context.Context, c *Collection) (*Collection, error) {
	address, err := ParseAddress(c.Address)
	if err != nil {
		return nil, err
	}
	updated, err := s.fetch(ctx, c.Name, address)
	if err == nil && updated.Commit != c.Commit {
		err = os.RemoveAll(c.Folder)
	}
	return updated, err
}

// Remove removes a collection with its files.
func (s Store) Remove(c *Collection) error {
	folder := filepath.Join(s.Folder, c.Name)
	// The record first: without it, the rest is no collection.
	return errors.Join(os.Remove(filepath.Join(folder, record)), os.RemoveAll(folder))
}

func (s Store) fetch(ctx context.Context, name string, address Address) (*Collection, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	repo, commit, end, err := fetch(ctx, address)
	if err != nil {
		return nil, err
	}
	defer end()
	c := &Collection{Name: name, Address: address.String(), Commit: commit.String(), Added: s.Clock().UTC()}
	folder := filepath.Join(s.Folder, name)
	c.Folder = filepath.Join(folder, c.Commit)
	if _, err := os.Stat(c.Folder); err == nil && s.pinned(name) == c.Commit {
		return c, nil // it is there already
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	draft, err := os.MkdirTemp(folder, ".draft-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(draft)
	if err := extract(repo, commit, filepath.Join(draft, "files")); err != nil {
		return nil, err
	}
	return c, s.keep(c, draft)
}

// pinned returns the commit that a collection uses, or "".
func (s Store) pinned(name string) string {
	if c, err := s.read(name); err == nil {
		return c.Commit
	}
	return ""
}

// keep puts fetched files in their place, and then the record.
func (s Store) keep(c *Collection, draft string) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(draft, record), data, 0o644); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(draft, "files"), 0o755); err != nil {
		return err // there, unless the commit has no files
	}
	if err := os.RemoveAll(c.Folder); err != nil { // of an interrupted fetch
		return err
	}
	if err := os.Rename(filepath.Join(draft, "files"), c.Folder); err != nil {
		return err
	}
	return os.Rename(filepath.Join(draft, record), filepath.Join(s.Folder, c.Name, record))
}

// Short returns the first digits of a commit, for people.
func (c *Collection) Short() string { return c.Commit[:min(10, len(c.Commit))] }

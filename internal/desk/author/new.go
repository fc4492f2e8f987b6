package author

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"endstate/internal/scenario"
	"endstate/labs"
)

// Created is a new scenario's folder.
type Created struct {
	Name   string   `json:"name"`
	Topic  string   `json:"topic"`
	Folder string   `json:"folder"` // as it was asked for
	Files  []string `json:"files"`  // below the folder
}

// Topics returns the topics for which [Desk.New] has a skeleton.
func (d *Desk) Topics() []string {
	var topics []string
	for _, family := range d.parts.Families() {
		if family.Skeleton != nil {
			topics = append(topics, family.Name)
		}
	}
	slices.Sort(topics)
	return topics
}

// New writes the folder of a small scenario on a topic, which lints and proves as it is. The
// last part of the path is the scenario's name. The folder must not exist, unless it is empty.
func (d *Desk) New(who labs.Learner, path, topic string) (*Created, error) {
	if err := mayAuthor(who); err != nil {
		return nil, err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	name := filepath.Base(absolute)
	if !scenario.ValidName(name) {
		return nil, labs.Misuse(fmt.Sprintf("%q can't be the name of a scenario", name), "Use at most 63 lowercase letters, digits and hyphens.")
	}
	skeleton, err := d.skeleton(topic)
	if err != nil {
		return nil, err
	}
	if d.parts.Library().Has(name) {
		return nil, labs.Misuse(fmt.Sprintf("There is already a scenario %q", name), "Choose another name: of two with the same name, only one can be used.")
	}
	if err := writeFolder(absolute, skeleton); err != nil {
		return nil, err
	}
	created := &Created{Name: name, Topic: topic, Folder: path}
	err = fs.WalkDir(skeleton, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			created.Files = append(created.Files, path)
		}
		return err
	})
	return created, err
}

func (d *Desk) skeleton(topic string) (fs.FS, error) {
	for _, family := range d.parts.Families() {
		if family.Name == topic && family.Skeleton != nil {
			return family.Skeleton, nil
		}
	}
	what := fmt.Sprintf("There is no topic %q to start from", topic)
	if topic == "" {
		what = "A new scenario needs a topic"
	}
	return nil, labs.Misuse(what, "The topics are "+strings.Join(d.Topics(), ", ")+".")
}

// writeFolder writes files to a folder: all of them or none.
func writeFolder(folder string, files fs.FS) error {
	entries, err := os.ReadDir(folder)
	if len(entries) > 0 {
		return labs.Misuse(fmt.Sprintf("The folder %s is not empty", folder), "Choose a name that is not taken.")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(folder, err)
	}
	parent := filepath.Dir(folder)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return unwritable(folder, err)
	}
	draft, err := os.MkdirTemp(parent, ".new-*")
	if err != nil {
		return unwritable(folder, err)
	}
	defer os.RemoveAll(draft)
	inner := filepath.Join(draft, "scenario") // gets the usual permissions, which draft has not
	if err := os.CopyFS(inner, files); err != nil {
		return unwritable(folder, err)
	}
	_ = os.Remove(folder) // an empty one; if this fails, so does Rename
	if err := os.Rename(inner, folder); err != nil {
		return unwritable(folder, err)
	}
	return nil
}

func unwritable(folder string, err error) error {
	return &labs.Problem{
		Code: labs.CodeFile, What: fmt.Sprintf("The folder %s can't be written", folder), Advice: "Choose a folder that you may write to.", Err: err,
	}
}

package run

import (
	"context"
	"io/fs"
	"slices"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

// files copies the folder's files, or those of the requested revisions.
func (l *Look) files(ctx context.Context, site kit.Site, host labs.Host) ([]kit.Entry, error) {
	if l.Copy == "" {
		return nil, nil
	}
	if len(l.Revisions) == 0 {
		return site.Files(ctx, host, l.Copy)
	}
	var all []kit.Entry
	for _, revision := range l.Revisions {
		files, err := l.checkout(ctx, site, host, l.Copy, revision)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			file.Path = revision + "/" + file.Path
			all = append(all, file)
		}
	}
	return all, nil
}

// overlay returns the learner's files with the scenario's files added. A top-level folder
// of the scenario replaces the learner's folder completely.
func (l *Look) overlay(files []kit.Entry, given fs.FS) ([]kit.Entry, error) {
	var kept, added []kit.Entry
	replaced := map[string]bool{".git": true}
	if l.Add != "" {
		var err error
		if added, err = givenFiles(given, l.Add); err != nil {
			return nil, err
		}
	}
	for _, entry := range added {
		replaced[top(entry.Path)] = true
	}
	for _, entry := range files {
		if !replaced[top(entry.Path)] {
			kept = append(kept, entry)
		}
	}
	return append(kept, added...), nil
}

// databasesDir is the folder with the definitions of each database, as DATABASE.json.
const databasesDir = ".databases"

// withDatabases returns the files with the definitions of the databases, in place of anything of
// that name.
func (l *Look) withDatabases(ctx context.Context, site kit.Site, files []kit.Entry) ([]kit.Entry, error) {
	if len(l.Databases) == 0 {
		return files, nil
	}
	server, err := kit.HostOf(site, "", l.Server)
	if err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(file kit.Entry) bool { return top(file.Path) == databasesDir })
	files = append(files, kit.Entry{Path: databasesDir, Mode: fs.ModeDir | 0o755})
	for _, database := range l.Databases {
		definitions, err := l.definitions(ctx, site, server, database)
		if err != nil {
			return nil, err
		}
		files = append(files, kit.Entry{Path: databasesDir + "/" + database + ".json", Mode: 0o644, Data: definitions})
	}
	return files, nil
}

func top(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}

func givenFiles(given fs.FS, dir string) ([]kit.Entry, error) {
	var entries []kit.Entry
	root, err := fs.Sub(given, dir)
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		if entry.IsDir() {
			entries = append(entries, kit.Entry{Path: path, Mode: fs.ModeDir | 0o755})
			return nil
		}
		data, err := fs.ReadFile(root, path)
		entries = append(entries, kit.Entry{Path: path, Mode: 0o644, Data: data})
		return err
	})
	return entries, err
}

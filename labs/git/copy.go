package git

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

// maxFollowed limits the links to follow to a learner's settings.
const maxFollowed = 5

// copyOut copies out a repository, and the learner's own Git settings.
func copyOut(ctx context.Context, site kit.Site, host labs.Host, root string) (copied, error) {
	type result struct {
		entries []kit.Entry
		err     error
	}
	home := make(chan result, 1)
	go func() {
		entries, err := settingsOf(ctx, site, host)
		home <- result{entries, err}
	}()
	entries, err := site.Files(ctx, host, root)
	own := <-home
	if err = errors.Join(err, own.err); err != nil {
		return copied{}, err
	}
	c := copied{path: path.Clean(root), entries: entries, home: own.entries}
	return c, c.addNamed(ctx, site, host)
}

// settingsOf copies the files that Git reads in the learner's home.
func settingsOf(ctx context.Context, site kit.Site, host labs.Host) ([]kit.Entry, error) {
	var all []kit.Entry
	for _, name := range []string{".gitconfig", ".config/git"} {
		entries, err := follow(ctx, site, host, labs.LearnerHome+"/"+name)
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
	}
	return all, nil
}

// follow copies a file out of a host, or the files directly in a folder, following links.
// The copies keep the original name. It ignores a missing file.
func follow(ctx context.Context, site kit.Site, host labs.Host, name string) (files []kit.Entry, err error) {
	at := name
	for range maxFollowed {
		entries, err := site.Files(ctx, host, at)
		if errors.Is(err, labs.ErrNotFound) || err == nil && len(entries) == 0 {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if to := entries[0].Link; to == "" {
			return withNames(entries, name), nil
		} else if path.IsAbs(to) {
			at = to
		} else {
			at = path.Join(path.Dir(at), to)
		}
	}
	return nil, nil
}

// withNames gives the copied files their names.
func withNames(entries []kit.Entry, name string) (files []kit.Entry) {
	for _, entry := range entries {
		if entry.Mode.IsRegular() && !strings.Contains(entry.Path, "/") {
			entry.Path = path.Join(name, entry.Path)
			files = append(files, entry)
		}
	}
	return files
}

// fileSetting matches a setting that names a file of patterns.
var fileSetting = regexp.MustCompile(`(?im)\b(?:excludesfile|attributesfile)\s*=\s*"?([^"\n#;]+)`)

// addNamed copies the files named in settings, except those in the repository.
func (c *copied) addNamed(ctx context.Context, site kit.Site, host labs.Host) error {
	configs := c.home
	for _, entry := range c.entries {
		if entry.Path == ".git/config" || entry.Path == ".git/config.worktree" {
			configs = append(configs[:len(configs):len(configs)], entry)
		}
	}
	have := map[string]bool{}
	for _, entry := range c.home {
		have[entry.Path] = true
	}
	for _, config := range configs {
		for _, found := range fileSetting.FindAllSubmatch(config.Data, maxFollowed) {
			name := strings.TrimSpace(string(found[1]))
			if inHome, ok := strings.CutPrefix(name, "~/"); ok {
				name = labs.LearnerHome + "/" + inHome
			}
			if name = path.Clean(name); !path.IsAbs(name) || have[name] || strings.HasPrefix(name, c.path+"/") {
				continue
			}
			have[name] = true
			files, err := follow(ctx, site, host, name)
			if err != nil {
				return fmt.Errorf("copy %s: %w", name, err)
			}
			c.home = append(c.home, files...)
		}
	}
	return nil
}

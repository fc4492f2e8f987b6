package git

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"endstate/labs/git/plain"
	"endstate/labs/kit"
)

// What Git may read in another way than this package is left to Git.
func TestWhatIsLeftToGit(t *testing.T) {
	for name, commands := range map[string][]string{
		"autocrlf":                 {"config core.autocrlf input"},
		"modes not looked at":      {"config core.fileMode false"},
		"no case":                  {"config core.ignoreCase true"},
		"a setting in quotes":      {`config core.pager "less #x"`},
		"a setting of worktrees":   {"config core.repositoryFormatVersion 1", "config extensions.worktreeConfig true"},
		"an excludes file":         {"config core.excludesFile /home/learner/x"},
		"a promisor":               {"config remote.origin.promisor true"},
		"an include":               {"config include.path ../x"},
		"a version 4 of the index": {"update-index --index-version 4"},
		"a split index":            {"update-index --split-index"},
		"an untracked cache":       {"update-index --untracked-cache"},
		"assumed unchanged":        {"update-index --assume-unchanged a"},
		"left out":                 {"update-index --skip-worktree a"},
		"a sparse checkout":        {"sparse-checkout set --cone dir"},
		"a replaced commit":        {"replace HEAD HEAD~1"},
		"a symbolic ref":           {"symbolic-ref refs/heads/x refs/heads/main"},
		"a submodule":              {"update-index --add --cacheinfo 160000,%HEAD,sub"},
		"alternates":               {"!echo ../../../x > .git/objects/info/alternates"},
		"grafts":                   {"!echo x > .git/info/grafts"},
		"a shallow clone":          {"!git rev-parse HEAD > .git/shallow"},
		"attributes":               {"!echo '* text' > .gitattributes"},
		"attributes in a folder":   {"!echo '* text' > dir/.gitattributes"},
		"attributes beside":        {"!echo '* text' > .git/info/attributes"},
		"attributes in the index":  {"!echo '* text' > .gitattributes", "add .gitattributes", "!rm .gitattributes"},
		"what is not ignored":      {"!echo '!x' > .gitignore"},
		"a range of names":         {"!echo '[a-z]' > .gitignore"},
		"a path that is ignored":   {"!echo 'dir/b' > .gitignore"},
		"a space at the end":       {"!echo 'x ' > .gitignore"},
		"a repository inside":      {"init --quiet sub"},
		"a link in place of HEAD":  {"!ln -sf refs/heads/main .git/HEAD"},
		"a ref of another name":    {"update-ref refs/heads/ünï HEAD"},
		"an unknown file":          {"!touch .git/other"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.commit("a", "1\n")
			p.commit("dir/b", "2\n")
			if _, err := p.observe(Look{}); err != nil {
				t.Fatal(err)
			}
			for _, command := range commands {
				if script, ok := strings.CutPrefix(command, "!"); ok {
					p.git("-c", "alias.x=!"+script, "x")
				} else if key, value, ok := strings.Cut(command, ` "`); ok {
					p.git(append(strings.Fields(key), strings.TrimSuffix(value, `"`))...)
				} else {
					p.git(strings.Fields(strings.ReplaceAll(command, "%HEAD", p.git("rev-parse", "HEAD")))...)
				}
			}
			if _, err := p.observe(Look{}); !plain.IsNotPlain(err) {
				t.Errorf("it is taken for plain: %v", err)
			}
		})
	}
}

// If a file has the size and time in the index, Git does not look at its content. What Git
// then takes it for is left to Git.
func TestFileThatSeemsToBeAsItWas(t *testing.T) {
	p := newPlace(t)
	p.commit("a", "1\n")
	p.git("update-index", "--refresh")
	path := filepath.Join(p.dir, "a")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	p.write("a", "2\n")
	later := info.ModTime().Add(time.Minute)
	if err := errors.Join(os.Chtimes(path, info.ModTime(), info.ModTime()), os.Chtimes(filepath.Join(p.dir, ".git/index"), later, later)); err != nil {
		t.Fatal(err)
	}
	if _, err := p.observe(Look{}); !plain.IsNotPlain(err) {
		t.Errorf("it is taken for plain: %v", err)
	}
}

// Settings of the learner's that change nothing keep a repository plain.
func TestSettingsOfTheLearner(t *testing.T) {
	p := newPlace(t)
	p.commit("a", "1\n")
	budget := kit.NewBudget("It", kit.ObjectLimits)
	for content, isPlain := range map[string]bool{
		"":                              true,
		"[user]\n\tname = Zoë\n":        true,
		"[alias]\n\tlg = log --graph\n": true,
		"[alias]\n\tx = \"a\n":          false,
		"[core]\n\tautocrlf = false\n":  true,
		"[core]\n\tautocrlf\n":          false,
		"[CORE]\n\tAutoCRLF = Input\n":  false,
		"[core] autocrlf = true\n":      false,
		"[merge]\n\ttool = vim \\\n[core]\n\tautocrlf = true\n": false,
		"[wonder]\n\tx = 1\n": false,
	} {
		home := []kit.Entry{{Path: "/home/learner/.gitconfig", Mode: 0o644, Data: []byte(content)}}
		_, err := readPlain(t.Context(), copied{path: "/x", entries: p.entries(), home: home}, budget)
		if isPlain != (err == nil) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// Texts of any bytes stay distinct.
func TestTextIsLossless(t *testing.T) {
	for raw, want := range map[string]string{
		"plain": "plain", "ünï": "ünï", "caf\xe9": `caf\351`, `caf\351`: `caf\134351`, `\`: `\`, `C:\new`: `C:\new`, "\t\n": "\t\n",
	} {
		if got := text(raw); got != want {
			t.Errorf("%q became %q, want %q", raw, got, want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		raw := string(rapid.SliceOf(rapid.SampledFrom([]byte("\\1357ab\xe9\xc3\xa9\xff"))).Draw(rt, "raw"))
		back := octal.ReplaceAllStringFunc(text(raw), func(quoted string) string {
			var b byte
			_, _ = fmt.Sscanf(quoted[1:], "%o", &b)
			return string([]byte{b})
		})
		if back != raw {
			rt.Errorf("%q became %q, and that %q", raw, text(raw), back)
		}
	})
}

// A commit's encoding is decoded as git log does, or the text is left as it is.
func TestDecoded(t *testing.T) {
	for _, c := range []struct{ raw, encoding, want string }{
		{"caf\xe9", "ISO-8859-1", "café"},
		{"café", "UTF-8", "café"},
		{"caf\xe9", "UTF-8", `caf\351`},
		{"caf\xe9", "", `caf\351`},
		{"caf\xe9", "wonder", `caf\351`},
		{"\x82\xa0", "Shift_JIS", "あ"},
		{"\x82", "Shift_JIS", `\202`},
	} {
		if got := decoded(c.raw, c.encoding); got != c.want {
			t.Errorf("%q in %s became %q, want %q", c.raw, c.encoding, got, c.want)
		}
	}
}

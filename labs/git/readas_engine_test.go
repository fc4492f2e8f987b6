//go:build engine

package git_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// Whatever a learner's Git is configured to do with files, or writes in another form, a
// right solution stays right.
func TestRightWhateverGitIsTold(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"sparse checkout":           "git sparse-checkout set --cone tests && git sparse-checkout disable",
		"many files":                "git config --global feature.manyFiles true && git status && git commit --amend --no-edit --allow-empty --dry-run; touch *; git update-index --refresh; git update-index --force-write-index",
		"an index without checksum": "git config index.skipHash true && git update-index --force-write-index",
		"a split index":             "git update-index --split-index && git status",
		"index 4":                   "git update-index --index-version 4",
		"autocrlf":                  "git config core.autocrlf true && git ls-files -z | xargs -0 rm && git reset --hard -q",
		"autocrlf, globally":        "git config --global core.autocrlf true && git ls-files -z | xargs -0 rm && git reset --hard -q",
		"eol":                       "echo '* text eol=crlf' > .git/info/attributes && git ls-files -z | xargs -0 rm && git reset --hard -q",
		"attributes in the home":    "mkdir -p ~/.config/git && echo '*.py text eol=crlf' > ~/.config/git/attributes && git ls-files -z | xargs -0 rm && git reset --hard -q",
		"ignored in the home":       "mkdir -p ~/.config/git && echo '*.swp' > ~/.config/git/ignore && touch .x.swp",
		"ignored elsewhere":         "git config --global core.excludesFile '~/.gitignore_global' && echo notes.txt > ~/.gitignore_global && touch notes.txt",
		"ignored by a linked file":  "mkdir ~/dotfiles && echo notes.txt > ~/dotfiles/ignore && git config --global core.excludesFile /home/learner/dotfiles/link && ln -s ignore ~/dotfiles/link && touch notes.txt",
		"ignored by a relative one": "echo notes.txt > .git/mine && git config core.excludesFile .git/mine && touch notes.txt",
		"reftable":                  "git refs migrate --ref-format=reftable",
		"a worktree":                "git worktree add --quiet ../other HEAD~1 && git config extensions.worktreeConfig true && git config --worktree user.name Me",
		"a commit graph":            "git commit-graph write --reachable && git multi-pack-index write; git repack -adb --write-midx; git gc",
		"a clone that promises":     "git config extensions.partialClone origin && git config core.repositoryFormatVersion 1",
		"file modes not looked at":  "git config core.fileMode false && chmod +x *.py",
		"links in place of refs":    "git config core.preferSymlinkRefs true && git switch -q -c x && git switch -q main && git branch -D x",
		"assumed unchanged":         "git update-index --assume-unchanged $(git ls-files '*.py' | head -n 1)",
		"an untracked cache":        "git update-index --untracked-cache && git status",
		"a monitor and a filter":    "git config core.fsmonitor /home/learner/trap && git config filter.x.clean /home/learner/trap && git config core.hooksPath /tmp",
		"comments and quotes":       "printf '[alias]\\n\\tx = \"log --format=%%h\" ; short\\n[core]\\n\\tpager = cat # none\\n' >> ~/.gitconfig",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := r.Variant(enginetest.Git, enginetest.Seed)
			lab := r.Lab(v)
			r.Solve(lab, v)
			if status, out := r.Learner(lab, "cd ~/*/.git/.. && "+script); status != 0 {
				t.Fatalf("it can't be left so (%d): %s", status, out)
			}
			if _, out := r.Learner(lab, "cd ~/*/.git/.. && git -c core.fsmonitor= status --short"); out != "" {
				t.Fatalf("git status: %s", out)
			}
			// On a busy machine, the program's host may be offered too late.
			for tries := 1; ; tries++ {
				begun := time.Now()
				r.Passes(lab, v)
				n := freshHosts(t, r, lab, begun)
				if n == 1 {
					break
				}
				if tries == 3 {
					t.Fatalf("the check started %d fresh hosts, want one for Git and the program", n)
				}
			}
		})
	}
}

func timestamp(t time.Time) string { return fmt.Sprintf("%d.%09d", t.Unix(), t.Nanosecond()) }

// freshHosts counts the hosts created for looks at a lab.
func freshHosts(t *testing.T, r *enginetest.Runner, lab *labs.Lab, since time.Time) (n int) {
	only := filters.NewArgs(filters.Arg("event", "create"), filters.Arg("label", "endstate.role="+string(labs.RoleScratch)), filters.Arg("label", "endstate.owner="+lab.Owner))
	made, failed := r.API.Events(t.Context(), events.ListOptions{
		Since: timestamp(since), Until: timestamp(time.Now()), Filters: only,
	})
	for {
		select {
		case <-made:
			n++
		case err := <-failed:
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			return n
		}
	}
}

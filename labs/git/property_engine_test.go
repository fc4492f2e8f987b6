//go:build engine

package git_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"endstate/internal/enginetest"
	"endstate/labs"
	"endstate/labs/git"
	"endstate/labs/kit"
)

// inSite is a look that runs a test's function in the site of a lab.
type inSite struct {
	do func(ctx context.Context, site kit.Site) error
}

func (inSite) Variable() string     { return "seen" }
func (inSite) ImageNames() []string { return []string{"git"} }
func (l inSite) Observe(ctx context.Context, site kit.Site) (any, error) {
	return true, l.do(ctx, site)
}

type always struct{}

func (always) Holds(labs.Bindings) (bool, error) { return true, nil }

// look runs a function in the site of a lab.
func look(t *testing.T, r *enginetest.Runner, lab *labs.Lab, v *labs.Variant, do func(ctx context.Context, site kit.Site) error) {
	t.Helper()
	alone := *v
	alone.Facts, alone.Guards = nil, nil
	alone.Checks = []labs.Check{{Points: labs.Total, Assertion: labs.Assertion{ID: "look", Look: inSite{do}, Expect: always{}}}}
	for _, result := range r.Grade(lab, &alone).Checks {
		if result.Verdict != labs.Passed {
			t.Errorf("%s: %s", result.Verdict, result.Message)
		}
	}
}

//go:embed testdata/repository.py
var repositoryScript string

// said is what Git says about a repository.
type said struct {
	Fails              string
	Status             []string
	Refs, Tags, Work   map[string]string
	Branch, Commit     string
	Stashes, Conflicts []string
	History            map[string]struct{ Parents, Author, Email, At, Committer, Tree, Message string }
	Tree               map[string]struct{ Mode, ID string }
	Operation          string
}

// A repository is seen as Git sees it, whatever was done with it, and the fast way to read
// it agrees if it takes the repository for plain.
//
// ENDSTATE_REPOSITORIES is the number of repositories; ENDSTATE_REPOSITORY recreates a
// single one.
func TestSeenAsGitSeesIt(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.Git, enginetest.Seed)
	lab := r.Lab(v)
	if status, out := r.Learner(lab, "cat > repository.py <<'END_OF_SCRIPT'\n"+repositoryScript+"\nEND_OF_SCRIPT"); status != 0 {
		t.Fatal(out)
	}
	count, first := 12, rand.Uint64N(1<<30)
	if n, err := strconv.Atoi(os.Getenv("ENDSTATE_REPOSITORIES")); err == nil {
		count = n
	}
	if n, err := strconv.ParseUint(os.Getenv("ENDSTATE_REPOSITORY"), 10, 64); err == nil {
		count, first = 1, n
	}
	plain := 0
	for seed := first; seed < first+uint64(count); seed++ {
		folder := fmt.Sprintf("/home/learner/r%d", seed)
		_, made := r.Learner(lab, fmt.Sprintf("python3 repository.py make %d %s", seed, folder))
		_, told := r.Learner(lab, "python3 repository.py tell "+folder)
		var want said
		if err := json.Unmarshal([]byte(told), &want); err != nil {
			t.Fatalf("repository %d: %v\n%s\n%s", seed, err, told, made)
		}
		var seen git.Seen
		look(t, r, lab, v, func(ctx context.Context, site kit.Site) (err error) {
			host, _ := lab.Host(labs.Workspace)
			seen, err = git.ReadBoth(ctx, site, host, folder, git.Look{History: []string{"HEAD"}, Trees: []string{"HEAD", "work"}})
			return err
		})
		if seen.Plain != nil {
			plain++
		}
		if why := compare(want, seen); why != "" {
			t.Errorf("repository %d (not plain: %v):\n%s\n%s", seed, seen.NotPlain, why, made)
		}
		_, _ = r.Learner(lab, "rm -rf "+folder+"*")
	}
	t.Logf("%d of %d repositories from %d on were plain", plain, count, first)
}

// compare describes the differences from what Git says.
func compare(want said, seen git.Seen) string {
	if want.Fails != "" {
		if seen.AskedErr == nil || !strings.Contains(seen.AskedErr.Error(), "Git says") || seen.Plain != nil {
			return fmt.Sprintf("Git fails with %q; asked: %v, plain: %v", want.Fails, seen.AskedErr, seen.Plain != nil)
		}
		return ""
	}
	if seen.AskedErr != nil {
		return seen.AskedErr.Error()
	}
	if diff := cmp.Diff(want.normal(), normal(seen.Asked)); diff != "" {
		return "asked (-git +ours):\n" + diff
	}
	if seen.Plain != nil {
		if diff := cmp.Diff(seen.Asked, seen.Plain); diff != "" {
			return "plain (-asked +plain):\n" + diff
		}
	}
	return ""
}

// raw converts a text in Latin-1 back into bytes.
func raw(latin string) string {
	var b []byte
	for _, c := range latin {
		b = append(b, byte(c))
	}
	return git.Text(string(b))
}

func (s said) normal() map[string]any {
	refs, tags, tree, work, history := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
	for name, id := range s.Refs {
		refs[raw(name)] = id
	}
	for name, id := range s.Tags {
		tags[raw(strings.TrimPrefix(name, "refs/tags/"))] = id
	}
	for path, entry := range s.Tree {
		tree[raw(path)] = map[string]any{"id": entry.ID, "mode": entry.Mode}
	}
	for path, id := range s.Work {
		if id != "" {
			work[raw(path)] = id
		}
	}
	for id, c := range s.History {
		history[id] = []string{raw(c.Author), raw(c.Email), c.At, raw(c.Committer), c.Tree, strings.TrimSpace(raw(c.Message))}
	}
	branch := strings.TrimPrefix(s.Branch, "refs/heads/")
	return map[string]any{
		"status": each(s.Status), "refs": refs, "tags": tags, "tree": tree, "work": work, "history": history, "branch": raw(branch), "commit": s.Commit,
		"stashes": each(s.Stashes), "conflicts": each(s.Conflicts), "operation": s.Operation,
	}
}

func each(list []string) []string {
	out := []string{}
	for _, item := range list {
		out = append(out, raw(item))
	}
	return out
}

// normal converts what was seen into the form of what Git said.
func normal(seen map[string]any) map[string]any {
	at := func(from any, key string) any { m, _ := from.(map[string]any); return m[key] }
	refs, _ := seen["refs"].(map[string]any)
	refs = maps.Clone(refs) // what was seen is compared again, with HEAD
	delete(refs, "HEAD")
	tree, _ := at(seen["trees"], "HEAD").(map[string]any)
	files, _ := at(seen["trees"], "work").(map[string]any)
	commits, _ := at(seen["history"], "HEAD").([]any)
	status, history, work := []string{}, map[string]any{}, map[string]any{}
	changes, _ := seen["status"].([]any)
	for _, c := range changes {
		status = append(status, fmt.Sprint(at(c, "index"), at(c, "work"), " ", at(c, "path")))
	}
	for _, c := range commits {
		when, _ := at(c, "at").(time.Time)
		history[fmt.Sprint(at(c, "id"))] = []string{
			fmt.Sprint(at(c, "author")), fmt.Sprint(at(c, "email")), strconv.FormatInt(when.Unix(), 10),
			fmt.Sprint(at(c, "committer")), fmt.Sprint(at(c, "tree")), strings.TrimSpace(fmt.Sprint(at(c, "message"))),
		}
	}
	for path, file := range files {
		if at(file, "mode") != "120000" {
			work[path] = at(file, "id")
		}
	}
	strs := func(key string) []string {
		out := []string{}
		list, _ := seen[key].([]any)
		for _, item := range list {
			out = append(out, fmt.Sprint(item))
		}
		return out
	}
	return map[string]any{
		"status": status, "refs": refs, "tags": seen["tags"], "tree": tree, "work": work, "history": history,
		"branch": at(seen["head"], "branch"), "commit": at(seen["head"], "commit"), "stashes": strs("stashes"), "conflicts": strs("conflicts"), "operation": seen["operation"],
	}
}

// Repositories made to fool or to harm the grader are refused with a reason, or change
// nothing of what is seen. Nothing in them is run.
func TestHostileRepositories(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.Git, enginetest.Seed)
	lab := r.Lab(v)
	asks := git.Look{History: []string{"main"}, Trees: []string{"main"}, Files: []string{"main:a"}}
	var want map[string]any
	look(t, r, lab, v, func(ctx context.Context, site kit.Site) error {
		git.Hostile(context.WithoutCancel(ctx), t, site, asks, func(name, reason string, seen git.Seen) {
			switch {
			case name == "as it was":
				want = seen.Asked
				fallthrough
			case reason == "":
				delete(seen.Asked, "refs") // a ref that replaces a commit is among them
				if diff := cmp.Diff(want, seen.Asked); diff != "" || seen.AskedErr != nil {
					t.Errorf("%s: %v, observed (-before +after):\n%s", name, seen.AskedErr, diff)
				}
			case seen.AskedErr == nil || !strings.Contains(seen.AskedErr.Error(), reason):
				t.Errorf("%s: got %v, want %q", name, seen.AskedErr, reason)
			}
		})
		return nil
	})
}

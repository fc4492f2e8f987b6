package git

import (
	"context"
	"testing"

	"endstate/labs"
	"endstate/labs/kit"
)

// For tests with an engine, which can't be in this package because their helpers import it.

// Text returns a name of any bytes as messages show it.
var Text = text

// Seen is what was read, in each way to read it.
type Seen struct {
	Asked    map[string]any
	AskedErr error
	Plain    map[string]any // nil if it was left to Git
	NotPlain error
}

// ReadBoth reads a repository in a host with Git and, if it is plain, without.
func ReadBoth(ctx context.Context, site kit.Site, host labs.Host, path string, look Look) (seen Seen, err error) {
	c, err := copyOut(ctx, site, host, path)
	if err != nil {
		return seen, err
	}
	return readBoth(ctx, site, c, look), nil
}

func readBoth(ctx context.Context, site kit.Site, c copied, look Look) (seen Seen) {
	budget := func() *kit.Budget { return kit.NewBudget("It", kit.ObjectLimits) }
	r, err := readWithGit(ctx, site, c, budget())
	if err == nil {
		seen.Asked, err = r.observe(&look)
	}
	seen.AskedErr = explain(c.path, err)
	if r, seen.NotPlain = readPlain(ctx, c, budget()); seen.NotPlain == nil {
		seen.Plain, seen.NotPlain = r.observe(&look)
	}
	return seen
}

// Hostile reads repositories that a learner could have made to fool or to harm the grader.
// For each it returns what was seen, and why it has to be refused, if it has.
func Hostile(ctx context.Context, t *testing.T, site kit.Site, look Look, each func(name, reason string, seen Seen)) {
	base, config, first := simpleOf(t)
	cases := refusedOnes(t)
	for name, c := range oddOnes(t, config, first) {
		cases[name] = c
	}
	each("as it was", "", readBoth(ctx, site, copied{path: "/home/learner/shop", entries: base}, look))
	for name, c := range cases {
		each(name, c.reason, readBoth(ctx, site, copied{path: "/home/learner/shop", entries: changed(base, c.files)}, look))
	}
}

package labs

import (
	"slices"
	"testing"
)

const answer = `# How to say it

- This is no key point.

Key points:

- Read the head and the end of the dump
  before you run it.
- A dump of one database has no ` + "`CREATE DATABASE`" + ` and no ` + "`USE`" + `.
- Squashing loses the second parent.

# What was broken here

- Nor is this.
`

func TestKeyPoints(t *testing.T) {
	want := []string{
		"Read the head and the end of the dump before you run it.",
		"A dump of one database has no `CREATE DATABASE` and no `USE`.",
		"Squashing loses the second parent.",
	}
	if got := KeyPoints(answer); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := KeyPoints("# Nothing\n\nis listed."); len(got) != 0 {
		t.Errorf("%q", got)
	}
	if got := KeyPoints("**Key points:**\n\n* one\n* two\n"); len(got) != 2 {
		t.Errorf("%q", got)
	}
}

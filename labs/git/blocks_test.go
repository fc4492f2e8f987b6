package git

import (
	"regexp"
	"strings"
	"testing"
)

const conflicted = `"""What orders cost."""


def total(items):
<<<<<<< main
    """Sum, with gifts."""
    return 1
=======
    """Sum, for members."""
    return 2
>>>>>>> branch


def show(cents):
    return cents


NAMES = [
    "EUR",
<<<<<<< main
    "CHF",
=======
    "SEK",
>>>>>>> branch
]
OPENS = 8
`

func TestTextIsComparedAroundItsConflicts(t *testing.T) {
	t.Parallel()
	wanted, _ := around(conflicted, nil, nil)
	settled := `"""What orders cost."""


def worth(item):
    return 3


def total(items, customer=None) -> int:
    return sum(map(worth, items))


def show(cents):
    return cents

NAMES = ["EUR", "CHF", "SEK"]
OPENS = 8
`
	for _, test := range []struct{ name, from, to, missing, met string }{
		{name: "settled in another form"},
		{name: "a function beside it changed", from: "return cents", to: "return -cents", missing: "def show(cents):\n    return cents"},
		{name: "a function beside it gone", from: "def show(cents):\n    return cents\n", missing: "def show(cents):\n    return cents"},
		{name: "defined again in its place", from: "def worth(item):", to: "def show(item):", met: "def show(item):\n    return 3"},
		{name: "given another meaning in its place", from: "NAMES = [", to: "OPENS = 9\nNAMES = [", met: "OPENS = 9"},
		{name: "something at the end", from: "OPENS = 8\n", to: "OPENS = 8\nCLOSES = 18\n", met: "CLOSES = 18"},
		{name: "something at the beginning", from: `"""What`, to: "import os\n" + `"""What`, met: "import os"},
		{name: "another order", from: "OPENS = 8\n", missing: "OPENS = 8"},
		{name: "all of it gone", from: settled, missing: `"""What orders cost."""`},
		{name: "lines that end as Windows has it", from: "\n", to: "\r\n"},
	} {
		missing, met := mismatch(wanted, strings.ReplaceAll(settled, test.from, test.to))
		if test.from == "" {
			missing, met = mismatch(wanted, settled)
		}
		if got := textOf(missing); got != test.missing {
			t.Errorf("%s: missing %q, not %q", test.name, got, test.missing)
		}
		if got := textOf(met); got != test.met {
			t.Errorf("%s: met %q, not %q", test.name, got, test.met)
		}
	}
}

func textOf(b *block) string {
	if b == nil {
		return ""
	}
	return b.text
}

// Blocks in conflict when one commit was replayed stay free in later ones, and blocks named
// by a scenario are free from the start.
func TestBlocksStayFree(t *testing.T) {
	t.Parallel()
	_, keys := around(conflicted, nil, nil)
	later := "def total(items):\n    return 5\n\n\ndef show(cents):\n    return cents\n\n\nx = 1\n"
	wanted, _ := around(later, keys, []*regexp.Regexp{regexp.MustCompile(`^x\b`)})
	if missing, met := mismatch(wanted, "def total():\n    pass\n\n\ndef show(cents):\n    return cents\n\n\nx = 2\n"); missing != nil || met != nil {
		t.Errorf("missing %q, met %q", textOf(missing), textOf(met))
	}
	if missing, _ := mismatch(wanted, "def total():\n    pass\nx = 2\n"); textOf(missing) != "def show(cents):\n    return cents" {
		t.Errorf("missing %q", textOf(missing))
	}
}

// One side adds lines where the other side adds or removes some.
func TestPlacesWhereOneSideHasNothingAreFree(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"between two":        "a = 1\n<<<<<<< main\n=======\nb = 2\n>>>>>>> branch\nc = 3\n",
		"at the end":         "a = 1\nc = 3\n<<<<<<< main\nd = 4\n=======\ne = 5\n>>>>>>> branch\n",
		"within, on ours":    "def f():\n    x\n<<<<<<< main\n=======\n    y\n>>>>>>> branch\n    z\n",
		"within, with lines": "def f():\n<<<<<<< main\n    y\n=======\n    z\n>>>>>>> branch\n",
	} {
		wanted, _ := around(text, nil, nil)
		for _, kept := range [][2]string{{"<<<<<<< main\n", "======="}, {"=======\n", ">>>>>>>"}} {
			from, to := strings.Index(text, kept[0])+len(kept[0]), strings.Index(text, kept[1])
			end := strings.Index(text, ">>>>>>> branch\n") + len(">>>>>>> branch\n")
			settled := text[:strings.Index(text, "<<<<<<<")] + text[from:to] + text[end:]
			if missing, met := mismatch(wanted, settled); missing != nil || met != nil {
				t.Errorf("%s: %q: missing %q, met %q", name, settled, textOf(missing), textOf(met))
			}
		}
	}
}

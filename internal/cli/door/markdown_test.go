package door

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"endstate/internal/report"
)

const markdown = "# Title\n\nRead it with `git checkout --conflict=diff3 pricing.py` and then go on, whatever `git diff --name-only` says about it.\n\n" +
	"- The first item is long enough to be broken into several lines at any width, `mysqldump --single-transaction` included;\n" +
	"- the second is short.\n\n1. A number has **an item** that is as long as it takes to be broken, too.\n\n" +
	"```\nanswer(\"q1\", db.orders.aggregate([ { $match: { status: { $ne: \"void\" } } }, { $group: { _id: \"$month\" } } ]))\n```\n\n" +
	"| such as | meaning |\n| --- | --- |\n| `1,234.50` | a number whose meaning is explained in so many words that they can't stay on one line |\n\nThe end.\n"

// Items have a hanging indent, code is broken neither at hyphens nor at spaces, code blocks not at all,
// and everything else fits.
func TestMarkdown(t *testing.T) {
	for _, color := range []bool{false, true} {
		for _, width := range []int{40, 60, 80, 120} {
			var out strings.Builder
			if err := Markdown(&out, report.Style{Color: color, Width: width}, markdown); err != nil {
				t.Fatal(err)
			}
			text := ansi.Strip(out.String())
			for line := range strings.SplitSeq(text, "\n") {
				if ansi.StringWidth(line) > width && !strings.Contains(line, "$match") {
					t.Errorf("at %d columns, a line has %d: %q", width, ansi.StringWidth(line), line)
				}
			}
			for _, code := range []string{"git checkout --conflict=diff3", "git diff --name-only", "mysqldump --single-transaction", `{ $group: { _id: "$month" } } ]))`} {
				if width >= 60 && !strings.Contains(text, code) {
					t.Errorf("at %d columns, %q is broken:\n%s", width, code, text)
				}
			}
			if strings.Contains(text, "\u00a0") {
				t.Errorf("at %d columns, other spaces are left: %q", width, text)
			}
			_, items, _ := strings.Cut(text, "• ")
			lines := strings.Split(items, "\n")
			if width < 120 && (!strings.HasPrefix(lines[1], "    ") || strings.HasPrefix(lines[1], "     ")) {
				t.Errorf("at %d columns, an item has no hanging indent: %q", width, lines)
			}
		}
	}
}

// Where nobody says the width, Markdown stays Markdown.
func TestPlainMarkdown(t *testing.T) {
	var out strings.Builder
	if err := Markdown(&out, report.Style{}, markdown); err != nil || out.String() != markdown {
		t.Errorf("%q, %v", out.String(), err)
	}
}

package report

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// Commands between backticks stay in one piece where there is room, with colours and without.
func TestCodeStaysInOnePiece(t *testing.T) {
	text := "See what both sides did with `git log --merge -p`, then run `python3 -m unittest discover -s tests --verbose --failfast`."
	for _, style := range []Style{{Width: 50}, {Width: 50, Color: true}} {
		got := ansi.Strip(style.Paragraph(text, 2))
		if strings.Contains(got, "\u00a0") || !strings.Contains(got, "git log --merge -p") || strings.Contains(got, "discover -s tests --verbose --failfast") {
			t.Errorf("%q", got)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if ansi.StringWidth(line) > 50 {
				t.Errorf("%q does not fit", line)
			}
		}
	}
}

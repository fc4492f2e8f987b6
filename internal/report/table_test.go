package report

import (
	"bytes"
	"io"
	"testing"

	"endstate/internal/report/wrap"
)

func TestTable(t *testing.T) {
	rows := [][]string{
		{"NAME", "STATE", "WHAT IT IS"},
		{"git-a", "\x1b[32mmastered\x1b[0m", "A title that has more words than fit beside the others"},
		{"漢字", "–", "Short"},
	}
	for _, test := range []struct {
		width int
		want  string
	}{
		{0, "NAME   STATE     WHAT IT IS\ngit-a  \x1b[32mmastered\x1b[0m  A title that has more words than fit beside the others\n漢字   –         Short\n"},
		{45, "NAME   STATE     WHAT IT IS\ngit-a  \x1b[32mmastered\x1b[0m  A title that has more words\n" +
			"                 than fit beside the others\n漢字   –         Short\n"},
		{40, "git-a  state \x1b[32mmastered\x1b[0m\n  A title that has more words than fit\n  beside the others\n漢字\n  Short\n"},
	} {
		var out bytes.Buffer
		w := io.Writer(&out)
		if test.width > 0 {
			w = wrap.Writer(&out, func() int { return test.width })
		}
		if err := Table(w, rows); err != nil || out.String() != test.want {
			t.Errorf("at %d, %v:\n%s\nwant\n%s", test.width, err, out.String(), test.want)
		}
	}
}

// Rows that don't fit are written alike, whatever their first cells, and cells without a heading have
// no space before them.
func TestStackedRowsAreAlike(t *testing.T) {
	rows := [][]string{{"EXAM", "PASS", "LEVEL", ""}, {"back-end", "65 %", "working", "required"}, {"taste", "60 %", "core", "–"}}
	var out bytes.Buffer
	if err := Table(wrap.Writer(&out, func() int { return 29 }), rows); err != nil {
		t.Fatal(err)
	}
	if want := "back-end\n  pass 65 % · level working ·\n  required\ntaste\n  pass 60 % · level core\n"; out.String() != want {
		t.Errorf("%s\nwant\n%s", out.String(), want)
	}
}

package seat

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
)

// What is drawn looks the same on another terminal: text, colours, cursor and modes.
func TestHistoryDraws(t *testing.T) {
	for name, test := range map[string]struct {
		output         string
		columns, rows  int
		shown, written string // on the screen, and among the sequences
		x, y           int
	}{
		"a prompt":                  {"one\r\ntwo\r\n$ ", 20, 5, "one\ntwo\n$", "", 2, 2},
		"colours":                   {"\x1b[1;31mred\x1b[0m plain", 20, 5, "red plain", "\x1b[31;1mred", 9, 0},
		"what was scrolled":         {strings.Repeat("line\r\n", 30) + "end", 20, 5, "line\nline\nline\nline\nend", "", 3, 4},
		"a smaller terminal":        {strings.Repeat("line\r\n", 9) + "a line that is long", 10, 3, "line\nline\na line tha", "", 9, 2},
		"a program's screen":        {"main\x1b[?1049h\x1b[2J\x1b[2;3Hfull", 20, 5, "\n  full", "\x1b[?1049h", 6, 1},
		"a program that has ended":  {"main\x1b[?1049h\x1b[2J\x1b[2;3Hfull\x1b[?1049l after", 20, 5, "main after", "", 10, 0},
		"modes":                     {"\x1b[?1h\x1b[?2004h\x1b[?25l\x1b[4 q\x1b]2;title\ax", 20, 5, "x", "\x1b[?1h\x1b[?2004h\x1b[?25l\x1b[4 q\x1b]2;title\a", 1, 0},
		"a mode that is over":       {"\x1b[?1h\x1b[?1lx", 20, 5, "x", "\x1b[?1l", 1, 0},
		"the current colour":        {"x\x1b[0;32m", 20, 5, "x", "\x1b[0;32m", 1, 0},
		"a question of a program":   {"\x1b[c\x1b[6nx", 20, 5, "x", "", 1, 0},
		"wide characters":           {"日本語", 20, 5, "日本語", "", 6, 0},
		"a request of a lab":        {"a\x1b]1701;endstate;check\ab", 20, 5, "ab", "", 2, 0},
		"an unfinished sequence":    {"x\x1b[?10", 20, 5, "x", "", 1, 0},
		"nothing":                   {"", 20, 5, "", "", 0, 0},
		"a screen that holds still": {"x\x1b[?2026h", 20, 5, "x", "", 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := &History{Columns: 20, Rows: 5, output: []byte(test.output)}
			out, _ := h.Draw(test.columns, test.rows)
			e := vt.NewEmulator(test.columns, test.rows)
			if _, err := e.Write(append([]byte("what was here before\r\n"), out...)); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(e.String(), "\n")
			for i := range lines {
				lines[i] = strings.TrimRight(lines[i], " \r")
			}
			if shown := strings.TrimRight(strings.Join(lines, "\n"), "\n"); shown != test.shown {
				t.Errorf("it shows %q, want %q", shown, test.shown)
			}
			if at := e.CursorPosition(); at.X != test.x || at.Y != test.y {
				t.Errorf("the cursor is at %v, want %d, %d", at, test.x, test.y)
			}
			if !strings.Contains(string(out), test.written) || strings.Contains(string(out), "?2026") || strings.Contains(string(out), "1701") {
				t.Errorf("it writes %q, want %q in it", out, test.written)
			}
		})
	}
}

// The main screen is behind a program's, and comes back when that ends.
func TestHistoryKeepsTheMainScreen(t *testing.T) {
	h := &History{Columns: 20, Rows: 5, output: []byte("main\r\n$ vim\x1b[?1049h\x1b[2J\x1b[Hfull")}
	out, alternate := h.Draw(20, 5)
	e := vt.NewEmulator(20, 5)
	if _, err := e.Write(append(out, "\x1b[?1049l"...)); err != nil || !alternate {
		t.Fatal(err, alternate)
	}
	if shown := e.String(); !strings.HasPrefix(shown, "main") || strings.Contains(shown, "full") {
		t.Errorf("afterwards the screen is %q", shown)
	}
}

// A lab can send anything: it is drawn, or not, but does no harm.
func TestHistoryOfAnything(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"\x1b[", "\x1b]", "\x1bP", "?1049h", "?1049l", "999999999", ";", "H", "r", "m", "J", "K", "L", "M", "@", "P", "X", "b", "\r\n", "日", "\x1b#8", "\x1bM", "\x1bc", "text", "\x1b[99999b", "\x00", "\xff"}
	for range 300 {
		var output strings.Builder
		for range 200 {
			output.WriteString(pieces[random.IntN(len(pieces))])
		}
		h := &History{Columns: random.IntN(70000), Rows: random.IntN(70000), output: []byte(output.String())}
		if h.Columns > 100 {
			h.Columns, h.Rows = h.Columns%90, h.Rows%40
		}
		if out, _ := h.Draw(80, 24); len(out) == 0 {
			t.Errorf("nothing is drawn of %q", output.String())
		}
	}
	if out, _ := (&History{Columns: 65535, Rows: 65535, output: []byte("x")}).Draw(80, 24); !strings.Contains(string(out), "x") {
		t.Errorf("of a huge terminal, %q is drawn", out)
	}
}

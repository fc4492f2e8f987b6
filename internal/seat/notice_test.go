package seat

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
)

func TestNoticeFitsTheScreen(t *testing.T) {
	b := newBrowser(t)
	b.resize(12, 5)
	if err := new(Notices).Show(b, "2 minutes\nleft"); err != nil {
		t.Fatal(err)
	}
	if want := "\a\x1b7\x1b[1;1H\x1b[0;7m 2 minutes l\x1b[0m\x1b[K\x1b8"; b.screen.String() != want {
		t.Errorf("got %q, want %q", b.screen.String(), want)
	}
}

// A notice hides no prompt: what is typed goes on behind it. In the screen of a program that draws
// the whole screen, nothing moves.
func TestNoticeHidesNoPrompt(t *testing.T) {
	for name, test := range map[string]struct{ shown, want string }{
		"below the top":         {"task\r\nlab$ ec", " 2 min left\nlab$ echo"},
		"cleared":               {"task\r\n\x1b[H\x1b[2Jlab$ ec", " 2 min left\nlab$ echo"},
		"cleared by Ctrl-L":     {"a\r\n\x1b[1;1H\x1b[Jlab$ ec", " 2 min left\nlab$ echo"},
		"cleared and run":       {"\x1b[H\x1b[2Jlab$ ls\r\nlab$ ec", " 2 min left\nlab$ echo"},
		"in an editor":          {"\x1b[?1049h\x1b[H\x1b[2Jfirst\r\nsecond\x1b[1;1H", " 2 min left\nsecond"},
		"after an editor":       {"\x1b[?1049h\x1b[H\x1b[2J\x1b[?1049l\x1b[H\x1b[2Jlab$ ec", " 2 min left\nlab$ echo"},
		"moved below the top":   {"\x1b[H\x1b[2J\x1b[2;1Hlab$ ec", " 2 min left\nlab$ echo"},
		"on the last row":       {"\x1b[H\x1b[2J\r\n\r\nlab$ ec", " 2 min left\n\nlab$ echo"},
		"an end of line quoted": {"\x1b[H\x1b[2J\x1b]0;a\nb\alab$ ec", " 2 min left\nlab$ echo"},
	} {
		t.Run(name, func(t *testing.T) {
			terminal := vt.NewEmulator(20, 3)
			n := &Notices{}
			for _, c := range []byte(test.shown) { // split anywhere
				n.Output([]byte{c})
			}
			_, _ = terminal.WriteString(test.shown)
			if err := n.Show(display{terminal}, "2 min left"); err != nil {
				t.Fatal(err)
			}
			if name != "in an editor" {
				_, _ = terminal.WriteString("ho")
			}
			var lines []string
			for line := range strings.SplitSeq(terminal.String(), "\n") {
				lines = append(lines, strings.TrimRight(line, " "))
			}
			if got := strings.TrimRight(strings.Join(lines, "\n"), "\n"); got != test.want {
				t.Errorf("the screen shows %q, want %q", got, test.want)
			}
		})
	}
}

type display struct{ *vt.Emulator }

func (d display) Size() (columns, rows int) { return d.Width(), d.Height() }

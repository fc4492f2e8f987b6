package progress

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"endstate/labs"
)

// play emits the events of a run: an image is built, one host starts at once, another
// fails. Time passes only in the test's bubble.
func play(renderer Renderer) {
	emit := labs.Emit(renderer.Emit)
	build := emit.Step(labs.BuildImage, "mysql")
	time.Sleep(1500 * time.Millisecond)
	emit.Move(labs.BuildImage, "mysql", "Step 3/10 : RUN apt-get install", 2, 10)
	emit.Move(labs.PullImage, "none", "is not shown", 1, 2)
	time.Sleep(10_900 * time.Millisecond)
	build(nil)
	quick := emit.Step(labs.StartHost, "workspace")
	time.Sleep(120 * time.Millisecond)
	quick(nil)
	slow := emit.Step(labs.AwaitHost, "db")
	time.Sleep(2 * time.Second)
	slow(errors.New("it never did"))
	cutOff := emit.Step(labs.RunSetup, "")
	time.Sleep(1200 * time.Millisecond)
	renderer.Close()
	cutOff(nil)
	renderer.Close()
}

// rendered returns a renderer's output for that run.
func rendered(t *testing.T, open func(io.Writer) Renderer) string {
	t.Helper()
	var out strings.Builder
	synctest.Test(t, func(*testing.T) { play(open(&out)) })
	return out.String()
}

func TestPlain(t *testing.T) {
	want := `Building the image mysql …
Built the image mysql (12 s)
Waiting until ` + "`db`" + ` answers …
Waiting until ` + "`db`" + ` answers: failed after 2.0 s
Building a healthy system …
`
	if diff := cmp.Diff(want, rendered(t, Plain)); diff != "" {
		t.Error(diff)
	}
}

func TestJSON(t *testing.T) {
	var got []labs.Event
	lines := bufio.NewScanner(strings.NewReader(rendered(t, JSON)))
	for lines.Scan() {
		var event labs.Event
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		got = append(got, event)
	}
	want := []labs.Event{
		{Step: labs.BuildImage, Subject: "mysql", State: labs.StepBegan},
		{Step: labs.BuildImage, Subject: "mysql", State: labs.StepMoved, Detail: "Step 3/10 : RUN apt-get install", Done: 2, Total: 10},
		{Step: labs.PullImage, Subject: "none", State: labs.StepMoved, Detail: "is not shown", Done: 1, Total: 2},
		{Step: labs.BuildImage, Subject: "mysql", State: labs.StepEnded, Took: labs.Seconds{Duration: 12400 * time.Millisecond}},
		{Step: labs.StartHost, Subject: "workspace", State: labs.StepBegan},
		{Step: labs.StartHost, Subject: "workspace", State: labs.StepEnded, Took: labs.Seconds{Duration: 120 * time.Millisecond}},
		{Step: labs.AwaitHost, Subject: "db", State: labs.StepBegan},
		{Step: labs.AwaitHost, Subject: "db", State: labs.StepFailed, Detail: "it never did", Took: labs.Seconds{Duration: 2 * time.Second}},
		{Step: labs.RunSetup, State: labs.StepBegan},
		{Step: labs.RunSetup, State: labs.StepEnded, Took: labs.Seconds{Duration: 1200 * time.Millisecond}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// screen emulates a terminal. It implements the three control sequences that the live view
// uses. It fails the test on any other, and on lines that are too wide.
type screen struct {
	t      *testing.T
	width  int
	lines  []string
	row    int
	frames []string // the screen after each write
}

func (s *screen) Write(b []byte) (int, error) {
	var state byte
	for rest := b; len(rest) > 0; {
		sequence, _, n, next := ansi.DecodeSequence(rest, state, nil)
		state, rest = next, rest[n:]
		s.take(string(sequence))
	}
	s.frames = append(s.frames, strings.Join(s.lines, "\n"))
	return len(b), nil
}

func (s *screen) take(sequence string) {
	for s.row >= len(s.lines) {
		s.lines = append(s.lines, "")
	}
	var up int
	switch {
	case sequence == "\r":
	case sequence == "\n":
		s.row++
	case sequence == "\x1b[2K":
		s.lines[s.row] = ""
	case scan(sequence, &up):
		s.row -= up
	case strings.HasPrefix(sequence, "\x1b[") && strings.HasSuffix(sequence, "m"):
	case strings.HasPrefix(sequence, "\x1b"):
		s.t.Errorf("the view writes %q", sequence)
	default:
		s.lines[s.row] += sequence
		if width := ansi.StringWidth(s.lines[s.row]); width > s.width {
			s.t.Errorf("%q is %d columns wide, of %d", s.lines[s.row], width, s.width)
		}
	}
}

// left returns what is left on the screen above the cursor, which must be all.
func (s *screen) left() string {
	s.t.Helper()
	if below := strings.Join(s.lines[min(s.row, len(s.lines)):], ""); below != "" {
		s.t.Errorf("below the cursor, there is %q", below)
	}
	return strings.Join(s.lines[:min(s.row, len(s.lines))], "\n")
}

func scan(sequence string, up *int) bool {
	rest, found := strings.CutPrefix(sequence, "\x1b[")
	number, found2 := strings.CutSuffix(rest, "A")
	if !found || !found2 {
		return false
	}
	for _, digit := range number {
		*up = *up*10 + int(digit-'0')
	}
	return true
}

func TestLive(t *testing.T) {
	for _, test := range []struct {
		name  string
		width int
		frame string // on the way
		end   string // in the end
	}{
		{
			"wide", 80, "━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  12 s  Step 3/10 : RUN",
			"✓ Built the image mysql (12 s)\n✗ Waiting until `db` answers: failed after 2.0 s",
		},
		{"narrow", 20, "Building the ima…", "✓ Built the image …\n✗ Waiting until `d…"},
		{"hardly there", 4, " …", "✓ …\n✗ …"},
	} {
		t.Run(test.name, func(t *testing.T) {
			on := &screen{t: t, width: test.width}
			out := rendered(t, func(io.Writer) Renderer { return Live(on, func() int { return test.width }, false) })
			if out != "" || !strings.Contains(strings.Join(on.frames, "\n"), test.frame) {
				t.Errorf("%q was never shown: %q", test.frame, on.frames)
			}
			if got := on.left(); got != test.end {
				t.Errorf("left on the screen: %q, want %q", got, test.end)
			}
			if strings.Contains(strings.Join(on.frames, ""), "host workspace") {
				t.Error("a step that took an eighth of a second was shown")
			}
		})
	}
}

// A check that ran says nothing about success before its verdicts are shown.
func TestCheckHasNoSignOfSuccess(t *testing.T) {
	for err, want := range map[error]string{nil: "· Checked git-a (2.0 s)", io.EOF: "✗ Checking git-a: failed after 2.0 s"} {
		synctest.Test(t, func(t *testing.T) {
			on := &screen{t: t, width: 60}
			renderer := Live(on, func() int { return 60 }, true)
			end := labs.Emit(renderer.Emit).Step(labs.CheckLab, "git-a")
			time.Sleep(2 * time.Second)
			end(err)
			renderer.Close()
			if got := ansi.Strip(on.left()); got != want {
				t.Errorf("it leaves %q, want %q", got, want)
			}
		})
	}
}

func TestColor(t *testing.T) {
	for color, want := range map[bool]bool{true: true, false: false} {
		out := rendered(t, func(w io.Writer) Renderer { return Live(w, func() int { return 80 }, color) })
		if got := strings.Contains(out, "m✓\x1b[0m"); got != want {
			t.Errorf("color %v: %q", color, out)
		}
	}
}

// Output of builds and packages can't control the terminal or break the view.
func TestHostileText(t *testing.T) {
	for _, text := range []string{"\x1b[2Jcleared", "two\nlines", "back\b\b\b", "ret\rurn", "bell\a", "\x1b]0;title\a", "c1 \u009b31m", "\xff\xfe"} {
		synctest.Test(t, func(t *testing.T) {
			on := &screen{t: t, width: 60}
			renderer := Live(on, func() int { return 60 }, true)
			emit := labs.Emit(renderer.Emit)
			end := emit.Step(labs.BuildImage, "")
			emit.Move(labs.BuildImage, "", text, -3, 5)
			time.Sleep(time.Second)
			end(nil)
			renderer.Close()
			for _, frame := range on.frames {
				if strings.ContainsAny(frame, "\a\b\u009b") || strings.Count(frame, "\n") > 1 {
					t.Errorf("%q is shown as %q", text, frame)
				}
			}
		})
	}
}

// Steps come from several goroutines at once.
func TestTogether(t *testing.T) {
	for name, open := range map[string]func(io.Writer) Renderer{
		"plain": Plain, "JSON": JSON, "live": func(w io.Writer) Renderer { return Live(w, func() int { return 80 }, true) },
	} {
		t.Run(name, func(t *testing.T) {
			renderer := open(io.Discard)
			var all sync.WaitGroup
			for _, subject := range []string{"a", "b", "c", "d"} {
				all.Go(func() {
					for range 50 {
						end := labs.Emit(renderer.Emit).Step(labs.BuildImage, subject)
						labs.Emit(renderer.Emit).Move(labs.BuildImage, subject, "on", 1, 2)
						end(nil)
					}
				})
			}
			all.Wait()
			renderer.Close()
		})
	}
}

// A step that takes long reports its progress now and then.
func TestPlainOfALongStep(t *testing.T) {
	var out strings.Builder
	synctest.Test(t, func(*testing.T) {
		r := Plain(&out)
		r.Emit(labs.Event{Step: labs.PlayProofs, Subject: "1", State: labs.StepBegan})
		for i := range int64(5) {
			r.Emit(labs.Event{Step: labs.PlayProofs, Subject: "1", State: labs.StepMoved, Detail: "proof\x1b[2J", Done: i, Total: 9})
			time.Sleep(14 * time.Second)
		}
		r.Close()
	})
	want := "Playing proofs from seed 1 …\nPlaying proofs from seed 1: 2 of 9 after 31 s, proof\nPlaying proofs from seed 1: 4 of 9 after 61 s, proof\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

// transcript keeps what is written to it, and can be looked at meanwhile.
type transcript struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// A warning that belongs to a step is shown while the step goes on.
func TestWarningsOfAStep(t *testing.T) {
	for name, renderer := range map[string]func(io.Writer) Renderer{
		"plain": Plain, "live": func(w io.Writer) Renderer { return Live(w, func() int { return 80 }, false) },
	} {
		out := &transcript{}
		synctest.Test(t, func(t *testing.T) {
			r := renderer(out)
			r.Emit(labs.Event{Step: labs.PlayProofs, Subject: "1", State: labs.StepBegan})
			r.Emit(labs.Event{Step: labs.PlayProofs, Subject: "1", State: labs.Warned, Detail: "The setup failed.\n"})
			time.Sleep(time.Second)
			if strings.Count(out.String(), "The setup failed.\n") != 1 {
				t.Errorf("%s: %q", name, out.String())
			}
			r.Close()
		})
	}
}

// When a terminal becomes narrower, it breaks the lines of the last frame: all their rows are removed.
func TestNarrowerTerminalIsNotSmeared(t *testing.T) {
	var out strings.Builder
	width := 40
	d := &drawing{w: &out, width: func() int { return width }}
	b := &board{steps: []*step{{wording: wording{doing: strings.Repeat("x", 60)}, begun: time.Now().Add(-time.Minute)}}}
	d.draw(b)
	for _, next := range []struct{ width, rows int }{{40, 1}, {15, 3}, {15, 1}, {80, 1}} {
		width = next.width
		out.Reset()
		d.draw(b)
		if want := "\r" + strings.Repeat("\x1b[1A\x1b[2K", next.rows); !strings.HasPrefix(out.String(), want) {
			t.Errorf("at %d columns: %q does not begin with %q", width, out.String(), want)
		}
	}
}

// Every kind of work is described in words.
func TestEveryWorkHasWords(t *testing.T) {
	source, err := os.ReadFile("../../labs/event.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := regexp.MustCompile(`\bWork += "([a-z-]+)"`).FindAllSubmatch(source, -1)
	if len(kinds) < 20 {
		t.Fatalf("%d kinds of work", len(kinds))
	}
	for _, kind := range kinds {
		words := wordings[labs.Work(kind[1])]
		if words.doing == "" || words.did == "" || strings.Contains(words.doing, "%s") && !strings.Contains(words.did, "%s") {
			t.Errorf("%s: %+v", kind[1], words)
		}
	}
}

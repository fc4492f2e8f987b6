package recording

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// clock is a clock that moves only on request.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) move(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

func begin(t *testing.T) (*Recorder, *clock, string) {
	t.Helper()
	c := &clock{now: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	path := filepath.Join(t.TempDir(), "recordings", "one.cast")
	r, err := Create(path, 80, 24, "git · seed 7", "xterm", c.time)
	if err != nil {
		t.Fatal(err)
	}
	return r, c, path
}

func reopened(t *testing.T, path string) *Recording {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A recording can be read back with its times. Only its owner can read the file, which is
// asciicast version 2.
func TestRecorded(t *testing.T) {
	r, c, path := begin(t)
	r.Output([]byte("$ ls\r\n\x1b[31mżółć\x1b[0m"))
	c.move(1500 * time.Millisecond)
	r.Resize(100, 30)
	r.Input()
	c.move(-time.Hour) // the clock is set back
	r.Mark("check: 70 of 100")
	c.move(time.Hour + time.Second)
	r.Output([]byte("\xff\x00<script>"))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	got := reopened(t, path)
	want := []Event{
		{0, Output, "$ ls\r\n\x1b[31mżółć\x1b[0m"},
		{1500 * time.Millisecond, Resize, "100x30"},
		{1500 * time.Millisecond, Marker, "check: 70 of 100"},
		{2500 * time.Millisecond, Output, "\ufffd\x00<script>"},
	}
	if diff := cmp.Diff(want, got.Events); diff != "" {
		t.Error(diff)
	}
	head := Header{Version: 2, Width: 80, Height: 24, Timestamp: c.now.Unix() - 2, Title: "git · seed 7", Env: map[string]string{"TERM": "xterm"}}
	head.Timestamp = got.Timestamp
	if diff := cmp.Diff(head, got.Header); diff != "" || got.Timestamp != 1772359200 {
		t.Error(diff, got.Timestamp)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if info, err = os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := Create(path, 80, 24, "", "", c.time); err == nil {
		t.Error("a recording was written over")
	}
}

// Output may be split within characters.
func TestCharactersInPieces(t *testing.T) {
	const text = "aż€😀é\xffb"
	for size := 1; size < len(text); size++ {
		r, _, path := begin(t)
		for rest := []byte(text); len(rest) > 0; {
			n := min(size, len(rest))
			r.Output(rest[:n])
			rest = rest[n:]
		}
		r.Output([]byte("\xe2\x82")) // the recording ends within a character
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, event := range reopened(t, path).Events {
			out.WriteString(event.Data)
		}
		if got := out.String(); got != "aż€😀é\ufffdb\ufffd\ufffd" && got != "aż€😀é\ufffdb\ufffd" {
			t.Errorf("in pieces of %d: %q", size, got)
		}
	}
}

// A recording has a limit, and says when it reaches it.
func TestBounded(t *testing.T) {
	r, _, path := begin(t)
	r.limit = 1 << 20
	for range 100 {
		r.Output(bytes.Repeat([]byte("0123456789abcdef"), 2048))
	}
	r.Mark("after the end")
	err := r.Close()
	if !Full(err) {
		t.Errorf("it ended with %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > 1<<20 || info.Size() < 900<<10 {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
	events := reopened(t, path).Events
	if last := events[len(events)-1]; !strings.Contains(last.Data, "The recording ends here: it has reached its limit of 1 MiB.") {
		t.Errorf("its last event is %.100q", last.Data)
	}
}

// An interrupted recording can be read up to its last complete line.
func TestCutOff(t *testing.T) {
	r, c, path := begin(t)
	for range 20 {
		c.move(time.Second)
		r.Output([]byte("żółw \x1b[1mtext\x1b[0m\r\n"))
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head := bytes.IndexByte(whole, '\n')
	for at := head; at <= len(whole); at++ {
		got, err := Read(bytes.NewReader(whole[:at]))
		if err != nil {
			t.Fatalf("cut at %d: %v", at, err)
		}
		lines := bytes.Count(whole[head+1:max(at, head+1)], []byte("\n"))
		if n := len(got.Events); n != lines && n != lines+1 {
			t.Errorf("cut at %d: %d events of %d lines", at, n, lines)
		}
	}
}

func TestNoRecording(t *testing.T) {
	const head = `{"version":2,"width":80,"height":24}` + "\n"
	for name, text := range map[string]string{
		"empty": "", "no JSON": "hello\n", "version 1": `{"version":1}` + "\n", "another JSON": "[]\n",
		"a line of nothing in the midst": head + "x\n" + `[1,"o","a"]` + "\n", "two fields": head + "[1,\"o\"]\n[1,\"o\",\"a\"]\n",
		"before its time": head + "[-1,\"o\",\"a\"]\n[1,\"o\",\"a\"]\n", "no end of time": head + "[1e300,\"o\",\"a\"]\n[1,\"o\",\"a\"]\n",
	} {
		if r, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// A full disk ends the recording, not the terminal.
func TestFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	r, _, _ := begin(t)
	r.file = full
	r.Output([]byte("a"))
	r.Output([]byte("b"))
	if err := r.Close(); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("%v", err)
	}
}

// played is what was played: texts and when they appeared.
func played(t *testing.T, r *Recording, speed float64, keys func(chan<- byte)) (shown string, took time.Duration, ended bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		typed := make(chan byte)
		player := &Player{Out: &out, Speed: speed, Keys: typed, After: time.After}
		begun := time.Now()
		if keys != nil {
			go keys(typed)
		}
		var err error
		if ended, err = player.Play(t.Context(), r); err != nil {
			t.Error(err)
		}
		shown, took = out.String(), time.Since(begun)
	})
	return shown, took, ended
}

var short = &Recording{Events: []Event{
	{time.Second, Output, "a"},
	{2 * time.Second, Marker, "check"},
	{2 * time.Second, Output, "b"},
	{62 * time.Second, Output, "c"},
	{70 * time.Second, Marker, "check"},
	{72 * time.Second, Output, "d"},
}}

func TestPlay(t *testing.T) {
	after := func(d time.Duration, key byte) func(chan<- byte) {
		return func(keys chan<- byte) { time.Sleep(d); keys <- key }
	}
	for name, test := range map[string]struct {
		speed float64
		keys  func(chan<- byte)
		shown string
		took  time.Duration
		ended bool
	}{
		"as it was":          {1, nil, "abcd", 72 * time.Second, true},
		"four times as fast": {4, nil, "abcd", 18 * time.Second, true},
		"slowly":             {0.5, nil, "abcd", 144 * time.Second, true},
		"quit":               {1, after(30*time.Second, KeyQuit), "ab", 30 * time.Second, false},
		"Ctrl-C":             {1, after(30*time.Second, ctrlC), "ab", 30 * time.Second, false},
		"another key":        {1, after(30*time.Second, 'x'), "abcd", 72 * time.Second, true},
		"to the next check":  {1, after(10*time.Second, KeyNext), "abcd", 12 * time.Second, true},
		"halted": {1, func(keys chan<- byte) {
			time.Sleep(10 * time.Second)
			keys <- ' '
			time.Sleep(100 * time.Second)
			keys <- ' '
		}, "abcd", 120 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			shown, took, ended := played(t, short, test.speed, test.keys)
			if shown != test.shown || took != test.took || ended != test.ended {
				t.Errorf("%q in %v, to its end: %v", shown, took, ended)
			}
		})
	}
}

func TestPlayIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	player := &Player{Out: &strings.Builder{}, Speed: 1, After: time.After}
	if ended, err := player.Play(ctx, short); err == nil || ended {
		t.Errorf("%v, %v", ended, err)
	}
}

// The lines of a recording are JSON arrays of a number and two strings.
func TestFormat(t *testing.T) {
	r, _, path := begin(t)
	r.Output([]byte(hostile))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	var head map[string]any
	var event []any
	if err := json.Unmarshal([]byte(lines[0]), &head); err != nil || head["version"] != 2.0 {
		t.Errorf("%s: %v", lines[0], err)
	}
	if err := json.Unmarshal([]byte(lines[1]), &event); err != nil || len(event) != 3 || event[2] != hostile {
		t.Errorf("%s: %v", lines[1], err)
	}
	for _, c := range string(text) {
		if c < ' ' && c != '\n' {
			t.Errorf("the file has the control character %q", c)
		}
	}
}

const hostile = "\x1b]0;title\a\x1b[2J\u202e\u2028\x00</script>\x7f"

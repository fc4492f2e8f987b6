//go:build unix

package seat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// bash starts a learner's shell.
func bash(t *testing.T) *local { t.Helper(); return start(t, "bash", "--norc", "--noprofile") }

func TestShellEnds(t *testing.T) {
	for name, test := range map[string]struct {
		keys   string
		status int
	}{
		"by exit":   {"exit 7\r", 7},
		"by Ctrl-D": {"\x04", 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t)
			end := b.attach(t.Context(), bash(t), never(t))
			b.sees("$ ")
			b.types("echo $((6 * 7))\r")
			b.sees("42\r\n$ ")
			b.types(test.keys)
			if got := end(); got.status != test.status || got.err != nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// Ctrl-C goes to the program in the lab.
func TestCtrlC(t *testing.T) {
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), never(t))
	b.sees("$ ")
	b.types("bash -c 'echo begun; exec sleep 1000'; echo not reached\r")
	b.sees("\nbegun\r\n")
	b.types("\x03")
	b.sees("$ ")
	b.types("exit\r")
	if got := end(); got.status != 130 || got.err != nil {
		t.Errorf("got %+v", got)
	}
}

// watcher records what a seat reports.
type watcher struct {
	output strings.Builder
	sizes  [][2]int
	inputs int
}

func (w *watcher) Output(b []byte)          { w.output.Write(b) }
func (w *watcher) Resize(columns, rows int) { w.sizes = append(w.sizes, [2]int{columns, rows}) }
func (w *watcher) Input()                   { w.inputs++ }

func TestResize(t *testing.T) {
	b, p, w := newBrowser(t), bash(t), &watcher{}
	end := b.attach(t.Context(), p, never(t), w)
	b.sees("$ ")
	b.resize(57, 13)
	if size := <-p.sizes; size != [2]int{57, 13} {
		t.Errorf("resized to %v", size)
	}
	b.types("exit\r")
	end()
	if !slices.Equal(w.sizes, [][2]int{{57, 13}}) || w.inputs != 1 || !strings.Contains(w.output.String(), "$ exit\r\n") {
		t.Errorf("the watcher got %+v", w)
	}
}

// If the lab is removed, its shell is killed, or the engine no longer knows it.
func TestLost(t *testing.T) {
	for name, waitErr := range map[string]error{"killed": nil, "removed": errors.New("no such container")} {
		t.Run(name, func(t *testing.T) {
			b, p := newBrowser(t), bash(t)
			p.waitErr = waitErr
			end := b.attach(t.Context(), p, never(t))
			b.sees("$ ")
			b.types("printf '\\e[?10'; sleep 0.1; printf '49h'; kill -9 $$\r")
			b.sees("\x1b[?1049l" + popTitle + "\r\n")
			if got := end(); !errors.Is(got.err, ErrLost) || !errors.Is(got.err, waitErr) && waitErr != nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// A context can end at any time, for instance because of a signal.
func TestContextEnds(t *testing.T) {
	errStop := errors.New("stop")
	for name, prepare := range map[string]func(b *browser, asked chan string){
		"at the prompt": func(*browser, chan string) {},
		"while nobody reads keys": func(b *browser, _ chan string) {
			b.types("stty raw -echo; echo deaf; sleep 1000\r")
			b.sees("\ndeaf")
			b.types(strings.Repeat("x", 50_000))
		},
		"while it answers": func(b *browser, asked chan string) {
			b.types("check\r")
			<-asked
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancelCause(t.Context())
			b, asked := newBrowser(t), make(chan string)
			end := b.attach(ctx, bash(t), func(ctx context.Context, verb string, screen *Screen) bool {
				asked <- verb
				return screen.Interruptible(ctx, func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }) == nil
			})
			b.sees("$ ")
			prepare(b, asked)
			stop(errStop)
			if got := end(); !errors.Is(got.err, errStop) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// A seat does not wait for a client that has gone.
func TestClientGone(t *testing.T) {
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), never(t))
	b.sees("$ ")
	close(b.keys)
	if got := end(); !errors.Is(got.err, ErrClientGone) {
		t.Errorf("got %+v", got)
	}
}

// Keys that are pressed after the end of one shell are for the next one.
func TestNextShell(t *testing.T) {
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), never(t))
	b.sees("$ ")
	b.types("exit\r")
	end()
	go func() { b.keys <- []byte("echo $((6 * 7)); exit\r") }()
	end = b.attach(t.Context(), bash(t), never(t))
	b.sees("42\r\n")
	end()
}

// Show passes keys on one by one, undoes what was drawn, and ends with its client.
func TestShow(t *testing.T) {
	b := newBrowser(t)
	go func() { b.keys <- []byte("ab"); close(b.keys) }()
	err := Show(t.Context(), b, func(ctx context.Context, screen io.Writer, keys <-chan byte) error {
		fmt.Fprintf(screen, "\x1b[?25l%c%c", <-keys, <-keys)
		<-ctx.Done()
		return context.Cause(ctx)
	})
	if want := pushTitle + "\x1b[?25lab\x1b[?25h" + popTitle + "\r\n"; !errors.Is(err, ErrClientGone) || b.screen.String() != want {
		t.Errorf("got %v and the screen %q, want %q", err, b.screen.String(), want)
	}
}

func TestAnswer(t *testing.T) {
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), func(ctx context.Context, verb string, screen *Screen) bool {
		fmt.Fprintf(screen, "answering %s:\n", verb)
		sure, err := screen.Confirm(ctx, "Sure?")
		fmt.Fprintf(screen, "got %v, %v\n", sure, err)
		return true
	})
	b.sees("$ ")
	for _, verb := range []string{"task", "check", "hint", "reset"} {
		b.types(verb + "\r")
		before := b.sees("answering " + verb + ":\r\n")
		// Keys behind the line are for the shell.
		b.types("yen\x7fs\recho for the shell of " + verb + "\r")
		before += b.sees("Sure? [y/N] yen\b \bs\r\ngot true, <nil>\r\n")
		before += b.sees("\nfor the shell of " + verb + "\r\n$ ")
		if strings.Contains(before, "1701") || strings.Contains(before, "\x06") {
			t.Errorf("the screen shows the protocol: %q", before)
		}
	}
	b.types("exit\r")
	if got := end(); got.status != 0 || got.err != nil {
		t.Errorf("got %+v", got)
	}
}

// Keys pressed before the seat has understood a request are not taken for its answer.
func TestTypedAhead(t *testing.T) {
	b, p := newBrowser(t), bash(t)
	p.output = &early{local: p}
	end := b.attach(t.Context(), p, func(_ context.Context, verb string, screen *Screen) bool {
		fmt.Fprintf(screen, "answering %s\n", verb)
		return true
	})
	b.sees("$ ")
	b.types("check; echo status $?\r")
	b.sees("answering check\r\n")
	b.sees("status 0\r\n")
	b.types("exit\r")
	end()
}

// early presses keys after a request was written and before the seat reads it.
type early struct{ *local }

func (e *early) Read(b []byte) (int, error) {
	n, err := ptmx{e.master}.Read(b)
	if strings.Contains(string(b[:n]), requestStart) {
		_, _ = e.master.WriteString("ab")
	}
	return n, err
}

// Without a seat, a command says so and leaves the terminal as it was.
func TestNoClient(t *testing.T) {
	p := start(t, "bash", "-c", "check; echo status $?; stty -a")
	var out strings.Builder
	buffer := make([]byte, 4096)
	for n, err := p.output.Read(buffer); err == nil; n, err = p.output.Read(buffer) {
		out.Write(buffer[:n])
	}
	for _, want := range []string{"No endstate client is attached to this terminal. Outside the lab: endstate check", "status 1", " icanon", " echo"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %q", want, out.String())
		}
	}
}

// An answer can close the shell, as reset does.
func TestShellClosed(t *testing.T) {
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), func(context.Context, string, *Screen) bool { return false })
	b.sees("$ ")
	b.types("reset\r")
	if got := end(); !errors.Is(got.err, ErrShellClosed) {
		t.Errorf("got %+v", got)
	}
}

// interruptible counts requests and answers each until Ctrl-C is pressed.
func interruptible(asked *atomic.Int64) Answer {
	return func(ctx context.Context, verb string, screen *Screen) bool {
		n := asked.Add(1)
		fmt.Fprintf(screen, "answer %d to %s\n", n, verb)
		err := screen.Interruptible(ctx, func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) })
		fmt.Fprintf(screen, "ended: %v\n", err)
		return true
	}
}

// Ctrl-C ends a check and the loop around it.
func TestInterrupted(t *testing.T) {
	var asked atomic.Int64
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), interruptible(&asked))
	b.sees("$ ")
	b.types("while :; do check; done\r")
	b.sees("answer 1 to check\r\n")
	b.types("\x03")
	b.sees("ended: interrupted\r\n")
	b.sees("$ ")
	b.types("echo $?; stty -a | grep -o ' icanon'\r")
	b.sees("\n130\r\n icanon\r\n$ ")
	b.types("exit\r")
	end()
	if n := asked.Load(); n != 1 {
		t.Errorf("the loop went on: %d requests", n)
	}
}

// A program that writes requests without waiting gets one answer, and Ctrl-C ends it.
// The screen shows none of them.
func TestFlood(t *testing.T) {
	var asked atomic.Int64
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), interruptible(&asked))
	b.sees("$ ")
	b.types("yes $'\\e]1701;endstate;check\\a'\r")
	b.sees("answer 1 to check\r\n")
	b.types("\x03")
	b.sees("ended: interrupted\r\n")
	before := b.sees("$ ")
	b.types("exit\r")
	end()
	if n := asked.Load(); n != 1 {
		t.Errorf("%d requests were answered", n)
	}
	// A request cut in two by Ctrl-C may show.
	if requestPattern.MatchString(before) {
		t.Errorf("the screen shows a request: %q", before)
	}
}

// Binary output does no harm and makes no requests.
func TestBinary(t *testing.T) {
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), never(t))
	b.sees("$ ")
	b.types("head -c 2000000 /dev/urandom; printf '\\e\\\\%s\\n' here we are\r")
	b.sees("\x1b\\here\r\n")
	b.types("exit\r")
	if got := end(); got.status != 0 || got.err != nil {
		t.Errorf("got %+v", got)
	}
}

// Attach undoes what a program leaves behind, after an ordinary exit too.
func TestAttachUndoes(t *testing.T) {
	for _, test := range leftBehind {
		t.Run(test.name, func(t *testing.T) {
			b := newBrowser(t)
			end := b.attach(t.Context(), start(t, "bash", "-c", `printf %s "$0"; printf END`, test.left), never(t))
			if got := end(); got.err != nil {
				t.Fatal(got.err)
			}
			want := pushTitle + test.left + "END" + test.undone + popTitle
			if shown := b.sees("END" + test.undone + popTitle); shown != want {
				t.Errorf("got %q, want %q", shown, want)
			}
		})
	}
}

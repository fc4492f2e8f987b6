//go:build linux

package seat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

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
	b.types("sleep 0.2; stty size\r")
	b.sees("13 57\r\n")
	b.types("exit\r")
	end()
	if !slices.Equal(w.sizes, [][2]int{{57, 13}}) || w.inputs != 2 || !strings.Contains(w.output.String(), "$ exit\r\n") {
		t.Errorf("the watcher got %+v", w)
	}
}

// If the lab is removed, its shell is killed, or the engine no longer knows it.
func TestLost(t *testing.T) {
	for name, waitErr := range map[string]error{"killed": nil, "removed": errors.New("no such container")} {
		t.Run(name, func(t *testing.T) {
			b, p := newBrowser(t), bash(t)
			p.process.(*piped).lost = waitErr
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
			end := b.attach(ctx, bash(t), func(ctx context.Context, request *Request, screen *Screen) (int, bool) {
				asked <- request.Args[0]
				_ = screen.Interruptible(ctx, func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) })
				return 0, true
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

// Nothing that a program writes to the terminal is a request.
func TestWrittenToTheTerminal(t *testing.T) {
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), never(t))
	b.sees("$ ")
	b.types("printf '\\033]1701;endstate;check\\aafter\\n'\r")
	b.sees("\a" + "after\r\n")
	b.types("exit\r")
	end()
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

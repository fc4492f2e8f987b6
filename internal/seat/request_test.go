//go:build linux

package seat

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// confirming answers every command with a question, and leaves with status 4 if the learner
// agrees.
func confirming(ctx context.Context, request *Request, screen *Screen) (int, bool) {
	sure, err := screen.Confirm(ctx, "Sure?")
	fmt.Fprintf(screen, "%q: %v, %v\n", request.Args, sure, err)
	if sure {
		return 4, true
	}
	return 0, true
}

// An answer is shown where the command was called, and gives it its exit status. Keys behind
// the answer to a question are the shell's.
func TestAnswer(t *testing.T) {
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), confirming)
	b.sees("$ ")
	for _, name := range []string{"task", "check", "hint", "reset", "exam"} {
		b.types("printf before; " + name + " --flag 'a b'; echo status $?\r")
		b.sees("\nbeforeSure? [y/N] ")
		b.types("yen\x7fs\recho for the shell of " + name + "\r")
		b.sees("yen\b \bs\r\n[\"" + name + "\" \"--flag\" \"a b\"]: true, <nil>\r\n")
		b.sees("status 4\r\n")
		b.sees("\nfor the shell of " + name + "\r\n$ ")
	}
	b.types("exit\r")
	if got := end(); got.status != 0 || got.err != nil {
		t.Errorf("got %+v", got)
	}
}

// Keys that were typed before or during an answer are the shell's.
func TestTypedAhead(t *testing.T) {
	b, asked, answer := newBrowser(t), make(chan string), make(chan string)
	end := b.attach(t.Context(), bash(t), func(_ context.Context, request *Request, screen *Screen) (int, bool) {
		asked <- request.Args[0]
		fmt.Fprintln(screen, <-answer)
		return 0, true
	})
	b.sees("$ ")
	b.types("check\recho bef''ore\r")
	<-asked
	b.types("echo meanw''hile\r")
	answer <- "the answer"
	b.sees("the answer\r\n")
	b.sees("before\r\n")
	b.sees("meanwhile\r\n$ ")
	b.types("exit\r")
	end()
}

// The output of a command can go anywhere, and its errors are separate from it.
func TestOutput(t *testing.T) {
	b := newBrowser(t)
	long := strings.Repeat("0123456789", 40_000)
	end := b.attach(t.Context(), bash(t), func(_ context.Context, request *Request, screen *Screen) (int, bool) {
		fmt.Fprintf(screen, "%s %d columns %v\n", request.Output, request.Columns, screen.Live())
		fmt.Fprintln(screen.Errors(), "an error")
		if len(request.Args) > 1 {
			fmt.Fprint(screen, long)
		}
		return 3, true
	})
	b.sees("$ ")
	for _, test := range []struct{ line, want string }{
		{"TERM=xterm check", "seat 80 columns true\r\nan error\r\n"},
		{"check", "seat 80 columns false\r\nan error\r\n"},
		{"check 2>&1 | tr a-z A-Z; echo ${PIPESTATUS[0]}", "FILE 80 COLUMNS FALSE\r\nAN ERROR\r\n3\r\n"},
		{"check 2>/dev/null >out; echo $?; cat out", "3\r\nfile 0 columns false\r\n"},
		{"x=$(check 2>&1 </dev/null); echo \"<$x>\"", "<file 0 columns false\r\nan error>\r\n"},
		{"check </dev/null | { x=$(cat); echo \"$x\"; }", "an error\r\nfile 80 columns false\r\n"},
		{"check long 2>&1 | wc -c", fmt.Sprintln(len("file 80 columns false\nan error\n") + len(long))[:6]},
		{"check long 2>/dev/null | head -c 4; echo", "file\r\n"},
		{"script -qc 'stty columns 33; check' /dev/null", "terminal 33 columns false\r\nan error\r\n"},
	} {
		b.types(test.line + "\r")
		b.sees("\r\n" + test.want)
		b.sees("$ ")
	}
	b.types("exit\r")
	end()
}

// An answer that is neither yes nor no is not taken for either: the question is asked again.
func TestUnclearAnswers(t *testing.T) {
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), confirming)
	b.sees("$ ")
	b.types("hint\r")
	for _, line := range []string{"maybe", "yess", "q"} {
		b.sees("Sure? [y/N] ")
		b.types(line + "\r")
		b.sees("Please answer y or n; Enter alone means no.\r\n")
	}
	b.types("Y\r")
	b.sees("[\"hint\"]: true, <nil>\r\n$ ")
	for _, line := range []string{"n", "NO", ""} {
		b.types("hint\r")
		b.sees("Sure? [y/N] ")
		b.types(line + "\r")
		b.sees("[\"hint\"]: false, <nil>\r\n$ ")
	}
	b.types("exit\r")
	end()
}

// Keys that are typed while an answer is worked on don't get into it. The shell shows them at its
// prompt, and the terminal is as it was, however the command ends.
func TestKeysAreNotEchoed(t *testing.T) {
	b, asked, answer := newBrowser(t), make(chan string), make(chan string)
	end := b.attach(t.Context(), bash(t), func(ctx context.Context, request *Request, screen *Screen) (int, bool) {
		asked <- request.Args[0]
		_ = screen.Interruptible(ctx, func(ctx context.Context) error {
			select {
			case text := <-answer:
				fmt.Fprintln(screen, text)
			case <-ctx.Done():
			}
			return nil
		})
		return 0, true
	})
	b.sees("$ ")
	b.types("stty -a >before; check\r")
	<-asked
	b.types("echo meanw''hile\r")
	answer <- "the answer"
	if shown := b.sees("the answer\r\n"); strings.Contains(shown, "meanw") {
		t.Errorf("keys are in the answer: %q", shown)
	}
	b.sees("meanwhile\r\n$ ")
	b.types("check\r")
	<-asked
	b.types("\x03")
	b.sees("$ ")
	b.types("check | cat\r")
	<-asked
	answer <- "to a pipe"
	b.sees("to a pipe\r\n$ ")
	b.types("stty -a | cmp - before && echo as be''fore\r")
	b.sees("as before\r\n")
	b.types("exit\r")
	end()
}

// A question is asked on the client's screen and answered at its keys, wherever the output
// goes. A command in the background can't ask.
func TestQuestionOfAPipe(t *testing.T) {
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), confirming)
	b.sees("$ ")
	b.types("hint </dev/null | tr a-z A-Z\r")
	b.sees("Sure? [y/N] ")
	b.types("y\r")
	b.sees("y\r\n[\"HINT\"]: TRUE, <NIL>\r\n$ ")
	b.types("hint & wait\r")
	if shown := b.sees("runs in the background"); strings.Contains(shown, "Sure?") {
		t.Errorf("a command in the background asks: %q", shown)
	}
	b.types("exit\r")
	end()
}

// Without a client, a command says so at once.
func TestNoClient(t *testing.T) {
	for _, seat := range []string{"", "ENDSTATE_SEAT=/dev/pts/none"} {
		command := exec.Command(commands(t) + "/check")
		command.Env = []string{seat}
		out, err := command.CombinedOutput()
		var exit *exec.ExitError
		if want := "check: no endstate client is attached to this shell. Outside the lab, use: endstate check\n"; string(out) != want || !errors.As(err, &exit) || exit.ExitCode() != 3 {
			t.Errorf("with %q: %v, %q", seat, err, out)
		}
	}
}

// An answer can close the shell, as reset does, and even if the lab ends first.
func TestShellClosed(t *testing.T) {
	for name, before := range map[string]func(*Shell){
		"the answer ends first": func(*Shell) {},
		"the lab ends first": func(s *Shell) {
			_ = s.process.(*piped).command.Process.Kill()
			_, _ = s.process.Wait(t.Context())
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, s := newBrowser(t), bash(t)
			end := b.attach(t.Context(), s, func(ctx context.Context, _ *Request, screen *Screen) (int, bool) {
				screen.OutliveCommand()
				err := screen.Interruptible(ctx, func(ctx context.Context) error { before(s); return context.Cause(ctx) })
				return 0, err != nil
			})
			b.sees("$ ")
			b.types("reset\r")
			if got := end(); !errors.Is(got.err, ErrShellClosed) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// interruptible counts requests and answers each until it is interrupted.
func interruptible(asked *atomic.Int64) Answer {
	return func(ctx context.Context, request *Request, screen *Screen) (int, bool) {
		n := asked.Add(1)
		fmt.Fprintf(screen, "answer %d to %s\n", n, request.Args[0])
		err := screen.Interruptible(ctx, func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) })
		fmt.Fprintf(screen.Errors(), "ended: %v\n", err)
		return 0, true
	}
}

// Ctrl-C ends a check and the loop around it. So it does where the terminal makes no signal of
// it, as in mongosh.
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
	b.types("echo $?; stty -isig; check\r")
	b.sees("\n130\r\nanswer 2 to check\r\n")
	b.types("\x03")
	b.sees("ended: interrupted\r\n")
	b.types("\x15stty isig; exit\r")
	end()
	if n := asked.Load(); n != 2 {
		t.Errorf("the loop went on: %d requests", n)
	}
}

// An answer ends with the command that asked, and the next one in line gets its turn.
func TestCommandKilled(t *testing.T) {
	var asked atomic.Int64
	b := newBrowser(t)
	end := b.attach(t.Context(), bash(t), interruptible(&asked))
	b.sees("$ ")
	b.types("check & sleep 0.3; task & sleep 0.3; kill -KILL %1; sleep 0.3; kill -INT %2; wait\r")
	b.sees("answer 1 to check\r\n")
	b.sees("ended: interrupted\r\n")
	b.sees("answer 2 to task\r\n")
	b.sees("ended: interrupted\r\n")
	b.types("exit\r")
	b.types("exit\r")
	end()
}

// Too many commands at a time, and requests that make no sense, are refused; the shell goes on.
func TestFlood(t *testing.T) {
	b, wait := newBrowser(t), make(chan struct{})
	var asked atomic.Int64
	end := b.attach(t.Context(), bash(t), func(context.Context, *Request, *Screen) (int, bool) {
		asked.Add(1)
		<-wait
		return 0, true
	})
	b.sees("$ ")
	b.types("for i in {1..30}; do check 2>/dev/null || echo ref''used & done\r")
	for range 30 - maxAnswers {
		b.sees("refused\r\n")
	}
	b.types("echo flo''oded\r")
	b.sees("flooded\r\n")
	close(wait)
	b.types("wait; clear\r")
	b.types(`perl -MSocket -e 'socket S, AF_UNIX, SOCK_STREAM, 0; connect S, pack_sockaddr_un("\0endstate:$ENV{ENDSTATE_SEAT}"); syswrite S, pack("a1N/a*", "r", shift); sysread S, $_, 6; print unpack("x5C"), "\n"' nonsense` + "\r")
	b.sees("\n137\r\n")
	b.types("exit\r")
	end()
	if n := asked.Load(); n == 0 || n > maxAnswers {
		t.Errorf("%d requests were answered", n)
	}
}

func TestParseRequest(t *testing.T) {
	for name, test := range map[string]struct {
		fields []string
		want   *Request
	}{
		"whole":          {[]string{"seat", "80", "xterm", "", "1", "check"}, &Request{Output: OutputSeat, Columns: 80, Term: "xterm", Foreground: true, Args: []string{"check"}}},
		"with arguments": {[]string{"file", "0", "", "1", "0", "exam", "goto", "2"}, &Request{Output: OutputFile, NoColor: true, Args: []string{"exam", "goto", "2"}}},
		"odd columns":    {[]string{"terminal", "-7", "x", "", "", "a\xff"}, &Request{Output: OutputTerminal, Term: "x", Args: []string{"a\ufffd"}}},
		"no name":        {[]string{"seat", "80", "xterm", "", "1"}, nil},
		"too long":       {make([]string, requestHead+maxArgs+1), nil},
	} {
		got, ok := parseRequest([]byte(strings.Join(test.fields, "\x00")))
		if diff := cmp.Diff(test.want, got); diff != "" || ok != (test.want != nil) {
			t.Errorf("%s: %v, %s", name, ok, diff)
		}
	}
}

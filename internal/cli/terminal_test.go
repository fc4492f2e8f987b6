//go:build unix

package cli

import (
	"context"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// sit runs a command line at a terminal at which keys were already pressed, and returns its
// exit status and the terminal's output.
func (d *console) sit(keys string, args ...string) (int, string) {
	d.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		d.Fatal(err)
	}
	defer keyboard.Close()
	if err := pty.Setsize(tty, &pty.Winsize{Cols: 60, Rows: 20}); err != nil {
		d.Fatal(err)
	}
	before, err := term.GetState(int(tty.Fd()))
	if err != nil {
		d.Fatal(err)
	}
	shown := &screen{keyboard: keyboard, keys: d.keys}
	d.engine.typist.keyboard, d.engine.typist.screen = keyboard, shown
	if _, err := keyboard.WriteString(keys); err != nil {
		d.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(shown, keyboard) // the end of a terminal is an error
	}()
	p := d.program(nil, nil)
	p.In, p.Out, p.Err = tty, tty, tty
	status := p.Run(d.Context(), args)
	if after, err := term.GetState(int(tty.Fd())); err != nil || !reflect.DeepEqual(after, before) {
		d.Errorf("the terminal was %+v and is %+v, %v", before, after, err)
	}
	if err := tty.Close(); err != nil {
		d.Fatal(err)
	}
	<-ended
	return status, shown.String()
}

// sitPiped runs a command line at a terminal of so many columns, with its standard output in a pipe, and
// returns what the pipe gets.
func (d *console) sitPiped(columns uint16, args ...string) string {
	d.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		d.Fatal(err)
	}
	defer keyboard.Close()
	defer tty.Close()
	if err := pty.Setsize(tty, &pty.Winsize{Cols: columns, Rows: 20}); err != nil {
		d.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, keyboard) }()
	out, in, err := os.Pipe()
	if err != nil {
		d.Fatal(err)
	}
	defer out.Close()
	got := make(chan string)
	go func() {
		text, _ := io.ReadAll(out)
		got <- string(text)
	}()
	p := d.program(nil, nil)
	p.In, p.Out, p.Err = tty, in, tty
	p.Run(d.Context(), args)
	if err := in.Close(); err != nil {
		d.Fatal(err)
	}
	return <-got
}

// At a terminal, missing answers are asked for.
func TestAsked(t *testing.T) {
	for _, test := range []struct {
		keys   string
		line   string
		status int
		says   string
	}{
		{"2\n", "check", StatusDone, "Which lab?"},
		{"3\n0\nmaybe\n1\n", "check", StatusDone, "Please type a number from 1 to 2; Enter alone cancels."},
		{"second\n", "check", StatusDone, "Score"},
		{"3\n\n", "check", StatusMisused, "No lab was chosen."},
		{"\n", "check", StatusMisused, "No lab was chosen."},
		{"\x04", "check", StatusMisused, "No lab was chosen."},
		{"y\n", "reset first", StatusDone, "is as it was handed over"},
		{"YES\n", "reset first", StatusDone, "is as it was handed over"},
		{"n\n", "reset first", StatusDone, "[y/N]"},
		{"maybe\ny\n", "reset first", StatusDone, "is as it was handed over"},
		{"maybe\nn\n", "reset first", StatusDone, "Please answer y or n; Enter alone means no."},
		{"\n", "solution first", StatusDone, "[y/N]"},
		{"y\n", "solution first", StatusDone, "do-the-thing"},
	} {
		d := newConsole(t)
		d.lab("ada", "first")
		d.lab("ada", "second")
		status, shown := d.sit(test.keys, strings.Fields(test.line)...)
		shown = colour.ReplaceAllString(shown, "")
		if status != test.status || !strings.Contains(shown, test.says) {
			t.Errorf("%s, and %q: %d, %q", test.line, test.keys, status, shown)
		}
		yes := strings.ContainsAny(strings.TrimPrefix(test.keys, "maybe"), "yY")
		if done := strings.Contains(shown, "do-the-thing") || d.engine.launched > 0; done != yes && test.line != "check" {
			t.Errorf("%s, and %q: done is %v", test.line, test.keys, done)
		}
	}
}

var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// One Ctrl-C ends every question at once. Nothing is done, and the terminal is as it was.
func TestCtrlCEndsEveryQuestion(t *testing.T) {
	for _, test := range []struct{ keys, line, asks string }{
		{"", "check", "Which lab? "},
		{"", "shell", "Which lab? "},
		{"", "reset first", "[y/N] "},
		{"", "solution first", "[y/N] "},
		{"", "debrief first --yes", "finish with Ctrl-D on a new line."},
		{"I looked at the state.\n\x04", "debrief first --yes", "[Y/n] "},
		{"", "exam submit", "[y/N] "},
	} {
		t.Run(test.line+" "+test.asks, func(t *testing.T) {
			d := newConsole(t)
			d.lab("ada", "first")
			d.lab("ada", "second")
			d.wants(StatusDone, "check first")
			d.wants(StatusDone, "check second")
			if strings.HasPrefix(test.line, "exam") {
				d.wants(StatusDone, "exam start "+d.exam("")+" --no-shell")
			}
			status, shown := d.interruptAt(test.keys, test.asks, strings.Fields(test.line)...)
			if status != StatusInterrupted || !strings.HasSuffix(shown, "\r\nInterrupted.\r\n") {
				t.Errorf("status %d, %q", status, shown)
			}
			if d.engine.launched > 1 || strings.Contains(shown, "do-the-thing") {
				t.Errorf("it was done all the same: %q", shown)
			}
		})
	}
}

// interruptAt runs a command line at a terminal, and interrupts it once it asks something.
func (d *console) interruptAt(keys, asks string, args ...string) (int, string) {
	d.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		d.Fatal(err)
	}
	defer keyboard.Close()
	before, err := term.GetState(int(tty.Fd()))
	if err != nil {
		d.Fatal(err)
	}
	if _, err := keyboard.WriteString(keys); err != nil {
		d.Fatal(err)
	}
	shown := make(chan string)
	go func() {
		var all strings.Builder
		asked := false
		buffer := make([]byte, 4096)
		for {
			n, err := keyboard.Read(buffer)
			all.Write(buffer[:n])
			// A question may be wrapped.
			screen := strings.Join(strings.Fields(colour.ReplaceAllString(all.String(), "")), " ")
			if !asked && strings.Contains(screen, strings.TrimSpace(asks)) {
				asked = true
				_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
			}
			if err != nil {
				shown <- all.String()
				return
			}
		}
	}()
	p := d.program(nil, nil)
	p.In, p.Out, p.Err = tty, tty, tty
	status := p.Run(d.Context(), args)
	if after, err := term.GetState(int(tty.Fd())); err != nil || !reflect.DeepEqual(after, before) {
		d.Errorf("the terminal was %+v and is %+v, %v", before, after, err)
	}
	// The end of the process would end this read, too.
	if _, err := keyboard.WriteString("\x04"); err != nil {
		d.Fatal(err)
	}
	if err := tty.Close(); err != nil {
		d.Fatal(err)
	}
	return status, <-shown
}

// Colours are only for terminals, and only for people who want them.
func TestColours(t *testing.T) {
	for name, test := range map[string]struct {
		env  map[string]string
		want bool
	}{
		"by default":       {nil, true},
		"NO_COLOR":         {map[string]string{"NO_COLOR": "1"}, false},
		"a dumb terminal":  {map[string]string{"TERM": "dumb"}, false},
		"an empty setting": {map[string]string{"NO_COLOR": ""}, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newConsole(t)
			d.lab("ada", "first")
			for key, value := range test.env {
				d.env[key] = value
			}
			for _, line := range []string{"check", "hint", "task", "doctor"} {
				if _, shown := d.sit("", line); colour.MatchString(shown) != test.want {
					t.Errorf("%s: %q", line, shown)
				}
			}
			for _, line := range []string{"check", "hint", "task", "doctor", "status"} {
				if _, out, err := d.run(line); strings.Contains(out+err, "\x1b") {
					t.Errorf("%s is steering no terminal: %q", line, out+err)
				}
			}
		})
	}
}

// A signal ends a command, which says so and has the same exit status as in a shell.
func TestInterrupted(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		d := newConsole(t)
		d.engine.listing = func(ctx context.Context) error {
			if err := syscall.Kill(os.Getpid(), signal); err != nil {
				return err
			}
			<-ctx.Done()
			return context.Cause(ctx)
		}
		status, out, err := d.run("status")
		if status != StatusInterrupted || out != "" || !strings.HasSuffix(err, "Interrupted. Unfinished work was undone.\n") {
			t.Errorf("%v: %d, %q, %q", signal, status, out, err)
		}
	}
}

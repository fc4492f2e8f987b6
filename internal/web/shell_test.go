//go:build linux

package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"endstate/internal/web/terminal"
	"endstate/labs"
)

// local is a process of this machine that stands for one in a host.
type local struct {
	*exec.Cmd
	stdin  io.WriteCloser
	stdout io.Reader
	stderr bytes.Buffer
	wait   func() error
}

func (l *local) Stdin() io.WriteCloser                  { return l.stdin }
func (l *local) Stdout() io.Reader                      { return l.stdout }
func (l *local) Stderr() string                         { return l.stderr.String() }
func (l *local) Resize(context.Context, int, int) error { return errors.New("it has no terminal") }
func (l *local) Kill(context.Context) error             { return l.Process.Kill() }
func (l *local) Close() error                           { _ = l.stdin.Close(); return nil }

func (l *local) Wait(context.Context) (int, error) {
	_ = l.wait()
	return l.ProcessState.ExitCode(), nil
}

// executeHere executes commands on this machine, with a home of their own.
func (s *site) executeHere() {
	home := s.TempDir()
	s.engine.execute = func(command labs.Command) (labs.Process, error) {
		l := &local{Cmd: exec.Command(command.Args[0], command.Args[1:]...)}
		l.wait = sync.OnceValue(l.Cmd.Wait)
		l.Dir, l.Cmd.Stderr = home, &l.stderr
		l.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TERM=dumb"}
		in, err := l.StdinPipe()
		out, outErr := l.StdoutPipe()
		l.stdin, l.stdout = in, out
		s.Cleanup(func() { _ = l.Close(); _ = l.Process.Kill(); _ = l.wait() })
		return l, errors.Join(err, outErr, l.Start())
	}
}

// tab is a terminal of a page.
type tab struct {
	*browser
	conn  *websocket.Conn
	shown string
	told  []terminal.Told
	why   string // the connection ended
}

// open opens a terminal, which has an ID in its page.
func (b *browser) open(host, id string) *tab {
	b.Helper()
	address := &url.URL{Scheme: "http", Host: b.server.address}
	head := http.Header{"Origin": {address.String()}}
	for _, cookie := range b.Jar.Cookies(address) {
		head.Add("Cookie", cookie.String())
	}
	conn, _, err := websocket.Dial(b.Context(), "ws://"+b.server.address+"/labs/first/terminals/"+host+"?columns=80&rows=24&id="+id, &websocket.DialOptions{HTTPHeader: head})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.CloseNow() })
	return &tab{browser: b, conn: conn}
}

// reads reads a message, or why there are no more.
func (t *tab) reads() bool {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	kind, data, err := t.conn.Read(ctx)
	switch {
	case err != nil:
		t.why = err.Error()
		return false
	case kind == websocket.MessageText:
		var one terminal.Told
		if err := json.Unmarshal(data, &one); err != nil {
			t.Error(err)
		}
		t.told = append(t.told, one)
	default:
		t.shown += string(data)
	}
	return true
}

func (t *tab) sees(text string) {
	t.Helper()
	for !strings.Contains(t.shown, text) {
		if !t.reads() {
			t.Fatalf("the terminal does not show %q, but %q; told %v: %s", text, t.shown, t.told, t.why)
		}
	}
}

func (t *tab) types(keys string) {
	t.Helper()
	if err := t.conn.Write(t.Context(), websocket.MessageBinary, []byte("k"+keys)); err != nil {
		t.Fatal(err)
	}
}

// ends reads to the end of the connection, and returns the last thing that the page was told.
func (t *tab) ends() terminal.Told {
	for t.reads() {
	}
	return append([]terminal.Told{{}}, t.told...)[len(t.told)]
}

// A page that loses its connection comes back to its shell, with its screen and what runs in it. One that
// opens the same terminal elsewhere takes it over. A shell that ends is told so.
func TestTerminal(t *testing.T) {
	s := newSite(t)
	s.executeHere()
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	first := ada.open(labs.Workspace, "a")
	first.types("mine=$$; echo shown $((6 * 7))\r")
	first.sees("shown 42")
	first.types("echo unfin")
	first.sees("echo unfin")
	first.conn.CloseNow()

	second := ada.open(labs.Workspace, "a")
	second.sees("echo unfin")
	if !strings.Contains(second.shown, "shown 42") {
		t.Errorf("the screen is another one: %q", second.shown)
	}
	second.types("ished $((mine - $$ + 1))\r")
	second.sees("unfinished 1")

	third := ada.open(labs.Workspace, "a")
	third.sees("unfinished 1")
	if second.ends(); !strings.Contains(second.why, "opened elsewhere") {
		t.Errorf("the terminal that was taken over is told %q", second.why)
	}
	other := ada.open(labs.Workspace, "b")
	other.types("echo other $((mine + 1))\r")
	other.sees("other 1")

	for _, one := range []*tab{third, other} {
		one.types("exit\r")
		if last := one.ends(); last.Kind != "ended" || !strings.Contains(one.why, "StatusNormalClosure") {
			t.Errorf("after exit the page is told %+v, %s", last, one.why)
		}
	}
}

// A terminal that can't be opened says why, and what can be done.
func TestTerminalsThatFail(t *testing.T) {
	s := newSite(t)
	ada, eve := s.browser("ada"), s.browser("eve")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	for what, c := range map[string]struct {
		tab  *tab
		want string
	}{
		"another learner's lab":        {eve.open(labs.Workspace, "a"), "No lab of first is running"},
		"a host that is not open":      {ada.open("db", "b"), "The scenario opens no shell on"},
		"a host that executes nothing": {ada.open(labs.Workspace, "c"), "No shell can be opened in"},
	} {
		last := c.tab.ends()
		if last.Kind != "lost" || last.Again {
			t.Errorf("%s: told %+v", what, last)
		}
		s.says(what, string(last.HTML), c.want, `class="problem"`)
	}
}

// When the server ends, shells wait for their owners.
func TestShellsOutliveTheServer(t *testing.T) {
	s := newSite(t)
	s.executeHere()
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	first := ada.open(labs.Workspace, "a")
	first.types("echo shown $((6 * 7))\r")
	first.sees("shown 42")
	before := s.server
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	t.Cleanup(cancel)
	s.server = newServer(ctx, before.address, before.Config)
	s.Config.Handler = s.server.Handler()
	s.stop()
	before.working.Wait()
	second := ada.open(labs.Workspace, "a")
	second.sees("shown 42")
	second.types("exit\r")
	second.ends()
}

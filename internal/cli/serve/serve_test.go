package serve

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/labs"
)

func program(t *testing.T, out io.Writer) *door.Door {
	t.Helper()
	home := t.TempDir()
	d := door.New(door.Program{
		In: strings.NewReader(""), Out: out, Err: t.Output(), Clock: time.Now, Version: "test", Scenarios: fstest.MapFS{},
		Env: func(name string) string {
			return map[string]string{"ENDSTATE_HOME": home, "ENDSTATE_OWNER": "ada"}[name]
		},
		Open: func(context.Context) (*desk.Backend, error) { return nil, errors.New("no engine here") },
	})
	t.Cleanup(d.Close)
	return d
}

// output is what a server prints. Once that ends with how to end the server, its context ends.
type output struct {
	bytes.Buffer
	end context.CancelFunc
}

func (o *output) Write(b []byte) (int, error) {
	defer func() {
		if strings.Contains(o.String(), "Ctrl-C ends the server") {
			o.end()
		}
	}()
	return o.Buffer.Write(b)
}

// opened starts a server, ends it once it has printed how to come in, and returns what it printed.
func opened(t *testing.T, d *door.Door, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out := &output{end: cancel}
	d.Out = out
	err := serve(ctx, d, args...)
	return out.String(), err
}

func serve(ctx context.Context, d *door.Door, args ...string) error {
	c := Command(d, nil)
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetArgs(args)
	return c.ExecuteContext(ctx)
}

// The server listens only where other machines can't reach it, and says why.
func TestOnlyLoopback(t *testing.T) {
	for address, want := range map[string]string{
		"0.0.0.0:0": "can be reached from other machines", ":0": "can be reached from other machines", "192.0.2.1:80": "can be reached from other machines",
		"[::]:0": "can be reached from other machines", "example.org:80": "can be reached from other machines", "8080": "not an address to listen at",
	} {
		var problem *labs.Problem
		err := serve(t.Context(), program(t, io.Discard), "--no-open", "--listen", address)
		if !errors.As(err, &problem) || !problem.Usage || !strings.Contains(problem.What, want) || problem.Advice == "" {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestAPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	err = serve(t.Context(), program(t, io.Discard), "--no-open", "--listen", taken.Addr().String())
	var problem *labs.Problem
	if !errors.As(err, &problem) || !strings.Contains(problem.What, "Another program listens at "+taken.Addr().String()) {
		t.Errorf("%v", err)
	}
}

// With a desktop, the first address is opened in the browser.
func TestBrowse(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the program that opens browsers is another one here")
	}
	folder := t.TempDir()
	opener := "#!/bin/sh\necho \"$1\" >>" + folder + "/opened\n"
	if err := os.WriteFile(filepath.Join(folder, "xdg-open"), []byte(opener), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	for desktop, want := range map[string]string{"": "", ":0": "http://127.0.0.1:1/first\n"} {
		d := program(t, io.Discard)
		d.Env = func(name string) string { return map[string]string{"DISPLAY": desktop}[name] }
		show := (&options{Door: d}).show()
		show("http://127.0.0.1:1/first")
		show("http://127.0.0.1:1/second")
		var opened []byte
		for range 100 {
			if opened, _ = os.ReadFile(filepath.Join(folder, "opened")); len(opened) > 0 || want == "" {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if string(opened) != want {
			t.Errorf("with DISPLAY %q, %q was opened, want %q", desktop, opened, want)
		}
		_ = os.Remove(filepath.Join(folder, "opened"))
	}
}

// It prints the address and ends with its context, without an error.
func TestServeEnds(t *testing.T) {
	text, err := opened(t, program(t, io.Discard), "--no-open", "--listen", "127.0.0.1:0")
	if err != nil || !strings.Contains(text, "It works once.\n  http://127.0.0.1:") || !strings.Contains(text, "/enter?key=") {
		t.Errorf("it prints %q, %v", text, err)
	}
}

// A server that other machines reach prints no key, but an invitation for the first admin.
func TestServeOthers(t *testing.T) {
	text, err := opened(t, program(t, io.Discard), shared...)
	if err != nil || !strings.Contains(text, "sign in:\n  https://labs.example.org\n") || !strings.Contains(text, "once, within an hour.\n  https://labs.example.org/join/") || strings.Contains(text, "key=") {
		t.Errorf("it prints %q, %v", text, err)
	}
}

// A server that is ended while it starts says nothing of its store.
func TestEndedWhileStarting(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	d := program(t, io.Discard)
	var warnings bytes.Buffer
	d.Err = &warnings
	if err := serve(ended, d, shared...); err != nil || warnings.Len() > 0 {
		t.Errorf("%v, and it warns %q", err, warnings.String())
	}
}

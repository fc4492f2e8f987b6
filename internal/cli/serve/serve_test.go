package serve

import (
	"bytes"
	"context"
	"errors"
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

func program(t *testing.T, out *bytes.Buffer) *door.Door {
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
		err := serve(t.Context(), program(t, &bytes.Buffer{}), "--no-open", "--listen", address)
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
	err = serve(t.Context(), program(t, &bytes.Buffer{}), "--no-open", "--listen", taken.Addr().String())
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
		d := program(t, &bytes.Buffer{})
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
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := serve(ctx, program(t, &out), "--no-open", "--listen", "127.0.0.1:0"); err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), "It works once.\n  http://127.0.0.1:") || !strings.Contains(out.String(), "/enter?key=") {
		t.Errorf("it prints %q", out.String())
	}
}

// A server that other machines reach prints no key, but an invitation for the first admin.
func TestServeOthers(t *testing.T) {
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := serve(ctx, program(t, &out), "--listen", "127.0.0.1:0", "--host", "labs.example.org", "--behind-proxy", "127.0.0.1"); err != nil {
		t.Error(err)
	}
	if text := out.String(); !strings.Contains(text, "sign in:\n  https://labs.example.org\n") || !strings.Contains(text, "once, within an hour.\n  https://labs.example.org/join/") || strings.Contains(text, "key=") {
		t.Errorf("it prints %q", text)
	}
}

//go:build engine && linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
	"github.com/docker/docker/api/types/container"
	"golang.org/x/term"

	"endstate/internal/cli"
	"endstate/internal/enginetest"
	"endstate/labs"
)

// seat is a learner at a terminal that runs endstate.
type seat struct {
	*machine
	keyboard *os.File // and what the screen gets
	tty      *os.File
	before   *term.State
	process  *exec.Cmd
	ended    chan struct{}

	mu     sync.Mutex
	screen bytes.Buffer
	read   int // bytes of it that were looked at
}

// sit runs a command line in a terminal of its own.
func sit(m *machine, args ...string) *seat {
	m.t.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		m.t.Fatal(err)
	}
	s := &seat{machine: m, keyboard: keyboard, tty: tty, ended: make(chan struct{})}
	s.resize(100, 40)
	s.before = s.state()
	s.process = m.command("endstate", args...)
	s.process.Env = append(s.process.Env, "TERM=xterm-256color")
	s.process.Stdin, s.process.Stdout, s.process.Stderr = tty, tty, tty
	s.process.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	go s.watch()
	if err := s.process.Start(); err != nil {
		m.t.Fatal(err)
	}
	go func() { defer close(s.ended); _ = s.process.Wait() }()
	m.t.Cleanup(func() {
		_ = s.process.Process.Kill()
		<-s.ended
		_, _ = tty.Close(), keyboard.Close()
		if m.t.Failed() {
			m.t.Logf("the screen's end:\n%q", s.tail(2000))
		}
	})
	return s
}

func (s *seat) watch() {
	buffer := make([]byte, 64<<10)
	for {
		n, err := s.keyboard.Read(buffer)
		s.mu.Lock()
		s.screen.Write(buffer[:n])
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (s *seat) tail(n int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.screen.Bytes()
	return string(all[max(0, len(all)-n):])
}

func (s *seat) resize(columns, rows uint16) {
	s.t.Helper()
	if err := pty.Setsize(s.tty, &pty.Winsize{Cols: columns, Rows: rows}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *seat) state() *term.State {
	s.t.Helper()
	state, err := term.GetState(int(s.tty.Fd()))
	if err != nil {
		s.t.Fatal(err)
	}
	return state
}

// types presses keys.
func (s *seat) types(keys string) {
	s.t.Helper()
	if _, err := s.keyboard.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// sees waits until the terminal shows all texts in new output. Texts that come together must be
// passed in one call.
func (s *seat) sees(texts ...string) {
	s.t.Helper()
	for range 1200 {
		s.mu.Lock()
		fresh := s.screen.Bytes()[s.read:]
		// Random bytes may start a control sequence that hides the rest, so look at new output only.
		plain := ansi.Strip(string(fresh[max(0, len(fresh)-16<<10):]))
		found := !slices.ContainsFunc(texts, func(text string) bool {
			return !bytes.Contains(fresh, []byte(text)) && !strings.Contains(plain, text)
		})
		if found {
			s.read = s.screen.Len()
		}
		s.mu.Unlock()
		if found {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatalf("timed out waiting for %q; the output ends with\n%q", texts, s.tail(4000))
}

// leaves waits until the command ends, and checks its status and that the terminal is restored.
func (s *seat) leaves(status int) {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(time.Minute):
		s.t.Fatal("the command does not end")
	}
	if got := s.process.ProcessState.ExitCode(); got != status {
		s.t.Errorf("exit status %d, want %d", got, status)
	}
	if after := s.state(); !reflect.DeepEqual(after, s.before) {
		s.t.Errorf("the terminal was %+v and is now %+v", s.before, after)
	}
}

func TestShellAtARealTerminal(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	s := sit(m, "start", enginetest.Git, "--seed", fmt.Sprint(enginetest.Seed))
	s.sees("seed 20")
	s.sees("~$")
	// The quotes make the echoed input differ from the output.
	for _, step := range []struct{ keys, seen string }{
		{"whoami\r", "learner"},
		{"help\r", "put the lab back"},
		{"task\r", "par 12 minutes"},
		{"hint\r", "Hint 1 of 3 costs 5 points. Open it? [y/N]"},
		{"y\r", "Hint 1 of 3 (−5)"},
		{"check\r", "Score 0 of 100"},
		{"echo go'es' on\r", "goes on"},
		// A shell loses an interrupt that comes while it starts a program, so wait until the program runs.
		{"sh -c 'echo ru''ns; sleep 1000'\r", "runs"},
		{"\x03", "~$"},
		{"echo ali've'\r", "alive"},
		{"check | sed s/Score/Po''ints/; echo ${PIPESTATUS[@]}\r", "Points 0 of 100"},
		{"check --json >found; grep -o '\"total\": 1..' found; rm found\r", `"total": 100`},
		{"check --help; task foo; echo status $?\r", "task takes no arguments"},
		{"exam status\r", "does not belong to an exam"},
		{"save he''re; saved\r", "1 of 5. Go back to one: reset --to NAME"},
		{"extend\r", "The lab ends in"},
		{"cd tickets\r", "tic… main|MERGE$ "},
		{"git merge --abort; git checkout -q --detach\r", ")$ "},
		{"cd\r", "~$"},
		{"head --bytes 5M /dev/urandom; echo do'ne'\r", "done"},
	} {
		s.types(step.keys)
		s.sees(step.seen)
	}
	s.resize(132, 51)
	s.types("sleep 1; stty size\r")
	s.sees("51 132")
	s.types("touch here; reset\r")
	s.sees("[y/N]")
	s.types("\r")
	s.types("ls he*e; echo ke'pt'\r")
	s.sees("here")
	s.types("reset\r")
	s.sees("[y/N]")
	s.types("yes\r")
	s.sees("~$")
	s.types("ls here || echo go'ne'\r")
	s.sees("gone", "~$") // the prompt takes the end of input, as what comes before it does not
	s.types("\x04")
	s.sees("The lab goes on")
	s.leaves(0)
	again := sit(m, "shell")
	again.sees("~$")
	again.types("exit 7\r")
	again.sees("The lab goes on")
	again.leaves(0)
	m.must("stop")
}

// What a check needs is ready before it is asked for, and nothing of it outlives the shell, even
// one that is killed.
func TestShellHasAHostReady(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	s := sit(m, "start", enginetest.Git, "--seed", fmt.Sprint(enginetest.Seed))
	s.sees("~$")
	s.hosts(1)
	s.types("check\r")
	s.sees("Score 0 of 100")
	s.types("exit\r")
	s.leaves(0)
	s.hosts(0)
	killed := sit(m, "shell")
	killed.sees("~$")
	killed.hosts(1)
	if err := killed.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	killed.hosts(0)
	m.must("stop")
}

// hosts waits until the grader has so many hosts of its own for the learner's labs. Nobody sweeps
// meanwhile.
func (s *seat) hosts(want int) {
	s.t.Helper()
	got := -1
	for range 600 {
		all, err := s.Engine.Labs(s.t.Context(), labs.Which{Owner: s.Owner})
		if err != nil {
			s.t.Fatal(err)
		}
		got = 0
		for _, lab := range all {
			if lab.Role == labs.RoleScratch && lab.Running() {
				got++
			}
		}
		if got == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatalf("the grader has %d hosts, want %d", got, want)
}

// The client of a shell is killed in vim. The shell waits, and is handed back with its screen: vim
// draws it again, its unsaved text is there, and the main screen is behind it.
func TestShellWaitsForItsOwner(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	s := sit(m, "start", enginetest.Git, "--seed", fmt.Sprint(enginetest.Seed))
	s.sees("~$")
	s.types("echo the ma''in screen; check; vim unsaved.txt\r")
	s.sees("the main screen")
	s.sees("\x1b[?1049h")
	s.types("ia li''ne that is not saved\x1b")
	s.sees("not saved")
	if err := s.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.ended
	again := sit(m, "shell")
	again.sees("Score 0 of 100", "\x1b[?1049h", "a li''ne that is not saved")
	again.types(":w\r")
	again.sees("written")
	again.types(":q\r")
	again.sees("\x1b[?1049l")
	again.types("cat uns*.txt; stty size\r")
	again.sees("a li''ne that is not saved", "40 100")
	again.types("exit\r")
	again.sees("The lab goes on")
	again.leaves(0)
	// A shell that was left is gone. The next one is new, and says what was before.
	third := sit(m, "shell")
	third.sees("last check: 0 of 100", "~$")
	if err := third.process.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	<-third.ended
	fourth := sit(m, "shell")
	fourth.sees("~$")
	if tail := fourth.tail(4000); strings.Contains(tail, "last check") || strings.Contains(tail, "Another terminal") {
		t.Errorf("it is not the shell that waited: %q", tail)
	}
	fourth.types("exit\r")
	fourth.leaves(0)
	m.must("stop")
	if left := m.Left(t.Context()); len(left) > 0 {
		t.Errorf("stop left %v", left)
	}
}

// Somebody in a shell is warned before the lab ends, and a key keeps it alive.
func TestWorkKeepsALabAlive(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "ENDSTATE_LIFE=4m")
	s := sit(m, "start", enginetest.Git, "--seed", fmt.Sprint(enginetest.Seed))
	s.sees("The lab ends in 4 minutes. More time: extend") // on a busy machine before the prompt
	if left := time.Until(m.lab(t).Expires); left > 5*time.Minute {
		t.Errorf("without a key, it has %v left", left)
	}
	s.types("echo wo'rk'\r")
	s.sees("work")
	for range 60 {
		if time.Until(m.lab(t).Expires) > 25*time.Minute {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	if left := time.Until(m.lab(t).Expires); left < 25*time.Minute {
		t.Errorf("after a key, it has %v left", left)
	}
	if out := m.must("extend").out; !strings.Contains(out, "ends in 2 h") {
		t.Error(out)
	}
	s.types("exit\r")
	s.leaves(0)
	m.must("stop")
	if left := m.Left(t.Context()); len(left) > 0 {
		t.Errorf("stop left %v", left)
	}
}

func TestShellOfALabThatGoes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		strike func(*testing.T, *seat)
		seen   string
		status int
	}{
		{"its host is removed by force", func(t *testing.T, s *seat) {
			if err := s.API.ContainerRemove(t.Context(), s.lab(t).Hosts[0].ID, container.RemoveOptions{Force: true}); err != nil {
				t.Error(err)
			}
		}, "was stopped", 0},
		{"its host is killed", func(t *testing.T, s *seat) {
			if err := s.API.ContainerKill(t.Context(), s.lab(t).Hosts[0].ID, "KILL"); err != nil {
				t.Error(err)
			}
		}, "with all that is in it: endstate shell", cli.StatusUngraded},
		{"its shell is killed", func(t *testing.T, s *seat) {
			if _, out := s.Learner(s.lab(t), "kill -KILL $(pgrep --exact --oldest bash)"); out != "" {
				t.Error(out)
			}
		}, "endstate shell", cli.StatusUngraded},
		{"it is stopped from elsewhere", func(_ *testing.T, s *seat) { s.must("stop") }, "was stopped", 0},
		{"it is reset from elsewhere", func(_ *testing.T, s *seat) { s.must("reset", "--yes") }, "was reset by a command outside this shell", 0},
		{"the client is told to end", func(t *testing.T, s *seat) {
			if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
		}, "", cli.StatusInterrupted},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := sit(newMachine(t), "start", enginetest.Git, "--seed", fmt.Sprint(enginetest.Seed))
			s.sees("~$")
			// A program that uses the alternate screen and hides the cursor.
			s.types("touch kept; vim README.md\r")
			s.sees("\x1b[?1049h")
			test.strike(t, s)
			s.sees(test.seen)
			s.leaves(test.status)
			if !strings.Contains(s.tail(1000), "\x1b[?1049l") {
				t.Errorf("the terminal is still on the alternate screen: %q", s.tail(1000))
			}
			if test.name == "its host is killed" {
				again := sit(s.machine, "shell")
				again.sees("~$")
				again.types("ls kept && exit\r")
				again.sees("The lab goes on")
				again.leaves(0)
			}
			s.must("stop")
		})
	}
}

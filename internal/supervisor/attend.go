//go:build linux

package supervisor

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"endstate/internal/supervisor/wire"
	"endstate/labs"
)

// Attend serves one request of an engine, over two streams.
func Attend(in io.Reader, out io.Writer) error {
	if err := hide(); err != nil {
		return err
	}
	a := &attendant{Conn: wire.NewConn(in, out)}
	kind, data, err := a.Receive()
	if err != nil {
		return err
	}
	var asked wire.Request
	if err := json.Unmarshal(data, &asked); err != nil || kind != wire.Begin {
		return fmt.Errorf("no request: %w", err)
	}
	result, err := a.serve(asked)
	if err != nil {
		return a.SendJSON(wire.Failed, failureOf(err))
	}
	return a.SendJSON(wire.End, result)
}

// attendant serves one request.
type attendant struct{ *wire.Conn }

// refusal is a failure that the first process answered with.
type refusal struct{ wire.Failure }

func (r refusal) Error() string { return r.Text }

func (a *attendant) serve(asked wire.Request) (result wire.Result, err error) {
	switch {
	case asked.Execute != nil:
		given, err := a.first(call{Ready: true})
		if err != nil {
			return result, err
		}
		asked.Execute.User = cmp.Or(asked.Execute.User, given.User)
		return a.execute(*asked.Execute)
	case asked.CopyOut != "":
		return result, a.copyOut(asked.CopyOut)
	case asked.Save != nil:
		return result, a.save(asked.Save)
	case asked.Written:
		given, err := a.first(call{Request: wire.Request{Vitals: true}})
		if err == nil {
			result.Written, err = written(given.Made)
		}
		return result, err
	case asked.Present != nil:
		for _, folder := range asked.Present {
			if info, err := os.Lstat(folder); err == nil && info.IsDir() {
				result.Present = append(result.Present, folder)
			}
		}
		return result, nil
	case asked.Account != nil:
		account, err := accountOf(cmp.Or(*asked.Account, labs.UserName))
		result.UID, result.GID = int64(account.uid), int64(account.gid)
		return result, err
	case asked.Freeze != nil:
		return result, a.hold(asked)
	}
	given, err := a.first(call{Request: asked})
	return given.Result, err
}

// first asks the first process.
func (a *attendant) first(asked call) (answer, error) {
	given, done, err := ask(asked)
	if err != nil {
		return given, err
	}
	defer done()
	if given.Failure != nil {
		return given, refusal{*given.Failure}
	}
	return given, nil
}

// hold keeps the host frozen until the engine leaves. A lasting freeze goes on after that.
func (a *attendant) hold(asked wire.Request) error {
	given, done, err := ask(call{Request: asked})
	if err != nil {
		return err
	}
	defer done()
	if given.Failure != nil {
		return refusal{*given.Failure}
	}
	if err := a.Send(wire.Begun, nil); err != nil {
		return err
	}
	for {
		kind, _, err := a.receive()
		if err != nil || kind == wire.Leave {
			return nil
		}
	}
}

// errLost means that the engine sends nothing any more.
var errLost = errors.New("the engine is gone")

// receive returns the next frame, or errLost if there is none in time.
func (a *attendant) receive() (wire.Kind, []byte, error) {
	type frame struct {
		kind wire.Kind
		data []byte
		err  error
	}
	next := make(chan frame, 1)
	go func() {
		kind, data, err := a.Receive()
		next <- frame{kind, data, err}
	}()
	select {
	case f := <-next:
		return f.kind, f.data, f.err
	case <-time.After(wire.LostAfter):
		return 0, nil, errLost
	}
}

// running is a command that runs.
type running struct {
	*attendant
	command  *exec.Cmd
	terminal *os.File       // nil: none
	stdin    io.WriteCloser // of the command
	input    queue          // what the command has not taken yet
	ended    chan struct{}  // closed when the command has ended
	deaf     chan struct{}  // closed when the engine reads no more
}

// execute runs a command to its end.
func (a *attendant) execute(asked labs.Command) (wire.Result, error) {
	// What the command starts and leaves behind becomes a child of this process, so that it can be
	// killed with the command.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return wire.Result{}, err
	}
	r := &running{attendant: a, ended: make(chan struct{}), deaf: make(chan struct{})}
	finish, err := r.start(asked)
	if err != nil {
		return wire.Result{}, err
	}
	_ = a.Send(wire.Begun, nil) // if it fails, so does listening
	go r.feed()
	go r.listen()
	err = r.command.Wait()
	close(r.ended)
	finish()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return wire.Result{}, err
	}
	return wire.Result{Status: exitStatus(r.command.ProcessState.Sys().(syscall.WaitStatus))}, nil
}

// start starts the command. finish waits until its output was sent.
func (r *running) start(asked labs.Command) (finish func(), err error) {
	if len(asked.Args) == 0 {
		return nil, errors.New("no command")
	}
	account, err := accountOf(asked.User)
	if err != nil {
		return nil, err
	}
	env := os.Environ()
	for name, value := range asked.Environment {
		env = append(env, name+"="+value)
	}
	path, env, err := account.program(asked.Args[0], env)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", asked.Args[0], err)
	}
	if home, ok := asked.Environment["HOME"]; ok {
		env = append(env, "HOME="+home)
	}
	r.command = &exec.Cmd{Path: path, Args: asked.Args, Env: env, Dir: asked.Dir, SysProcAttr: account.attributes(&syscall.SysProcAttr{Setsid: true})}
	if asked.Terminal {
		return r.startTerminal(asked)
	}
	return r.startPipes()
}

func (r *running) startTerminal(asked labs.Command) (func(), error) {
	size := &pty.Winsize{Cols: uint16(asked.Columns), Rows: uint16(asked.Rows)}
	if asked.Columns <= 0 {
		size = nil
	}
	if os.Getenv("TERM") == "" {
		r.command.Env = append([]string{"TERM=xterm"}, r.command.Env...)
	}
	r.command.SysProcAttr.Setctty = true
	terminal, err := pty.StartWithAttrs(r.command, size, r.command.SysProcAttr)
	if err != nil {
		return nil, err
	}
	r.terminal, r.stdin = terminal, terminal
	sent := make(chan struct{})
	go func() { defer close(sent); r.send(terminal, wire.Output) }()
	return func() {
		r.drain(terminal, sent)
		_ = terminal.Close()
	}, nil
}

func (r *running) startPipes() (func(), error) {
	in, inErr := r.command.StdinPipe()
	outRead, outWrite, outErr := os.Pipe()
	errRead, errWrite, errErr := os.Pipe()
	if err := errors.Join(inErr, outErr, errErr); err != nil {
		return nil, err
	}
	r.stdin, r.command.Stdout, r.command.Stderr = in, outWrite, errWrite
	err := r.command.Start()
	_, _ = outWrite.Close(), errWrite.Close()
	if err != nil {
		return nil, err
	}
	outSent, errSent := make(chan struct{}), make(chan struct{})
	go func() { defer close(outSent); r.send(outRead, wire.Output) }()
	go func() { defer close(errSent); r.send(errRead, wire.Errors) }()
	return func() {
		r.drain(outRead, outSent)
		r.drain(errRead, errSent)
		_ = in.Close()
	}, nil
}

// lingering is how long to wait for further output of a command that has ended. What it left
// running may keep the output open for ever.
const lingering = 100 * time.Millisecond

// drain waits until what a command wrote was sent.
func (r *running) drain(from *os.File, sent <-chan struct{}) {
	_ = from.SetReadDeadline(time.Now().Add(lingering))
	<-sent
}

// send sends what a command writes, until its end. Nobody reads it any more once the engine has
// left, and a command that goes on to write gets an error.
func (r *running) send(from *os.File, kind wire.Kind) {
	defer from.Close()
	buffer := make([]byte, wire.MaxData)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			select {
			case <-r.deaf:
				return
			default:
			}
			if r.Send(kind, buffer[:n]) != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// feed gives the command its input.
func (r *running) feed() {
	for {
		data, open := r.input.take()
		if !open {
			break
		}
		if _, err := r.stdin.Write(data); err != nil {
			return // the command takes no more
		}
		if r.SendTaken(len(data)) != nil {
			return
		}
	}
	if r.terminal != nil {
		_, _ = r.terminal.Write([]byte{4}) // the end of the input, as a person types it
		return
	}
	_ = r.stdin.Close()
}

// listen follows what the engine sends, until it leaves or is lost.
func (r *running) listen() {
	defer r.input.end()
	for {
		kind, data, err := r.receive()
		if err != nil {
			r.kill() // the engine was cut off, or has ended
			return
		}
		switch kind {
		case wire.Input:
			r.input.add(data)
		case wire.InputEnd:
			r.input.end()
		case wire.Resize:
			var size wire.Size
			if json.Unmarshal(data, &size) == nil && r.terminal != nil {
				_ = pty.Setsize(r.terminal, &pty.Winsize{Cols: uint16(size.Columns), Rows: uint16(size.Rows)})
			}
		case wire.Kill:
			r.kill()
		case wire.Leave:
			r.hangUp()
			return
		}
	}
}

// hangUp lets the command go on without anybody who reads what it writes.
func (r *running) hangUp() {
	close(r.deaf)
	if r.terminal != nil {
		_ = r.terminal.Close()
	}
}

// kill kills the command and everything it started.
func (r *running) kill() {
	for range 1000 {
		children := descendants(os.Getpid())
		if len(children) == 0 {
			return
		}
		for _, pid := range children {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		select {
		case <-r.ended:
		case <-time.After(2 * time.Millisecond):
		}
		reapOthers(r.command.Process.Pid)
	}
}

// reapOthers takes the status of ended children but the one that the command's Wait waits for.
func reapOthers(but int) {
	for _, pid := range descendants(os.Getpid()) {
		if pid != but {
			_, _ = syscall.Wait4(pid, nil, syscall.WNOHANG, nil)
		}
	}
}

// descendants returns the processes that a process started, directly or not. Those that have
// ended and wait for their parent count until they are reaped.
func descendants(of int) (found []int) {
	all := processes()
	family := map[int]bool{of: true}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if family[p.parent] && !family[p.pid] {
				family[p.pid], grown = true, true
				found = append(found, p.pid)
			}
		}
	}
	return found
}

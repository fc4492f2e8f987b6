package docker

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"

	"endstate/labs"
)

// stderrLimit is how many bytes of a command's standard error are kept.
const stderrLimit = 64 << 10

// process is a command running in a container.
type process struct {
	attached types.HijackedResponse
	stdout   *io.PipeReader
	stderr   *errorText
	ended    chan struct{}
	closing  sync.Once

	status func(context.Context) (int, error) // waits for the command's end
	resize func(ctx context.Context, size container.ResizeOptions) error
	kill   func(ctx context.Context) error // returns when the command has ended
	remove func()                          // removes what belongs to the command; may be nil
}

// commandVariable is the environment variable that tells a command's processes from others.
const commandVariable = "ENDSTATE_COMMAND"

// killScript kills the processes of a command. It looks twice, because a process may start
// another one meanwhile.
const killScript = `for round in 1 2; do
  for process in /proc/[0-9]*; do
    grep -qzxF "$1" "$process/environ" 2>/dev/null && kill -KILL "${process#/proc/}"
  done
done
true`

// Execute runs a command in a host. If the host is not running, the error is labs.ErrDown.
func (e *Engine) Execute(ctx context.Context, host labs.Host, command labs.Command) (labs.Process, error) {
	mark := commandVariable + "=" + rand.Text()
	env := append(make([]string, 0, len(command.Environment)+1), mark)
	for _, name := range slices.Sorted(maps.Keys(command.Environment)) {
		env = append(env, name+"="+command.Environment[name])
	}
	var created container.ExecCreateResponse
	var attached types.HijackedResponse
	begun, err := e.begin(ctx, host, func() (err error) {
		created, err = e.api.ContainerExecCreate(ctx, host.ID, container.ExecOptions{
			Cmd: command.Args, Env: env, User: command.User, WorkingDir: command.Dir, Tty: command.Terminal,
			AttachStdin: true, AttachStdout: true, AttachStderr: true,
		})
		if err == nil {
			attached, err = e.api.ContainerExecAttach(ctx, created.ID, container.ExecAttachOptions{Tty: command.Terminal})
		}
		return err
	})
	if err != nil {
		return nil, failure(err, "execute in host %s", host.Name)
	}
	p := newProcess(attached, command.Terminal)
	go func() { defer begun.Close(); e.awaitBegin(created.ID, p.ended) }()
	p.status = func(ctx context.Context) (int, error) { return e.execStatus(ctx, created.ID) }
	p.kill = func(ctx context.Context) error { return e.killCommand(ctx, host, command.User, mark, p) }
	p.resize = func(ctx context.Context, size container.ResizeOptions) error {
		return e.api.ContainerExecResize(ctx, created.ID, size)
	}
	if command.Terminal && command.Columns > 0 {
		// Best effort: the program may have ended by now.
		_ = p.Resize(ctx, command.Columns, command.Rows)
	}
	if command.Terminal || command.Attended {
		attached, leave := context.WithCancel(context.WithoutCancel(ctx))
		go func() { <-p.ended; leave() }()
		go e.attend(attached, host)
	}
	return p, nil
}

// killCommand kills the processes that have a mark in their environment. Only processes of the
// command's user can be killed, because nobody in a host has a capability to kill others.
func (e *Engine) killCommand(ctx context.Context, host labs.Host, user, mark string, p *process) error {
	killer, err := e.Execute(ctx, host, labs.Command{Args: []string{"sh", "-c", killScript, "sh", mark}, User: user})
	if errors.Is(err, labs.ErrDown) || errors.Is(err, labs.ErrNotFound) {
		return nil // the host has ended, and the command with it
	}
	if err != nil {
		return err
	}
	defer killer.Close()
	_, _ = io.Copy(io.Discard, killer.Stdout())
	if _, err := killer.Wait(ctx); err != nil {
		return err
	}
	_, err = p.status(ctx)
	return err
}

// awaitBegin waits until a command has begun, or has already ended.
func (e *Engine) awaitBegin(id string, ended <-chan struct{}) {
	ctx, cancel := callContext(context.Background())
	defer cancel()
	for {
		if state, err := e.api.ContainerExecInspect(ctx, id); err != nil || state.Pid != 0 {
			return
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ended:
			return
		}
	}
}

// execStatus waits until the engine knows the exit status of a command that has ended.
func (e *Engine) execStatus(ctx context.Context, id string) (int, error) {
	for {
		state, err := e.api.ContainerExecInspect(ctx, id)
		if err != nil {
			return 0, err
		}
		if !state.Running {
			return state.ExitCode, nil
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
}

// newProcess returns a process that reads an attached stream to its end.
func newProcess(attached types.HijackedResponse, terminal bool) *process {
	p := &process{attached: attached, stderr: &errorText{}, ended: make(chan struct{})}
	p.read(terminal)
	return p
}

// read splits the stream into output and errors, until its end.
func (p *process) read(terminal bool) {
	reader, writer := io.Pipe()
	p.stdout = reader
	go func() {
		defer close(p.ended)
		var err error
		if terminal {
			_, err = io.Copy(writer, p.attached.Reader)
		} else {
			_, err = stdcopy.StdCopy(writer, p.stderr, p.attached.Reader)
		}
		writer.CloseWithError(err)
	}()
}

func (p *process) Stdin() io.WriteCloser { return stdin{p} }
func (p *process) Stdout() io.Reader     { return p.stdout }
func (p *process) Stderr() string        { return p.stderr.String() }

// Resize sets the size of the command's terminal.
func (p *process) Resize(ctx context.Context, columns, rows int) error {
	return p.resize(ctx, container.ResizeOptions{Width: uint(columns), Height: uint(rows)})
}

// Wait waits for the command's end. The caller must read its output to the end, or close
// it.
func (p *process) Wait(ctx context.Context) (int, error) {
	select {
	case <-p.ended:
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	status, err := p.status(ctx)
	if err != nil {
		return 0, failure(err, "wait for a command")
	}
	return status, nil
}

// killTimeout is how long to wait for the end of a killed command.
const killTimeout = 5 * time.Second

// Kill kills the command.
func (p *process) Kill(ctx context.Context) error {
	defer p.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), killTimeout)
	defer cancel()
	select {
	case <-p.ended:
		return nil
	default:
	}
	if err := p.kill(ctx); err != nil {
		return failure(err, "kill a command")
	}
	return nil
}

// Close ends the connection to the command, and whatever reads its output.
func (p *process) Close() error {
	p.closing.Do(func() {
		p.attached.Close()
		_ = p.stdout.Close()
		if p.remove != nil {
			p.remove()
		}
	})
	return nil
}

type stdin struct{ p *process }

func (s stdin) Write(b []byte) (int, error) { return s.p.attached.Conn.Write(b) }
func (s stdin) Close() error                { return s.p.attached.CloseWrite() }

// errorText keeps the first bytes written to it.
type errorText struct {
	mu   sync.Mutex
	text []byte
}

func (t *errorText) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b[:min(len(b), stderrLimit-len(t.text))]...)
	return len(b), nil
}

func (t *errorText) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}

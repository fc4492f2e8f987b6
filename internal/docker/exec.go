package docker

import (
	"context"
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

// What a command may write to its standard error before the rest is dropped.
const stderrLimit = 64 << 10

// process is a command at work in a container.
type process struct {
	attached types.HijackedResponse
	stdout   *io.PipeReader
	stderr   *errorText
	ended    chan struct{}
	closing  sync.Once

	status func(context.Context) (int, error) // waits for the command's end
	resize func(ctx context.Context, size container.ResizeOptions) error
	remove func() // what goes with the command; may be nil
}

// Execute runs a command in a host. labs.ErrDown: it does not run.
func (e *Engine) Execute(ctx context.Context, host labs.Host, command labs.Command) (labs.Process, error) {
	env := make([]string, 0, len(command.Environment))
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

// awaitBegin waits until a command has begun, or has ended before.
func (e *Engine) awaitBegin(id string, ended <-chan struct{}) {
	ctx, cancel := settled(context.Background())
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

// execStatus waits until the engine knows what a command that has ended exited with.
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

// newProcess reads an attached stream for as long as it lasts.
func newProcess(attached types.HijackedResponse, terminal bool) *process {
	p := &process{attached: attached, stderr: &errorText{}, ended: make(chan struct{})}
	p.read(terminal)
	return p
}

// read takes the stream apart into output and errors, for as long as it lasts.
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

// Resize tells the command's terminal its size.
func (p *process) Resize(ctx context.Context, columns, rows int) error {
	return p.resize(ctx, container.ResizeOptions{Width: uint(columns), Height: uint(rows)})
}

// Wait waits for the command's end. Its output must be read to the end, or closed.
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

// Close lets go of the command and of what reads its output.
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

package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/remotecommand"

	"endstate/internal/supervisor/wire"
	"endstate/labs"
)

// Execute runs a command in a host, under its supervisor.
func (e *Engine) Execute(ctx context.Context, host labs.Host, command labs.Command) (labs.Process, error) {
	p, err := e.attend(ctx, host, wire.Request{Execute: &command})
	if err != nil {
		return nil, err
	}
	if err := p.awaitBegin(ctx); err != nil {
		_ = p.Close()
		return nil, fmt.Errorf("execute in host %s: %w", host.Name, err)
	}
	return p, nil
}

// stderrLimit is how many bytes of a command's standard error are kept.
const stderrLimit = 64 << 10

// process is a request that a supervisor serves.
type process struct {
	conn   *wire.Conn
	cancel context.CancelFunc
	stdout *io.PipeReader
	output *io.PipeWriter
	begun  chan struct{} // closed when the command has begun, or the request has ended
	ended  chan struct{} // closed when there is a result or an error
	beats  chan struct{} // closed when no more beats are needed
	stderr limited

	mu     sync.Mutex
	result wire.Result
	err    error
	room   int // bytes of input that may be sent
	taken  *sync.Cond
	closed bool
	once   sync.Once
}

// attend sends a request to a host's supervisor.
func (e *Engine) attend(ctx context.Context, host labs.Host, asked wire.Request) (*process, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	namespace, pod, inside := splitID(host.ID)
	request := e.api.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name(pod).SubResource("exec").VersionedParams(&core.PodExecOptions{
		Container: inside, Command: []string{supervisorPath, "attend"}, Stdin: true, Stdout: true, Stderr: true,
	}, scheme.ParameterCodec)
	executor, err := remotecommand.NewWebSocketExecutor(e.config, "GET", request.URL().String())
	if err != nil {
		return nil, fmt.Errorf("reach host %s: %w", host.Name, err)
	}
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	said := &limited{}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	p := &process{
		conn: wire.NewConn(outRead, inWrite), cancel: cancel, begun: make(chan struct{}), ended: make(chan struct{}), beats: make(chan struct{}), room: wire.Window,
	}
	p.taken = sync.NewCond(&p.mu)
	p.stdout, p.output = io.Pipe()
	streamed := make(chan error, 1)
	go func() {
		err := executor.StreamWithContext(running, remotecommand.StreamOptions{Stdin: inRead, Stdout: outWrite, Stderr: said})
		_ = inRead.CloseWithError(io.ErrClosedPipe)
		streamed <- err
		_ = outWrite.Close()
	}()
	go func() {
		err := p.receive()
		if err != nil { // the stream knows better why
			err = e.broken(running, host, <-streamed, said.String())
		}
		p.finish(err)
	}()
	go p.beat()
	go func() { _ = p.conn.SendJSON(wire.Begin, asked) }()
	return p, nil
}

// broken explains why the connection to a supervisor ended without a result.
func (e *Engine) broken(ctx context.Context, host labs.Host, err error, said string) error {
	if said != "" {
		err = errors.Join(err, errors.New(said))
	}
	call, cancel := callContext(ctx)
	defer cancel()
	namespace, name, _ := splitID(host.ID)
	pod, looked := e.api.CoreV1().Pods(namespace).Get(call, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(looked), looked == nil && pod.DeletionTimestamp != nil:
		return errors.Join(labs.ErrNotFound, err)
	case looked == nil && pod.Status.Phase != core.PodRunning:
		return errors.Join(labs.ErrDown, err)
	}
	return errors.Join(errors.New("the connection to the host broke"), err, looked)
}

// receive follows what the supervisor sends, until a result.
func (p *process) receive() error {
	for {
		kind, data, err := p.conn.Receive()
		if err != nil {
			return err
		}
		switch kind {
		case wire.Begun:
			p.once.Do(func() { close(p.begun) })
		case wire.Output:
			// If nobody reads it any more, go on: the result matters.
			_, _ = p.output.Write(data)
		case wire.Errors:
			_, _ = p.stderr.Write(data)
		case wire.Taken:
			p.mu.Lock()
			p.room += wire.Count(data)
			p.taken.Broadcast()
			p.mu.Unlock()
		case wire.End:
			var result wire.Result
			if err := json.Unmarshal(data, &result); err != nil {
				return err
			}
			p.mu.Lock()
			p.result = result
			p.mu.Unlock()
			return nil
		case wire.Failed:
			var failed wire.Failure
			if err := json.Unmarshal(data, &failed); err != nil {
				return err
			}
			p.mu.Lock()
			p.err = errorOf(failed)
			p.mu.Unlock()
			return nil
		}
	}
}

// errorOf returns the error that a supervisor reported.
func errorOf(failed wire.Failure) error {
	err := errors.New(failed.Text)
	switch failed.Code {
	case wire.Down:
		return errors.Join(labs.ErrDown, err)
	case wire.Frozen:
		return errors.Join(labs.ErrFrozen, err)
	case wire.NotFound:
		return errors.Join(labs.ErrNotFound, err)
	}
	return err
}

// finish ends the request.
func (p *process) finish(err error) {
	p.mu.Lock()
	if p.err == nil {
		p.err = err
	}
	p.closed = true
	err = p.err
	p.taken.Broadcast()
	p.mu.Unlock()
	_ = p.output.CloseWithError(err) // nil: the end of the output
	p.once.Do(func() { close(p.begun) })
	close(p.ended)
	close(p.beats)
	p.cancel()
}

// beat tells the supervisor that this process is still there.
func (p *process) beat() {
	ticks := time.NewTicker(wire.BeatInterval)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			if p.conn.Send(wire.Beat, nil) != nil {
				return
			}
		case <-p.beats:
			return
		}
	}
}

// awaitBegin waits until the request has begun or has failed.
func (p *process) awaitBegin(ctx context.Context) error {
	select {
	case <-p.begun:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// outcome waits for the result.
func (p *process) outcome(ctx context.Context) (wire.Result, error) {
	select {
	case <-p.ended:
	case <-ctx.Done():
		return wire.Result{}, context.Cause(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.result, p.err
}

func (p *process) Stdin() io.WriteCloser { return input{p} }
func (p *process) Stdout() io.Reader     { return p.stdout }

func (p *process) Stderr() string { return p.stderr.String() }

// Resize sets the size of the command's terminal.
func (p *process) Resize(_ context.Context, columns, rows int) error {
	return p.conn.SendJSON(wire.Resize, wire.Size{Columns: columns, Rows: rows})
}

// Wait waits for the command's end. The caller must read its output to the end, or close it.
func (p *process) Wait(ctx context.Context) (int, error) {
	result, err := p.outcome(ctx)
	if err != nil {
		return 0, fmt.Errorf("wait for a command: %w", err)
	}
	return result.Status, nil
}

// killTimeout is how long to wait for the end of a killed command.
const killTimeout = 5 * time.Second

// Kill kills the command and what it started.
func (p *process) Kill(ctx context.Context) error {
	defer p.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), killTimeout)
	defer cancel()
	select {
	case <-p.ended:
		return nil
	default:
	}
	_ = p.stdout.Close() // a command that waits for a reader would not end
	if err := p.conn.Send(wire.Kill, nil); err != nil {
		return nil // it has ended
	}
	_, err := p.outcome(ctx)
	if errors.Is(err, labs.ErrDown) || errors.Is(err, labs.ErrNotFound) {
		return nil // the host has ended, and the command with it
	}
	return err
}

// leaveTimeout is how long to wait until a supervisor knows that nobody reads any more.
const leaveTimeout = 2 * time.Second

// Close leaves the command, which may go on until it needs its input or output.
func (p *process) Close() error {
	_ = p.stdout.Close()
	p.mu.Lock()
	first := !p.closed
	p.closed = true
	p.taken.Broadcast()
	p.mu.Unlock()
	if first {
		go func() {
			_ = p.conn.Send(wire.Leave, nil)
			select {
			case <-p.ended:
			case <-time.After(leaveTimeout):
				p.cancel()
			}
		}()
	}
	return nil
}

// input is the input of a command.
type input struct{ p *process }

// Write sends bytes, and waits while the command takes none.
func (i input) Write(data []byte) (sent int, err error) {
	p := i.p
	for sent < len(data) {
		p.mu.Lock()
		for p.room == 0 && !p.closed {
			p.taken.Wait()
		}
		if p.closed {
			p.mu.Unlock()
			return sent, io.ErrClosedPipe
		}
		n := min(p.room, wire.MaxData, len(data)-sent)
		p.room -= n
		p.mu.Unlock()
		if err := p.conn.Send(wire.Input, data[sent:sent+n]); err != nil {
			return sent, err
		}
		sent += n
	}
	return sent, nil
}

// Close ends the input.
func (i input) Close() error { return i.p.conn.Send(wire.InputEnd, nil) }

// limited keeps the first bytes written to it.
type limited struct {
	mu   sync.Mutex
	text []byte
}

func (l *limited) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, b[:min(len(b), stderrLimit-len(l.text))]...)
	return len(b), nil
}

func (l *limited) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

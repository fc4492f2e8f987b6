package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"endstate/internal/supervisor/wire"
	"endstate/labs"
)

// ask sends a request to a host's supervisor and returns its result.
func (e *Engine) ask(ctx context.Context, host labs.Host, asked wire.Request) (wire.Result, error) {
	p, err := e.attend(ctx, host, asked)
	if err != nil {
		return wire.Result{}, err
	}
	defer p.Close()
	return p.outcome(ctx)
}

// Vitals returns a host's current state.
func (e *Engine) Vitals(ctx context.Context, host labs.Host) (labs.Vitals, error) {
	namespace, name, inside := splitID(host.ID)
	pod, err := e.api.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil || pod.DeletionTimestamp != nil {
		if err == nil || apierrors.IsNotFound(err) {
			return labs.Vitals{}, fmt.Errorf("inspect host %s: %w", host.Name, labs.ErrNotFound)
		}
		return labs.Vitals{}, failure(err, "inspect host %s", host.Name)
	}
	if pod.Status.Phase != core.PodRunning {
		return e.pastVitals(pod), nil
	}
	if inside != container {
		return e.vitalsWithin(pod, inside)
	}
	result, err := e.ask(ctx, host, wire.Request{Vitals: true})
	if err != nil {
		return labs.Vitals{}, fmt.Errorf("inspect host %s: %w", host.Name, err)
	}
	return *result.Vitals, nil
}

// pastVitals returns the state of a host whose pod does not run.
func (e *Engine) pastVitals(pod *core.Pod) labs.Vitals {
	state, exit := stateOf(pod)
	v := labs.Vitals{State: state, Exit: exit, Down: never}
	for _, status := range pod.Status.ContainerStatuses {
		if ended := status.State.Terminated; ended != nil {
			v.Again, v.Down, v.Age = true, e.Now().Sub(ended.FinishedAt.Time), e.Now().Sub(ended.StartedAt.Time)
		}
	}
	return v
}

// never is how long ago something was that never was.
const never = 1<<63 - 1

// Usage returns the processor time that a host has used since it started.
func (e *Engine) Usage(ctx context.Context, host labs.Host) (labs.Usage, error) {
	result, err := e.ask(ctx, host, wire.Request{Vitals: true})
	if err != nil {
		return labs.Usage{}, fmt.Errorf("measure host %s: %w", host.Name, err)
	}
	return result.Usage, nil
}

// Memory returns the memory used by a lab's hosts, in bytes.
func (e *Engine) Memory(ctx context.Context, lab *labs.Lab) (int64, error) {
	sums, failed := make([]int64, len(lab.Hosts)), make([]error, len(lab.Hosts))
	var all sync.WaitGroup
	for i, host := range lab.Hosts {
		if !host.State.Up() {
			continue
		}
		all.Go(func() {
			var result wire.Result
			if result, failed[i] = e.ask(ctx, host, wire.Request{Vitals: true}); failed[i] == nil {
				sums[i] = result.Memory
			}
		})
	}
	all.Wait()
	var sum int64
	for _, n := range sums {
		sum += n
	}
	return sum, errors.Join(failed...)
}

// Written returns how much a host has written to its disk, in bytes.
func (e *Engine) Written(ctx context.Context, host labs.Host) (int64, error) {
	result, err := e.ask(ctx, host, wire.Request{Written: true})
	if err != nil {
		return 0, fmt.Errorf("measure what host %s has written: %w", host.Name, err)
	}
	return result.Written, nil
}

// Logs returns the last lines of output of a host's main process.
func (e *Engine) Logs(ctx context.Context, host labs.Host, lines int) (string, error) {
	namespace, pod, inside := splitID(host.ID)
	stream, err := e.api.CoreV1().Pods(namespace).GetLogs(pod, &core.PodLogOptions{Container: inside, TailLines: pointer(int64(lines))}).Stream(ctx)
	if err != nil {
		return "", failure(err, "read the log of host %s", host.Name)
	}
	defer stream.Close()
	text, err := io.ReadAll(stream)
	if err != nil {
		return "", failure(err, "read the log of host %s", host.Name)
	}
	return string(text), nil
}

// said returns the last lines of a container, or what is in the way of reading them.
func (e *Engine) said(ctx context.Context, namespace, pod, container string, lines int64) string {
	text, err := e.api.CoreV1().Pods(namespace).GetLogs(pod, &core.PodLogOptions{Container: container, TailLines: &lines}).DoRaw(ctx)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Stop stops a host until a restart, and keeps its disk.
func (e *Engine) Stop(ctx context.Context, host labs.Host) error {
	if _, err := e.ask(ctx, host, wire.Request{Stop: true}); err != nil && !errors.Is(err, labs.ErrDown) {
		return fmt.Errorf("stop host %s: %w", host.Name, err)
	}
	return nil
}

// Restart ends all processes of a lab's hosts, side by side, and starts their main programs.
func (e *Engine) Restart(ctx context.Context, lab *labs.Lab) error {
	failed := make([]error, len(lab.Hosts))
	var all sync.WaitGroup
	for i, host := range lab.Hosts {
		all.Go(func() {
			if _, err := e.ask(ctx, host, wire.Request{Restart: true}); err != nil {
				failed[i] = fmt.Errorf("restart host %s: %w", host.Name, err)
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// Freeze makes everything in a host stand still until thaw is called, or this process ends. With
// lasting, it stands still beyond that.
func (e *Engine) Freeze(ctx context.Context, host labs.Host, lasting bool) (thaw func() error, err error) {
	p, err := e.attend(ctx, host, wire.Request{Freeze: &wire.Freeze{Lasting: lasting}})
	if err != nil {
		return nil, err
	}
	if err := p.awaitBegin(ctx); err != nil {
		_ = p.Close()
		return nil, fmt.Errorf("freeze host %s: %w", host.Name, err)
	}
	return sync.OnceValue(func() error {
		call, cancel := callContext(ctx)
		defer cancel()
		_ = p.Close()
		_, err := p.outcome(call)
		if lasting {
			_, thawErr := e.ask(call, host, wire.Request{Thaw: true})
			err = errors.Join(err, thawErr)
		}
		if errors.Is(err, labs.ErrNotFound) || errors.Is(err, labs.ErrDown) {
			return nil
		}
		return err
	}), nil
}

// CopyOut returns a file or folder of a host as a tar archive. The supervisor reads it, which no
// learner can replace; it has the rights of the host's user.
func (e *Engine) CopyOut(ctx context.Context, host labs.Host, path string) (io.ReadCloser, error) {
	return e.archive(ctx, host, wire.Request{CopyOut: path}, "copy "+path+" out of host "+host.Name)
}

func (e *Engine) archive(ctx context.Context, host labs.Host, asked wire.Request, doing string) (io.ReadCloser, error) {
	p, err := e.attend(ctx, host, asked)
	if err != nil {
		return nil, err
	}
	// The first bytes show that there is something to read.
	first := make([]byte, 1)
	n, err := io.ReadFull(p.stdout, first)
	if err != nil {
		_ = p.Close()
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return &archive{process: p, first: first[:n]}, nil
}

type archive struct {
	*process
	first []byte
}

func (a *archive) Read(b []byte) (int, error) {
	if len(a.first) > 0 {
		n := copy(b, a.first)
		a.first = a.first[n:]
		return n, nil
	}
	return a.stdout.Read(b)
}

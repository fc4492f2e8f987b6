package seat

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"endstate/labs"
)

var (
	// ErrLost says that the shell ended without an exit status of its own: it was killed,
	// its lab was removed, or the engine is gone.
	ErrLost = errors.New("the connection to the lab was lost")
	// ErrShellClosed says that an [Answer] closed the shell.
	ErrShellClosed = errors.New("the shell was closed by a command in it")
	// ErrClientGone says that the client closed its keys.
	ErrClientGone = errors.New("the terminal is gone")
)

// Attach joins a client to a process until the process ends, an answer closes it, the
// client is gone or the context ends. It closes the process and returns its exit status,
// or an error: [ErrLost], [ErrShellClosed], [ErrClientGone], the context's cause or what
// writing to the client returned. It undoes every change that programs have left on the
// screen.
func Attach(ctx context.Context, client Client, process labs.Process, answer Answer, watchers ...Watcher) (status int, err error) {
	tracker := &tracker{}
	_, _ = io.WriteString(client, pushTitle)
	s := &session{process: process, answer: answer, screen: &tee{trackedScreen{client, tracker}, watchers}}
	attached, detach := context.WithCancelCause(ctx)
	var input sync.WaitGroup
	input.Go(func() { detach(s.forwardKeys(attached, client.Keys())) })
	input.Go(func() { s.forwardSizes(attached, client) })
	err = s.run(attached)
	detach(nil)
	if err == nil {
		status, err = s.wait(ctx)
	}
	_ = process.Close() // ends a write that is still waiting
	input.Wait()
	_, _ = io.WriteString(client, tracker.restore()+popTitle)
	if err != nil && !errors.Is(err, ErrShellClosed) {
		_, _ = io.WriteString(client, "\r\n")
	}
	return status, err
}

// session is one process at one client.
type session struct {
	process     labs.Process
	answer      Answer
	screen      *tee
	request     atomic.Pointer[request] // the request being answered; it gets the keys
	ignoreUntil time.Time               // requests before this are dropped
}

// run shows the process's output until it ends or the context does.
func (s *session) run(ctx context.Context) error {
	output := make(chan error, 1)
	go func() { output <- s.show(ctx) }()
	select {
	case err := <-output:
		return err
	case <-ctx.Done():
		// The context ends an answer, and Close ends the output.
		_ = s.process.Close()
		<-output
		return context.Cause(ctx)
	}
}

// forwardKeys passes keys on to the process, or to the request that is being answered.
func (s *session) forwardKeys(ctx context.Context, keys <-chan []byte) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case typed, ok := <-keys:
			if !ok {
				return ErrClientGone
			}
			s.screen.input()
			if !s.request.Load().take(typed) {
				// If the process has ended, its output says so.
				_, _ = s.process.Stdin().Write(typed)
			}
		}
	}
}

// forwardSizes tells the process and the watchers the client's size when it changes.
func (s *session) forwardSizes(ctx context.Context, client Client) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-client.Resizes():
			columns, rows := client.Size()
			s.screen.resize(columns, rows)
			_ = s.process.Resize(ctx, columns, rows)
		}
	}
}

// show writes the process's output to the screen and answers the requests in it.
func (s *session) show(ctx context.Context) error {
	quota := 0
	out := &filter{
		out: func(b []byte) error { _, err := s.screen.Write(b); return err },
		request: func(verb string) error {
			if quota == 0 || time.Now().Before(s.ignoreUntil) {
				return nil
			}
			quota--
			return s.handle(ctx, verb)
		},
	}
	buffer := make([]byte, 32<<10)
	for {
		n, readErr := s.process.Stdout().Read(buffer)
		quota = 1 // a command waits for its answer, so no second one can ask in the same read
		if err := out.write(buffer[:n]); err != nil {
			return err
		}
		if readErr != nil {
			return out.flush()
		}
	}
}

// wait returns the exit status of a process whose output has ended.
func (s *session) wait(ctx context.Context) (int, error) {
	status, err := s.process.Wait(ctx)
	if err != nil || status == labs.ExitKilled {
		return status, errors.Join(ErrLost, err)
	}
	return status, nil
}

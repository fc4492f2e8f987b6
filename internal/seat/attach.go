package seat

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"

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
	// ErrHangUp is part of the cause of a context whose end must end the shell, too.
	ErrHangUp = errors.New("the shell must end")
)

// Attach joins a client to a shell until the shell ends, an answer closes it, the client is
// gone or the context ends. First it draws what a shell that waited has shown. It returns the
// shell's exit status, or an error: [ErrLost], [ErrShellClosed], [ErrClientGone], the context's
// cause or what writing to the client returned. It closes the shell; but if the client is gone
// or the context ended, without [ErrHangUp], it leaves the shell to wait for its owner. It
// undoes every change that programs have left on the screen.
func Attach(ctx context.Context, client Client, shell *Shell, answer Answer, watchers ...Watcher) (status int, err error) {
	tracker := &tracker{}
	_, _ = io.WriteString(client, pushTitle)
	attached, detach := context.WithCancelCause(ctx)
	s := &session{shell: shell, size: client.Size, screen: &tee{trackedScreen{client, tracker}, watchers}}
	s.answers = &answers{session: s, answer: answer, close: detach, screens: map[uint32]*Screen{}}
	var input sync.WaitGroup
	input.Go(func() { detach(s.forwardKeys(attached, client.Keys())) })
	input.Go(func() { s.forwardSizes(attached, client) })
	s.redraw(client)
	err = s.run(attached)
	detach(nil)
	if err == nil {
		status, err = s.wait(ctx)
	}
	s.part(err) // ends a write that is still waiting
	input.Wait()
	_, _ = io.WriteString(client, tracker.restore()+popTitle)
	if err != nil && !errors.Is(err, ErrShellClosed) {
		_, _ = io.WriteString(client, "\r\n")
	}
	return status, err
}

// session is one shell at one client.
type session struct {
	shell    *Shell
	size     func() (columns, rows int) // of the client
	screen   *tee
	answers  *answers
	question atomic.Pointer[question] // the open question; it gets the keys
}

// run shows the shell's output and answers requests until it ends or the context does.
func (s *session) run(ctx context.Context) error {
	output := make(chan error, 1)
	go func() { output <- s.show(ctx) }()
	select {
	case err := <-output:
		return errors.Join(s.answers.finish(), err)
	case <-ctx.Done():
		// The context ends answers, and Close ends the output.
		s.part(context.Cause(ctx))
		<-output
		_ = s.answers.finish()
		return context.Cause(ctx)
	}
}

// part ends the connection to the shell, for a reason. If that is not the shell's end, the
// shell waits for its owner.
func (s *session) part(why error) {
	if why == nil || errors.Is(why, ErrShellClosed) || errors.Is(why, ErrHangUp) || errors.Is(why, ErrLost) {
		_ = s.shell.Close()
	} else {
		_ = s.shell.Leave()
	}
}

// redraw draws what a shell that waited has shown. A program on the whole screen is told of a
// new size, so that it draws what the history no longer has.
func (s *session) redraw(client Client) {
	history := s.shell.History
	if history == nil {
		return
	}
	columns, rows := client.Size()
	drawn, alternate := history.Draw(columns, rows)
	_, _ = s.screen.Write(drawn)
	if alternate {
		_ = s.shell.Resize(context.Background(), columns, max(1, rows-1))
		_ = s.shell.Resize(context.Background(), columns, rows)
	}
}

// displayed is the client's screen, for what does not come from the shell. The shell's terminal
// is told, so that its history is complete.
type displayed struct{ *session }

func (d displayed) Write(b []byte) (int, error) {
	for part := range slices.Chunk(b, maxFrame/2) {
		_ = d.shell.send(frameShown, part)
	}
	return d.screen.Write(b)
}

// forwardKeys passes keys on to the shell, or to the question that is open.
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
			if !s.question.Load().take(typed) {
				s.answers.keys(typed)
				// If the shell has ended, its output says so.
				_, _ = s.shell.Stdin().Write(typed)
			}
		}
	}
}

// forwardSizes tells the shell and the watchers the client's size when it changes.
func (s *session) forwardSizes(ctx context.Context, client Client) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-client.Resizes():
			columns, rows := client.Size()
			s.screen.resize(columns, rows)
			_ = s.shell.Resize(ctx, columns, rows)
		}
	}
}

// show writes the shell's output to the screen and starts answers to the requests in it.
func (s *session) show(ctx context.Context) error {
	for {
		kind, data, err := s.shell.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		switch kind {
		case frameOutput:
			if _, err := s.screen.Write(data); err != nil {
				return err
			}
		case frameRequest:
			s.answers.give(ctx, data)
		case frameGone:
			s.answers.callerGone(data)
		}
	}
}

// wait returns the exit status of a shell whose output has ended.
func (s *session) wait(ctx context.Context) (int, error) {
	status, err := s.shell.Wait(ctx)
	if err != nil || status == labs.ExitKilled {
		return status, errors.Join(ErrLost, err)
	}
	return status, nil
}

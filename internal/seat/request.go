package seat

import (
	"bytes"
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"endstate/labs"
)

// Request is what an in-lab command asks. All of it is the learner's: it can say anything.
type Request struct {
	Args       []string // its name and its arguments
	Output     Output   // where its standard output goes
	Columns    int      // of that, if it is a terminal, or of the terminal that a pipe is read at
	Term       string   // TERM in the lab
	NoColor    bool     // NO_COLOR is set in the lab
	Foreground bool     // it is in the foreground of its terminal
}

// Output is a kind of standard output.
type Output string

// The kinds of output.
const (
	OutputSeat     Output = "seat"     // the client's screen
	OutputTerminal Output = "terminal" // another terminal in the lab, as in tmux
	OutputFile     Output = "file"     // a file or a pipe
)

// Answer answers a request of an in-lab command. It returns the command's exit status, and
// false to close the shell that the command was called in.
type Answer func(ctx context.Context, request *Request, screen *Screen) (status int, goOn bool)

// Limits of a request.
const (
	maxArgs     = 100
	maxAnswers  = 8   // that wait for their turn
	requestHead = 5   // fields before the arguments
	ctrlCStatus = 130 // of a command that Ctrl-C ended
)

// ctrlCPause is how long a command may take to tell that Ctrl-C was pressed.
const ctrlCPause = 150 * time.Millisecond

// parseRequest parses the fields of a request, as internal/workspace/image/ask sends them.
func parseRequest(data []byte) (*Request, bool) {
	fields := strings.Split(strings.ToValidUTF8(string(data), "\ufffd"), "\x00")
	if len(fields) <= requestHead || len(fields) > requestHead+maxArgs {
		return nil, false
	}
	columns, _ := strconv.Atoi(fields[1])
	return &Request{
		Output: Output(fields[0]), Columns: max(0, min(columns, 1000)), Term: fields[2], NoColor: fields[3] != "",
		Foreground: fields[4] == "1", Args: fields[requestHead:],
	}, true
}

// answers are the answers to the requests of one session. They are given one after the
// other; the shell goes on meanwhile.
type answers struct {
	*session
	answer  Answer
	close   func(error) // ends the session
	turn    sync.Mutex  // held by the answer that is given
	working sync.WaitGroup

	mu      sync.Mutex
	screens map[uint32]*Screen // of answers that have not ended, by caller
	closed  bool               // an answer has closed the shell
}

// give answers a request.
func (a *answers) give(ctx context.Context, data []byte) {
	caller, ok := callerOf(data)
	if !ok {
		return
	}
	request, ok := parseRequest(data[4:])
	screen := newScreen(ctx, a.session, caller, request)
	a.mu.Lock()
	ok = ok && len(a.screens) < maxAnswers && a.screens[caller] == nil
	if ok {
		a.screens[caller] = screen
	}
	a.mu.Unlock()
	if !ok {
		a.end(caller, labs.ExitKilled)
		return
	}
	a.working.Go(func() { a.work(ctx, caller, request, screen) })
}

func (a *answers) work(ctx context.Context, caller uint32, request *Request, screen *Screen) {
	a.turn.Lock()
	defer a.turn.Unlock()
	status, goOn := ctrlCStatus, true
	if screen.interrupt.Err() == nil {
		status, goOn = a.answer(ctx, request, screen)
	}
	if screen.interrupt.Err() != nil {
		status = ctrlCStatus
	}
	a.mu.Lock()
	delete(a.screens, caller)
	a.closed = a.closed || !goOn
	a.mu.Unlock()
	if !goOn {
		a.close(ErrShellClosed) // before the shell does anything else
		return
	}
	// Once the client is gone, seat.pl tells the command so.
	if ctx.Err() == nil {
		a.end(caller, status)
	}
}

// end tells a caller that its answer has ended.
func (a *answers) end(caller uint32, status int) {
	_ = a.shell.send(frameEnd, append(binary.BigEndian.AppendUint32(nil, caller), byte(status)))
}

// callerGone interrupts an answer whose caller has gone.
func (a *answers) callerGone(data []byte) {
	if caller, ok := callerOf(data); ok {
		a.interrupt(func(c uint32, s *Screen) bool { return c == caller && !s.outlives.Load() })
	}
}

// finish waits for the answers, after the shell has ended. It returns [ErrShellClosed] if one
// of them was the reason.
func (a *answers) finish() error {
	a.interrupt(func(_ uint32, s *Screen) bool { return !s.outlives.Load() })
	a.working.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return ErrShellClosed
	}
	return nil
}

// interrupt interrupts some answers.
func (a *answers) interrupt(whose func(uint32, *Screen) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for caller, screen := range a.screens {
		if whose(caller, screen) {
			screen.cancel()
		}
	}
}

// keys looks at keys on their way to the shell. Ctrl-C ends the running answers. Usually the
// command gets a signal and tells so, but its terminal may make no signals, and its host may
// be frozen.
func (a *answers) keys(typed []byte) {
	if bytes.IndexByte(typed, ctrlC) < 0 {
		return
	}
	a.mu.Lock()
	running := maps.Clone(a.screens)
	a.mu.Unlock()
	time.AfterFunc(ctrlCPause, func() {
		for _, screen := range running {
			screen.cancel()
		}
	})
}

func callerOf(data []byte) (uint32, bool) {
	if len(data) < 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(data), true
}

// callerOutput writes to the standard output or the standard error of a command in the lab.
type callerOutput struct {
	shell  *Shell
	kind   byte
	caller uint32
}

// Write does not fail if the command has ended: its answer is interrupted then.
func (o callerOutput) Write(b []byte) (int, error) {
	for part := range slices.Chunk(b, maxFrame/2) {
		if err := o.shell.send(o.kind, append(binary.BigEndian.AppendUint32(nil, o.caller), part...)); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// question is a question to the learner, which gets the keys.
type question struct {
	keys chan []byte   // what is typed meanwhile
	done chan struct{} // closed once nobody reads keys
}

// take hands keys to the question. It returns false if there is none, or no longer.
func (q *question) take(keys []byte) bool {
	if q == nil {
		return false
	}
	select {
	case q.keys <- keys:
		return true
	case <-q.done:
		return false
	}
}

// ask runs read, which reads the keys until it returns. Keys that it leaves are the shell's.
func (s *session) ask(read func(*KeyReader) error) error {
	q := &question{keys: make(chan []byte), done: make(chan struct{})}
	s.question.Store(q)
	keys := ReadKeys(q.keys)
	err := read(keys)
	if len(keys.unread) > 0 {
		_, _ = s.shell.Stdin().Write(keys.unread)
	}
	s.question.Store(nil)
	close(q.done)
	return err
}

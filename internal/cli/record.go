package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/recording"
	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/internal/tty"
)

// recordFlag gives a command that opens a shell the flag that keeps it unrecorded.
func (a *app) recordFlag(c *cobra.Command) {
	c.Flags().BoolVar(&a.flags.noRecord, "no-record", false, "don't record the terminal (ENDSTATE_RECORD=off)")
}

func (a *app) records() bool {
	return !a.flags.noRecord && !slices.Contains([]string{"off", "no", "0", "false"}, strings.ToLower(a.Env("ENDSTATE_RECORD")))
}

// recordings is the folder of what terminals showed.
func (a *app) recordings() string { return filepath.Join(a.home(), "recordings") }

// Recordings take no more than this together: the oldest go first.
const allRecordings = 512 << 20

// prune removes the oldest recordings until the others take no more than a limit.
func prune(dir string, limit int64) {
	entries, _ := os.ReadDir(dir)
	var files []os.FileInfo
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && filepath.Ext(info.Name()) == ".cast" {
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b os.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, file := range files {
		if limit -= file.Size(); limit < 0 {
			_ = os.Remove(filepath.Join(dir, file.Name()))
		}
	}
}

// stay is a learner's stay in a shell, as it is remembered: that it was, when keys
// were pressed, and what the screen showed. What can't be remembered is left out, and
// told at the end.
type stay struct {
	visit    *visit
	recorder *recording.Recorder
	store    *attempts.Store
	attempt  *attempts.Attempt
	id       int64
	failed   error

	pressed atomic.Int64 // when a key last was, in nanoseconds since 1970
	left    chan struct{}
	noting  sync.WaitGroup
}

// note is how often it is noted that keys were pressed.
const note = 15 * time.Second

// arrive begins a stay.
func (in *visit) arrive(ctx context.Context, t tty.Terminal) *stay {
	s := &stay{visit: in, left: make(chan struct{})}
	if s.store = in.app.attempts(ctx); s.store == nil {
		return s
	}
	if s.attempt, s.failed = in.app.begin(ctx, s.store, in.lab, in.variant); s.failed != nil {
		return s
	}
	now, name := in.app.Clock(), ""
	s.nameOthers(ctx, now)
	if in.app.records() {
		name = s.record(t, now)
	}
	if s.id, s.failed = s.store.Enter(ctx, s.attempt, in.host, name, now); s.failed == nil {
		s.noting.Go(func() { s.noteKeys(context.WithoutCancel(ctx)) })
	}
	return s
}

// nameOthers names the learner's other terminals in the lab: what runs there may hold locks.
func (s *stay) nameOthers(ctx context.Context, now time.Time) {
	others, err := s.store.Others(ctx, s.attempt, now)
	if err != nil {
		s.failed = err
	}
	for _, other := range others {
		fmt.Fprintf(s.visit.app.Out, "Another terminal is open in this lab, on `%s` since %s. What runs in it may hold locks.\n",
			report.Visible(other.Host), other.Began.Local().Format("15:04"))
	}
}

// record begins a recording and returns its file's name.
func (s *stay) record(t tty.Terminal, now time.Time) string {
	in, dir := s.visit, s.visit.app.recordings()
	prune(dir, allRecordings-recording.Limit)
	columns, rows := t.Size()
	title := fmt.Sprintf("%s · seed %d · %s", in.lab.Scenario, in.lab.Seed, in.host)
	name := fmt.Sprintf("%s-%d.cast", s.attempt.UID, now.UnixNano())
	recorder, err := recording.Create(filepath.Join(dir, name), columns, rows, title, in.environment()["TERM"], in.app.Clock)
	if err != nil {
		in.app.warn(err, "The terminal is not recorded; the lab goes on.")
		return ""
	}
	s.recorder, in.recorder = recorder, recorder
	return name
}

// watchers are those who look at the terminal.
func (s *stay) watchers() []seat.Watcher {
	if s.recorder == nil {
		return []seat.Watcher{s}
	}
	return []seat.Watcher{s, s.recorder}
}

// Output does nothing: a stay is a [seat.Watcher] for its input.
func (s *stay) Output([]byte) {}

// Resize does nothing.
func (s *stay) Resize(int, int) {}

// Input keeps the time at which keys were pressed.
func (s *stay) Input() { s.pressed.Store(s.visit.app.Clock().UnixNano()) }

// noteKeys notes from time to time that the client is there, and that keys were pressed, so
// that little is lost if this process is killed.
func (s *stay) noteKeys(ctx context.Context) {
	ticker := time.NewTicker(note)
	defer ticker.Stop()
	noted := int64(0)
	for going := true; going; {
		select {
		case <-ticker.C:
		case <-s.left:
			going = false
		}
		if going {
			if err := s.store.Stay(ctx, s.id, s.visit.app.Clock()); err != nil {
				s.failed = err
				return
			}
		}
		if last := s.pressed.Load(); last != noted {
			noted = last
			if err := s.store.Seen(ctx, s.attempt, time.Unix(0, last)); err != nil {
				s.failed = err
				return
			}
		}
	}
}

// leave ends a stay.
func (s *stay) leave(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	close(s.left)
	s.noting.Wait()
	if s.id != 0 && s.failed == nil {
		s.failed = s.store.Leave(ctx, s.attempt, s.id, s.visit.app.Clock())
		if s.visit.candidate != nil && s.failed == nil {
			s.failed = s.store.Rest(ctx, s.attempt) // on to another question, or away
		}
	}
	if s.failed != nil {
		s.visit.app.warn(s.failed, "This stay in the lab is not remembered whole.")
	}
	if s.recorder == nil {
		return
	}
	s.visit.recorder = nil
	if err := s.recorder.Close(); recording.Full(err) {
		fmt.Fprintf(s.visit.app.Err, "The recording of this terminal ended at %d MiB.\n", recording.Limit>>20)
	} else if err != nil {
		s.visit.app.warn(err, "The recording of this terminal is not whole.")
	}
}

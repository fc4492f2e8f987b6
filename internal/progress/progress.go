// Package progress renders events: as a live view on a terminal, as plain lines elsewhere,
// or as JSON lines for programs.
package progress

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"

	"endstate/internal/report"
	"endstate/labs"
)

// Renderer shows events as they come. Close it before writing anything else.
type Renderer interface {
	Emit(labs.Event)
	Close()
}

// JSON writes each event as a line of JSON.
func JSON(w io.Writer) Renderer { return &jsonLines{encoder: json.NewEncoder(w)} }

type jsonLines struct {
	mu      sync.Mutex
	encoder *json.Encoder
}

func (j *jsonLines) Emit(event labs.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	// Ignore errors: if the reader has gone, nobody needs the events.
	_ = j.encoder.Encode(event)
}

func (j *jsonLines) Close() {}

// longWait is the interval at which Plain reports on a step that takes long.
const longWait = 30 * time.Second

// Plain writes a line when a step has taken a second, further lines while it goes on, and
// one when it ends.
func Plain(w io.Writer) Renderer {
	return newBoard(time.Second, func(b *board) {
		_, _ = io.WriteString(w, b.takeWarnings())
		for _, s := range b.steps {
			switch {
			case s.due(b.patience) && !s.announced:
				s.announced, s.reported = true, time.Now()
				fmt.Fprintf(w, "%s …\n", s.doing)
			case s.announced && time.Since(s.reported) >= longWait:
				s.reported = time.Now()
				fmt.Fprintf(w, "%s: %s\n", s.doing, s.progress())
			}
		}
		for _, s := range b.takeEnded() {
			if s.announced {
				fmt.Fprintln(w, s.outcome())
			}
		}
	})
}

// Live draws the current steps on a terminal, and removes them when they end. width returns the
// terminal's width, which may change meanwhile. With color, the signs are coloured.
func Live(w io.Writer, width func() int, color bool) Renderer {
	drawing := &drawing{w: w, width: width, color: color}
	return newBoard(250*time.Millisecond, drawing.draw)
}

type drawing struct {
	w       io.Writer
	width   func() int
	color   bool
	columns int   // the width in the current frame
	drawn   []int // the widths of the lines in the last frame
	frame   int
}

var frames = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}

func (d *drawing) draw(b *board) {
	var out strings.Builder
	d.columns = d.width()
	if rows := d.drawnRows(); rows > 0 {
		// Row by row: where all of the screen is erased, some terminals keep it in their history.
		out.WriteString("\r" + strings.Repeat("\x1b[1A\x1b[2K", rows))
	}
	out.WriteString(b.takeWarnings())
	for _, s := range b.takeEnded() {
		if s.took >= time.Second {
			sign := d.sign("✓", "32")
			switch {
			case s.failed:
				sign = d.sign("✗", "31")
			case s.judges:
				sign = d.sign("·", "2")
			}
			fmt.Fprintf(&out, "%s %s\n", sign, d.fit(s.outcome()))
		}
	}
	d.drawn = d.drawn[:0]
	for _, s := range b.steps {
		if s.due(b.patience) && !b.closed {
			line := d.sign(frames[d.frame%len(frames)], "36") + " " + d.fit(s.line())
			out.WriteString(line + "\n")
			d.drawn = append(d.drawn, ansi.StringWidth(line))
		}
	}
	d.frame++
	_, _ = io.WriteString(d.w, out.String())
}

// drawnRows returns how many rows the lines of the last frame take now: terminals break lines anew
// when they become narrower.
func (d *drawing) drawnRows() int {
	rows := 0
	for _, width := range d.drawn {
		rows += max(1, (width+d.columns-1)/max(1, d.columns))
	}
	return rows
}

func (d *drawing) sign(sign, code string) string {
	if !d.color {
		return sign
	}
	return "\x1b[" + code + "m" + sign + "\x1b[0m"
}

// fit truncates a line to the width of the terminal.
func (d *drawing) fit(line string) string { return ansi.Truncate(line, d.columns-3, "…") }

// board holds the current steps, in the order in which they began.
type board struct {
	mu       sync.Mutex
	patience time.Duration // how long a step takes before it is shown
	render   func(*board)
	steps    []*step
	ended    []*step
	warnings strings.Builder // texts to show at once
	closed   bool
	stop     chan struct{}
	stopped  chan struct{}
}

func newBoard(patience time.Duration, render func(*board)) *board {
	b := &board{patience: patience, render: render, stop: make(chan struct{}), stopped: make(chan struct{})}
	go b.run()
	return b
}

func (b *board) run() {
	defer close(b.stopped)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-b.stop:
			return
		case <-tick.C:
			b.mu.Lock()
			b.render(b)
			b.mu.Unlock()
		}
	}
}

// Emit handles the next event.
func (b *board) Emit(event labs.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.steps, func(s *step) bool { return s.name == name(event) })
	switch {
	case event.State == labs.Warned:
		b.warnings.WriteString(event.Detail)
	case event.State == labs.StepBegan:
		b.steps = append(b.steps, &step{name: name(event), wording: wordingOf(event), judges: judges[event.Step], begun: time.Now()})
	case i < 0:
	case event.State == labs.StepMoved:
		b.steps[i].detail, b.steps[i].done, b.steps[i].total = Detail(event), event.Done, event.Total
	default:
		b.steps[i].took, b.steps[i].failed = event.Took.Duration, event.State == labs.StepFailed
		b.ended = append(b.ended, b.steps[i])
		b.steps = slices.Delete(b.steps, i, i+1)
	}
}

// Close draws the steps that have ended, and removes the others.
func (b *board) Close() {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return
	}
	b.closed = true
	b.mu.Unlock()
	close(b.stop)
	<-b.stopped
	b.mu.Lock()
	defer b.mu.Unlock()
	b.render(b)
}

func (b *board) takeEnded() []*step {
	ended := b.ended
	b.ended = nil
	return ended
}

func (b *board) takeWarnings() string {
	defer b.warnings.Reset()
	return b.warnings.String()
}

type step struct {
	wording
	name, detail      string
	done, total       int64
	begun             time.Time
	took              time.Duration
	failed, announced bool
	judges            bool      // its result follows: that it ended says nothing about success
	reported          time.Time // when a line was last written
}

// progress describes how far a step has come.
func (s *step) progress() string {
	text := short(time.Since(s.begun))
	if s.total > 0 {
		text = fmt.Sprintf("%d of %d after %s", s.done, s.total, text)
	}
	if s.detail != "" {
		text += ", " + s.detail
	}
	line, _, _ := strings.Cut(text, "\n")
	return report.Visible(ansi.Strip(line))
}

func (s *step) due(patience time.Duration) bool { return time.Since(s.begun) >= patience }

// outcome says what was done, or what failed, and how long it took.
func (s *step) outcome() string {
	if s.failed {
		return s.doing + ": failed after " + short(s.took)
	}
	return fmt.Sprintf("%s (%s)", s.did, short(s.took))
}

const barWidth = 20

// line describes a current step: what it does, how far it has come, and the time so far.
func (s *step) line() string {
	parts := []string{s.doing}
	if s.total > 0 {
		filled := int(max(0, min(s.done, s.total)) * barWidth / s.total)
		parts = append(parts, strings.Repeat("━", filled)+strings.Repeat("╌", barWidth-filled))
	}
	parts = append(parts, short(time.Since(s.begun)))
	if s.detail != "" {
		parts = append(parts, ansi.Strip(s.detail))
	}
	line, _, _ := strings.Cut(strings.Join(parts, "  "), "\n")
	return report.Visible(line)
}

func short(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return labs.Duration(d)
}

package door

import (
	"io"
	"strings"
	"sync"

	"endstate/internal/desk"
	"endstate/internal/progress"
	"endstate/internal/report"
	"endstate/internal/report/wrap"
	"endstate/internal/tty"
	"endstate/labs"
)

// Act calls the desk, and shows its progress and then its warnings on standard error.
func (d *Door) Act(asJSON bool, do func(*desk.Desk, labs.Emit) error) error {
	at, err := d.Desk()
	if err != nil {
		return err
	}
	p := d.progress(asJSON)
	err = do(at, p.Emit)
	p.Close()
	return err
}

// Progress shows what the desk does, and then its warnings, on standard error.
type Progress struct {
	Emit     labs.Emit
	renderer progress.Renderer
	unmute   func() // the terminal
	held     *warnings
	out      io.Writer
}

// Progress returns what shows the progress of one act.
func (d *Door) Progress() *Progress { return d.progress(false) }

func (d *Door) progress(asJSON bool) *Progress {
	p := &Progress{unmute: func() {}, held: &warnings{}, out: d.Err}
	style := d.Style(d.Err)
	terminal, live := tty.Open(d.In, d.Err)
	switch {
	case asJSON:
		p.renderer = progress.JSON(wrap.Behind(d.Err))
	case live && d.Env("TERM") != "dumb":
		p.renderer, p.unmute = progress.Live(d.Err, func() int { return d.columns(d.Err) }, style.Color), terminal.Mute()
	default:
		p.renderer = progress.Plain(d.Err)
	}
	p.Emit = p.held.sort(p.renderer.Emit)
	return p
}

// Close ends the progress, and shows the warnings. It does nothing if it is called again.
func (p *Progress) Close() {
	if p == nil || p.held == nil {
		return
	}
	p.renderer.Close()
	p.unmute()
	p.held.show(p.out)
	p.held = nil
}

// warnings keeps warnings until the progress is gone from the screen.
type warnings struct {
	style report.Style
	mu    sync.Mutex
	all   []labs.Event
}

// sort returns an Emit that keeps warnings and passes on everything else. A warning that must be
// shown at once is passed on as text.
func (w *warnings) sort(other labs.Emit) labs.Emit {
	return func(event labs.Event) {
		switch {
		case event.State != labs.Warned:
			other(event)
			return
		case event.Step != "":
			var text strings.Builder
			showWarning(&text, w.style, event)
			event.Detail = text.String()
			other(event)
			return
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = append(w.all, event)
	}
}

func (w *warnings) show(out io.Writer) {
	for _, event := range w.all {
		showWarning(out, w.style, event)
	}
}

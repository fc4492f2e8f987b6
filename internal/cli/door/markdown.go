package door

import (
	"io"
	"strings"

	"charm.land/glamour/v2"
	"github.com/charmbracelet/x/ansi"

	"endstate/internal/report"
	"endstate/internal/report/wrap"
)

// Markdown writes rendered Markdown where the width is known, and plain Markdown elsewhere. Code
// blocks are not wrapped, and other code stays in one piece.
func Markdown(w io.Writer, style report.Style, text string) error {
	text = report.Visible(text)
	if style.Width <= 0 {
		_, err := io.WriteString(wrap.Behind(w), text)
		return err
	}
	width := max(minText, min(style.Width, mostText)-sideMargin)
	var parts []string
	for _, part := range partsOf(text) {
		rendered, err := part.render(style, width)
		if err != nil {
			return err
		}
		parts = append(parts, tidy(rendered))
	}
	_, err := io.WriteString(wrap.Behind(w), "\n"+strings.Join(parts, "\n\n")+"\n\n")
	return err
}

// The width of text, in columns.
const (
	minText    = 20
	mostText   = 100 // as people like to read it
	sideMargin = 2
)

// part is a part of a Markdown text, which has its own way to be fitted into a width.
type part struct {
	kind  partKind
	lines []string
}

type partKind int

const (
	prose partKind = iota // is wrapped by us, as Glamour knows neither hanging indents nor code that stays in one piece
	code                  // is not wrapped
	table                 // is wrapped by Glamour, cell by cell
)

// partsOf splits a text into its parts. Code in a list belongs to the list.
func partsOf(text string) []part {
	all := []part{{}}
	add := func(kind partKind, line string) {
		if last := &all[len(all)-1]; last.kind == kind {
			last.lines = append(last.lines, line)
		} else {
			all = append(all, part{kind, []string{line}})
		}
	}
	inCode := false
	for line := range strings.SplitSeq(text, "\n") {
		fence := strings.HasPrefix(line, "```")
		switch {
		case fence || inCode:
			add(code, line)
			inCode = inCode != fence
		case strings.HasPrefix(line, "|"):
			add(table, line)
		default:
			add(prose, line)
		}
	}
	blank := func(p part) bool { return strings.TrimSpace(strings.Join(p.lines, "")) == "" }
	kept := all[:0]
	for _, p := range all {
		if !blank(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// tidy takes out what Glamour puts around a part: blank lines with spaces in them, and spaces that don't
// break.
func tidy(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\u00a0", " "), "\n")
	for i, line := range lines {
		if strings.TrimSpace(ansi.Strip(line)) == "" {
			lines[i] = ""
		}
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

func (p part) render(style report.Style, width int) (string, error) {
	text, columns, look := strings.Join(p.lines, "\n"), 0, "notty"
	if p.kind == table {
		columns = width
	}
	if style.Color {
		look = "dark"
	}
	if p.kind == prose {
		text = wrap.KeepCode(text, width)
	}
	renderer, err := glamour.NewTermRenderer(glamour.WithStandardStyle(look), glamour.WithWordWrap(columns))
	if err != nil {
		return "", err
	}
	text, err = renderer.Render(text)
	if err == nil && p.kind == prose {
		text = strings.Join(wrap.Lines(text, width), "\n")
	}
	return text, err
}

package report

import (
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"endstate/internal/report/wrap"
)

const (
	nbsp        = "\u00a0"
	columnGap   = 2
	shortName   = 6  // the width of a first column, such as of numbers, whose cells need no line of their own
	leastColumn = 24 // the narrowest last column that is worth having
)

// Table writes rows in columns; the first row has the headings. If the writer is one of [wrap.Writer] and the
// table is too wide for it, the last column is wrapped. If that leaves too little for it, each row
// is written as a few lines: its first cell, the others with their headings, and the last one.
func Table(w io.Writer, rows [][]string) error {
	var out strings.Builder
	widths, sum := columnWidths(rows)
	room, last := wrap.Columns(w), len(widths)-1
	switch {
	case room <= 0 || sum <= room:
		writeRows(&out, rows, widths)
	case room-(sum-widths[last]) >= leastColumn:
		widths[last] -= sum - room
		writeRows(&out, rows, widths)
	default:
		for _, row := range rows[1:] {
			writeStacked(&out, rows[0], row, room, widths[0] <= shortName, widths[last] > leastColumn)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// columnWidths returns the width of each column, and of the table.
func columnWidths(rows [][]string) (widths []int, sum int) {
	widths = make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	for _, width := range widths {
		sum += width + columnGap
	}
	return widths, sum - columnGap
}

// writeRows writes rows in columns of given widths. Cells of the last column may take several lines.
func writeRows(out *strings.Builder, rows [][]string, widths []int) {
	last := len(widths) - 1
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row[:last] {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-ansi.StringWidth(cell)+columnGap))
		}
		indent := "\n" + strings.Repeat(" ", ansi.StringWidth(line.String()))
		line.WriteString(strings.Join(wrap.Line(row[last], widths[last]), indent))
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// writeStacked writes a row as several lines: with short, the first cell shares a line with others, and
// with text, the last column has a line of its own. Cells without a value are left out.
func writeStacked(out *strings.Builder, head, row []string, room int, short, text bool) {
	named, last := row[1:], ""
	if text {
		named, last = row[1:len(row)-1], row[len(row)-1]
	}
	var cells []string
	for i, cell := range named {
		if trimmed := strings.TrimSpace(cell); trimmed != "" && trimmed != "–" {
			// A cell stays in one piece.
			cells = append(cells, strings.ReplaceAll(strings.TrimSpace(strings.ToLower(head[i+1])+" "+trimmed), " ", nbsp))
		}
	}
	lines := []string{strings.TrimSpace(row[0]), strings.Join(cells, " · "), last}
	if short {
		lines = []string{strings.TrimSpace(lines[0] + strings.Repeat(" ", columnGap) + lines[1]), last}
	}
	for i, text := range lines {
		indent := strings.Repeat(" ", min(i, 1)*2)
		if text != "" && text != "–" {
			out.WriteString(strings.ReplaceAll(strings.Join(wrap.Line(indent+text, room), "\n"), nbsp, " ") + "\n")
		}
	}
}

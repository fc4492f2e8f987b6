package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"endstate/labs"
)

// Text writes a report for a person: every verdict, why, and the score.
func Text(w io.Writer, r *labs.Report, style Style) error {
	var out strings.Builder
	for _, result := range r.Checks {
		writeResult(&out, result, checkPoints(result), style)
	}
	if len(r.Guards) > 0 {
		fmt.Fprintf(&out, "\n%s\n", style.Dim("What must not be harmed"))
	}
	for _, result := range r.Guards {
		writeResult(&out, result, guardPoints(result), style)
	}
	writeScore(&out, r, style)
	_, err := io.WriteString(w, out.String())
	return err
}

func checkPoints(result labs.Result) string {
	if result.Verdict == labs.Passed {
		return fmt.Sprintf("%d", result.Points)
	}
	return fmt.Sprintf("0/%d", result.Points)
}

func guardPoints(result labs.Result) string {
	if result.Verdict == labs.Fell {
		return fmt.Sprintf("−%d", result.Points)
	}
	return ""
}

// writeResult writes one line for the verdict, and its message below.
func writeResult(out *strings.Builder, result labs.Result, points string, style Style) {
	sign := map[labs.Verdict]string{
		labs.Passed: style.Good("✓"), labs.Fell: style.Bad("✗"), labs.Skipped: style.Dim("–"), labs.Ungraded: style.Warn("?"),
	}[result.Verdict]
	room := style.room()
	for i, line := range wrap(style.Code(result.Title), room) {
		switch {
		case i > 0:
			fmt.Fprintf(out, "  %s\n", line)
		case points == "":
			fmt.Fprintf(out, "%s %s\n", sign, line)
		default:
			padding := strings.Repeat(" ", max(1, room-ansi.StringWidth(line)))
			fmt.Fprintf(out, "%s %s%s%6s\n", sign, line, padding, points)
		}
	}
	message := result.Message
	if result.Verdict == labs.Ungraded {
		message = "Could not be graded: " + message
	}
	if message != "" {
		out.WriteString(style.Paragraph(message, 4))
	}
}

func writeScore(out *strings.Builder, r *labs.Report, style Style) {
	if !r.Graded() {
		fmt.Fprintf(out, "\n%s %s\n", style.Bold(style.Warn("No score")), style.Dim("– something could not be graded; nothing is charged"))
		return
	}
	paint := style.Warn
	if *r.Score == r.Total {
		paint = style.Good
	}
	fmt.Fprintf(out, "\n%s %s", style.Bold("Score"), style.Bold(paint(fmt.Sprintf("%d of %d", *r.Score, r.Total))))
	var parts []string
	if help := r.Help(); help > 0 || len(r.Hints) > 0 {
		parts = append(parts, fmt.Sprintf("hints −%d", help))
	}
	if harm := r.Harm(); harm > 0 {
		parts = append(parts, fmt.Sprintf("harm −%d", harm))
	}
	if r.Assisted {
		parts = append(parts, "with the solution seen")
	}
	if len(r.Servers) > 0 {
		parts = append(parts, "on "+strings.Join(r.Servers, ", "))
	}
	if len(parts) > 0 {
		out.WriteString(style.Dim(" · " + strings.Join(parts, " · ")))
	}
	out.WriteString("\n")
}

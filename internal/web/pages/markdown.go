package pages

import (
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"endstate/internal/report"
)

// Markdown renders a text of a scenario. HTML in it is left out, and links lead only to web pages: a
// scenario can come from anyone.
func Markdown(text string) (template.HTML, error) {
	var out strings.Builder
	if err := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Convert([]byte(report.Visible(text)), &out); err != nil {
		return "", err
	}
	// A block of code that is too wide can be scrolled by keyboard. What a text has itself in this place is escaped.
	return template.HTML(strings.ReplaceAll(out.String(), "<pre>", `<pre tabindex="0">`)), nil
}

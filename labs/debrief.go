package labs

import "strings"

// keyPointsHead is the line of a model answer that precedes the list of its key points.
const keyPointsHead = "key points:"

// KeyPoints returns the key points of a model answer in Markdown: the items of the list
// below the line "Key points:".
func KeyPoints(answer string) []string {
	var points []string
	below, inItem := false, false
	for line := range strings.Lines(answer) {
		text := strings.TrimSpace(line)
		switch {
		case !below:
			below = strings.EqualFold(strings.Trim(text, "*_# "), keyPointsHead)
		case strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "* "):
			points, inItem = append(points, strings.TrimSpace(text[2:])), true
		case text == "":
			inItem = false
		case inItem && line[0] == ' ':
			points[len(points)-1] += " " + text
		default:
			return points
		}
	}
	return points
}

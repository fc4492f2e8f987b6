package scenario

import "strings"

// keyPoints returns what a debrief says that an explanation should contain: the items
// of the list that follows the line "Key points:".
func keyPoints(debrief string) []string {
	var points []string
	within := false
	for line := range strings.Lines(debrief) {
		line = strings.TrimSpace(line)
		item, isItem := strings.CutPrefix(line, "- ")
		switch {
		case strings.EqualFold(strings.Trim(line, "#*: "), "key points"):
			within = true
		case !within || line == "":
		case isItem:
			points = append(points, item)
		case len(points) > 0 && !strings.HasPrefix(line, "#"):
			points[len(points)-1] += " " + line // an item of several lines
		default:
			within = false
		}
	}
	return points
}

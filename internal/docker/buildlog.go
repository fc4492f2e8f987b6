package docker

import (
	"fmt"
	"strings"

	"endstate/internal/images"
)

// buildLog turns the builder's output into progress, and keeps its last lines.
type buildLog struct {
	progress    images.Progress
	step, steps int64
	lines       []string
}

const keptLines = 15

func (l *buildLog) read(m message) {
	for _, line := range strings.Split(m.Stream, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		l.lines = append(l.lines[max(0, len(l.lines)-keptLines+1):], line)
		var step, steps int64
		if n, _ := fmt.Sscanf(line, "Step %d/%d :", &step, &steps); n == 2 {
			l.step, l.steps = step-1, steps
		}
		l.progress(line, l.step, l.steps)
	}
}

func (l *buildLog) last() string { return strings.Join(l.lines, "\n") }

package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"endstate/labs"
)

// Acts words what can be done as commands, on one line.
func Acts(acts []labs.Act) string { return Style{}.Acts(acts) }

// Acts words what can be done as commands, on one line. In a lab's shell, these are the shell's own
// commands where it has them.
func (s Style) Acts(acts []labs.Act) string {
	var parts []string
	for _, act := range acts {
		parts = append(parts, s.act(act))
	}
	return strings.Join(parts, " · ")
}

func (s Style) act(act labs.Act) string {
	own := verb(act.Name)
	switch {
	case s.InLab == nil:
		return act.For + ": " + command(act)
	case !slices.Contains(s.InLab, own):
		return act.For + ", outside the lab: " + command(act)
	case act.Question != 0:
		return fmt.Sprintf("%s: %s %d", act.For, own, act.Question)
	}
	return act.For + ": " + own
}

// Explain returns the message of a result, and what can be done about it.
func Explain(result labs.Result) string { return Style{}.Explain(result) }

// Explain returns the message of a result, and what can be done about it.
func (s Style) Explain(result labs.Result) string {
	return strings.TrimSpace(result.Message + "\n" + s.Acts(result.Acts))
}

// command words an act of the desk as a command.
func command(act labs.Act) string {
	line := "endstate " + verb(act.Name)
	switch {
	case act.Scenario != "":
		line += " " + act.Scenario
	case act.Name == labs.ActStart:
		line += " SCENARIO"
	case act.Name == labs.ActImagesPush:
		line += " " + cmp.Or(act.Registry, "REGISTRY")
	}
	for _, number := range []struct {
		format string
		value  uint64
	}{{" %d", uint64(act.Attempt)}, {" %d", uint64(act.Question)}, {" --seed %d", act.Seed}, {" --exam %d", uint64(act.Exam)}} {
		if number.value != 0 {
			line += fmt.Sprintf(number.format, number.value)
		}
	}
	return line
}

// verb is the command of an act: the act's own name, if none says otherwise.
func verb(name string) string {
	for _, group := range []string{"exam-", "images-", "rehearse-", "scenarios-"} {
		if rest, ok := strings.CutPrefix(name, group); ok {
			return strings.TrimSuffix(group, "-") + " " + rest
		}
	}
	switch name {
	case labs.ActEnter:
		return "shell"
	case labs.ActExamine:
		return "doctor"
	case labs.ActStopAll:
		return "stop --all"
	}
	return name
}

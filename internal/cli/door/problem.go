package door

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"endstate/internal/report"
	"endstate/labs"
)

// IsProblem reports whether an error says what can be done about it.
func IsProblem(err error) bool {
	var problem *labs.Problem
	return errors.As(err, &problem)
}

// ShowError shows an error, unless the command has shown why it ends.
func ShowError(w io.Writer, err error) {
	var problem *labs.Problem
	switch {
	case err == nil, errors.Is(err, ErrFailed), errors.Is(err, ErrUngraded):
	case errors.As(err, &problem):
		ShowProblem(w, problem)
	default:
		fmt.Fprintf(w, "Error: %s\nSee what may be wrong: endstate doctor\n", report.Visible(err.Error()))
	}
}

// ShowProblem writes what happened, what can be done about it, and the cause.
func ShowProblem(w io.Writer, problem *labs.Problem) {
	fmt.Fprintf(w, "%s.\n", report.Visible(strings.TrimSuffix(problem.What, ".")))
	if help := HelpWith(problem); help != "" {
		fmt.Fprintln(w, report.Visible(help))
	}
	if problem.Err != nil {
		fmt.Fprintf(w, "(%s)\n", strings.ReplaceAll(report.Visible(problem.Err.Error()), "\n", "\n "))
	}
}

// ShowWarning shows what is wrong while a command goes on.
func ShowWarning(w io.Writer, event labs.Event) {
	var problem *labs.Problem
	if errors.As(event.Warning, &problem) {
		ShowProblem(w, problem)
	} else {
		fmt.Fprintf(w, "Warning: %s\n", report.Visible(event.Warning.Error()))
	}
	if event.Detail != "" {
		fmt.Fprintln(w, event.Detail)
	}
}

// HelpWith words what can be done about a problem: first what is no command.
func HelpWith(problem *labs.Problem) string {
	var parts []string
	for _, act := range problem.Acts {
		parts = append(parts, act.For+": "+commandOf(act))
	}
	return strings.TrimSpace(problem.Do + " " + strings.Join(parts, " · "))
}

// commandOf words an act of the desk as a command.
func commandOf(act labs.Act) string {
	line := "endstate " + verbOf(act.Name)
	switch {
	case act.Scenario != "":
		line += " " + act.Scenario
	case act.Name == "start":
		line += " SCENARIO"
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

// verbOf is the command of an act: the act's own name, if none says otherwise.
func verbOf(name string) string {
	for _, group := range []string{"exam-", "images-"} {
		if verb, ok := strings.CutPrefix(name, group); ok {
			return strings.TrimSuffix(group, "-") + " " + verb
		}
	}
	switch name {
	case "enter":
		return "shell"
	case "examine":
		return "doctor"
	}
	return name
}

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

// ShowError shows an error, unless the command has already shown it.
func ShowError(w io.Writer, err error) {
	var problem *labs.Problem
	switch {
	case err == nil, errors.Is(err, ErrFailed), errors.Is(err, ErrUngraded):
	case errors.As(err, &problem):
		ShowProblem(w, problem)
	default:
		fmt.Fprintf(w, "Error: %s\nSee what may be wrong: endstate doctor\n", report.Visible(labs.Cause(err)))
	}
}

// ShowProblem writes what happened, what can be done about it, and the cause.
func ShowProblem(w io.Writer, problem *labs.Problem) {
	fmt.Fprintf(w, "%s.\n", report.Visible(strings.TrimSuffix(problem.What, ".")))
	if help := HelpWith(problem); help != "" {
		fmt.Fprintln(w, report.Visible(help))
	}
	if problem.Err != nil {
		fmt.Fprintf(w, "(%s)\n", strings.ReplaceAll(report.Visible(labs.Cause(problem.Err)), "\n", "\n "))
	}
}

// ShowWarning shows a warning. The command goes on.
func ShowWarning(w io.Writer, event labs.Event) {
	var problem *labs.Problem
	if errors.As(event.Warning, &problem) {
		ShowProblem(w, problem)
	} else {
		fmt.Fprintf(w, "Warning: %s\n", report.Visible(labs.Cause(event.Warning)))
	}
	if event.Detail != "" {
		fmt.Fprintln(w, event.Detail)
	}
}

// HelpWith says what can be done about a problem: the advice first, then the commands.
func HelpWith(problem *labs.Problem) string {
	return strings.TrimSpace(problem.Advice + " " + report.Acts(problem.Acts))
}

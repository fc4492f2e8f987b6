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
func ShowError(w io.Writer, err error) { showError(w, report.Style{}, err) }

func showError(w io.Writer, style report.Style, err error) {
	var problem *labs.Problem
	switch {
	case err == nil, errors.Is(err, ErrFailed), errors.Is(err, ErrUngraded):
	case errors.As(err, &problem):
		showProblem(w, style, problem)
	default:
		examine := style.Acts([]labs.Act{{Name: labs.ActExamine, For: "See what may be wrong"}})
		fmt.Fprintf(w, "Error: %s\n%s\n", report.Visible(labs.Cause(err)), examine)
	}
}

// ShowProblem writes what happened, what can be done about it, and the cause.
func ShowProblem(w io.Writer, problem *labs.Problem) { showProblem(w, report.Style{}, problem) }

func showProblem(w io.Writer, style report.Style, problem *labs.Problem) {
	fmt.Fprintf(w, "%s.\n", report.Visible(strings.TrimSuffix(problem.What, ".")))
	if help := helpWith(style, problem); help != "" {
		fmt.Fprintln(w, report.Visible(help))
	}
	if problem.Err != nil {
		fmt.Fprintf(w, "(%s)\n", strings.ReplaceAll(report.Visible(labs.Cause(problem.Err)), "\n", "\n "))
	}
}

// ShowWarning shows a warning. The command goes on.
func ShowWarning(w io.Writer, event labs.Event) { showWarning(w, report.Style{}, event) }

func showWarning(w io.Writer, style report.Style, event labs.Event) {
	var problem *labs.Problem
	if errors.As(event.Warning, &problem) {
		showProblem(w, style, problem)
	} else {
		fmt.Fprintf(w, "Warning: %s\n", report.Visible(labs.Cause(event.Warning)))
	}
	if event.Detail != "" {
		fmt.Fprintln(w, event.Detail)
	}
}

// HelpWith says what can be done about a problem: the advice first, then the commands.
func HelpWith(problem *labs.Problem) string { return helpWith(report.Style{}, problem) }

func helpWith(style report.Style, problem *labs.Problem) string {
	return strings.TrimSpace(problem.Advice + " " + style.Acts(problem.Acts))
}

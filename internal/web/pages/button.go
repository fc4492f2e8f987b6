package pages

import (
	"net/url"
	"strconv"

	"endstate/internal/rehearsal"
	"endstate/internal/report"
	"endstate/labs"
)

// Button is an act of the desk as a page offers it: a form if it changes something, otherwise a link.
// What the browser can't do yet is a command to type.
type Button struct {
	Label   string
	Link    string            // of a page
	Post    string            // where a form goes
	Fields  map[string]string // of the form
	Command string
}

// buttonOf returns the button of an act.
func buttonOf(act labs.Act) Button {
	b := Button{Label: act.For}
	lab := ""
	if act.Scenario != "" {
		lab = "/labs/" + url.PathEscape(act.Scenario)
	}
	switch {
	case act.Name == labs.ActStart && lab != "":
		b.Post, b.Fields = "/labs", map[string]string{"scenario": act.Scenario}
		if act.Seed != 0 {
			b.Fields["seed"] = strconv.FormatUint(act.Seed, 10)
		}
	case act.Name == labs.ActStart || act.Name == labs.ActList:
		b.Link = "/scenarios"
	case act.Name == labs.ActStatus || act.Name == labs.ActNext || act.Name == labs.ActQuestions:
		b.Link = "/"
	case act.Name == labs.ActExamStart || act.Name == labs.ActExamList:
		b.Link = "/exams"
	case act.Exam != 0:
		examButton(&b, act)
	case act.Name == labs.ActPeople:
		b.Link = "/people"
	case act.Name == labs.ActRehearseCompany:
		b.Link = "/companies"
	case act.Name == labs.ActHistory:
		b.Link = "/attempts"
	case act.Name == labs.ActShow && act.Attempt != 0:
		b.Link = "/attempts/" + strconv.FormatInt(act.Attempt, 10)
	case act.Name == labs.ActRehearse && (act.Question != 0 || act.Scenario != ""):
		b.Link = RehearsalPath(rehearsal.Which{Question: act.Question, Scenario: act.Scenario}, "", "")
	case act.Name == labs.ActDebrief && act.Scenario != "":
		b.Link = "/attempts/" + url.PathEscape(act.Scenario) + "/debrief" // of the latest attempt at it
	case (act.Name == labs.ActEnter || act.Name == labs.ActCheck) && lab != "":
		b.Link = lab
	case (act.Name == labs.ActReset || act.Name == labs.ActStop || act.Name == labs.ActExtend) && lab != "":
		b.Post = lab + "/" + act.Name
	default:
		b.Label, b.Command = "", report.Acts([]labs.Act{act})
	}
	return b
}

// examButton makes the button of an act about an exam.
func examButton(b *Button, act labs.Act) {
	exam := "/exams/" + strconv.FormatInt(act.Exam, 10)
	switch {
	case act.Name == labs.ActExamGoto && act.Question != 0:
		b.Post = exam + "/questions/" + strconv.Itoa(act.Question)
	case act.Name == labs.ActExamResume:
		b.Post = exam + "/resume"
	default:
		b.Link = exam
	}
}

package progress

import (
	"strings"

	"endstate/labs"
)

// sentences describe the kinds of work. %s stands for the subject.
var sentences = map[labs.Work]string{
	labs.BootstrapBase:   "Bootstrapping Debian %s, as no registry answers",
	labs.BuildImage:      "Building the image %s",
	labs.PullImage:       "Pulling %s",
	labs.SaveImages:      "Writing the images",
	labs.LoadImages:      "Reading the images",
	labs.ListImages:      "Asking the engine which images it has",
	labs.DropImages:      "Removing the images",
	labs.AwaitImages:     "Waiting for another process that is making images",
	labs.DropSnapshots:   "Removing the snapshots",
	labs.StartHost:       "Starting `%s`",
	labs.AwaitHost:       "Waiting until `%s` answers",
	labs.AwaitRestart:    "Waiting for `%s`, which is starting again",
	labs.AskAgain:        "`%s` is slow: asking again with a longer timeout",
	labs.AwaitSetup:      "Waiting: another process is preparing the same exercise",
	labs.RunSetup:        "Building a healthy system",
	labs.MeasureFacts:    "Measuring it",
	labs.RunFault:        "Breaking it",
	labs.KeepSnapshot:    "Keeping a snapshot",
	labs.RemoveLab:       "Removing the lab of %s",
	labs.SaveLab:         "Saving the lab of %s as it is now",
	labs.ReviveLab:       "Starting the stopped hosts of %s; their data is kept",
	labs.SweepLab:        "Cleaning up an old lab of %s",
	labs.MeasureLabs:     "Measuring the labs",
	labs.CheckLab:        "Checking %s",
	labs.AwaitPlace:      "Waiting for a free place: others are being graded",
	labs.GradeQuestion:   "Grading question %s",
	labs.PlayProofs:      "Playing proofs from seed %s",
	labs.ReadScenarios:   "Reading the scenarios",
	labs.FetchScenarios:  "Fetching %s",
	labs.DiagnoseMachine: "Examining this machine and the engine",
}

// judges are the kinds of work that find out whether something is right.
var judges = map[labs.Work]bool{labs.CheckLab: true, labs.GradeQuestion: true, labs.PlayProofs: true, labs.ReadScenarios: true, labs.DiagnoseMachine: true}

// sentence returns a sentence that describes the work.
func sentence(event labs.Event) string {
	text, known := sentences[event.Step]
	if !known {
		return name(event)
	}
	return strings.Replace(text, "%s", event.Subject, 1)
}

// name returns an event's step name, unique among the current steps.
func name(event labs.Event) string {
	step := string(event.Step)
	if event.Step == labs.AwaitPlace {
		step = "waiting for a place"
	}
	return strings.TrimSpace(step + " " + event.Subject)
}

// detail describes an event's progress, apart from counts.
func detail(event labs.Event) string {
	switch {
	case event.Step != labs.AwaitPlace:
		return event.Detail
	case event.Detail == "0":
		return ""
	}
	return event.Detail + " before you"
}

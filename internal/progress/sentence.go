package progress

import (
	"strings"

	"endstate/labs"
)

// sentences say what is being done. A %s stands for the subject.
var sentences = map[labs.Work]string{
	labs.BootstrapBase:   "Bootstrapping Debian %s, as no registry answers",
	labs.BuildImage:      "Building the image %s",
	labs.PullImage:       "Pulling %s",
	labs.SaveImages:      "Writing the images",
	labs.LoadImages:      "Reading the images",
	labs.ListImages:      "Asking the engine which images it has",
	labs.DropImages:      "Removing the images",
	labs.AwaitImages:     "Waiting for another process that makes images",
	labs.DropSnapshots:   "Removing the snapshots",
	labs.StartHost:       "Starting `%s`",
	labs.AwaitHost:       "Waiting until `%s` answers",
	labs.AwaitRestart:    "Waiting for `%s`, which is starting again",
	labs.AskAgain:        "`%s` is slow: asking it again, with more time",
	labs.AwaitSetup:      "Waiting: another process is preparing the same exercise",
	labs.RunSetup:        "Building a healthy system",
	labs.MeasureFacts:    "Measuring it",
	labs.RunFault:        "Breaking it",
	labs.KeepSnapshot:    "Keeping a snapshot",
	labs.RemoveLab:       "Removing the lab of %s",
	labs.ReviveLab:       "Starting the stopped hosts of %s; their data is kept",
	labs.SweepLab:        "Cleaning up an old lab of %s",
	labs.MeasureLabs:     "Measuring the labs",
	labs.CheckLab:        "Checking %s",
	labs.AwaitPlace:      "Waiting for a place: others are being graded",
	labs.GradeQuestion:   "Grading question %s",
	labs.PlayProofs:      "Playing proofs from seed %s",
	labs.ReadScenarios:   "Reading the scenarios",
	labs.DiagnoseMachine: "Examining this machine and the engine",
}

// sentence says what work is being done.
func sentence(event labs.Event) string {
	text, known := sentences[event.Step]
	if !known {
		return name(event)
	}
	return strings.Replace(text, "%s", event.Subject, 1)
}

// name names a step among those under way.
func name(event labs.Event) string {
	return strings.TrimSpace(string(event.Step) + " " + event.Subject)
}

// detail says how far work is, beyond counts.
func detail(event labs.Event) string {
	switch {
	case event.Step != labs.AwaitPlace:
		return event.Detail
	case event.Detail == "0":
		return ""
	}
	return event.Detail + " before you"
}

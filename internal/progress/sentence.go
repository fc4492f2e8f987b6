package progress

import (
	"strings"

	"endstate/labs"
)

// wording describes a kind of work while it goes on, and once it is done. %s stands for the subject.
type wording struct{ doing, did string }

var wordings = map[labs.Work]wording{
	labs.BootstrapBase:   {"Bootstrapping Debian %s, as no registry answers", "Bootstrapped Debian %s"},
	labs.BuildImage:      {"Building the image %s", "Built the image %s"},
	labs.PullImage:       {"Pulling %s", "Pulled %s"},
	labs.SaveImages:      {"Writing the images", "Wrote the images"},
	labs.LoadImages:      {"Reading the images", "Read the images"},
	labs.AskRegistry:     {"Asking the registry which images it has", "Asked the registry which images it has"},
	labs.PushImage:       {"Pushing the image %s", "Pushed the image %s"},
	labs.ListImages:      {"Asking the engine which images it has", "Asked the engine which images it has"},
	labs.DropImages:      {"Removing the images", "Removed the images"},
	labs.AwaitImages:     {"Waiting for another process that is making images", "Waited for another process that was making images"},
	labs.DropSnapshots:   {"Removing the snapshots", "Removed the snapshots"},
	labs.StartHost:       {"Starting `%s`", "Started `%s`"},
	labs.AwaitHost:       {"Waiting until `%s` answers", "Waited until `%s` answered"},
	labs.AwaitRestart:    {"Waiting for `%s`, which is starting again", "Waited for `%s` to start again"},
	labs.AskAgain:        {"`%s` is slow: asking again with a longer timeout", "Asked `%s` again with a longer timeout"},
	labs.AwaitSetup:      {"Waiting: another process is preparing the same exercise", "Waited for another process that was preparing the same exercise"},
	labs.RunSetup:        {"Building a healthy system", "Built a healthy system"},
	labs.MeasureFacts:    {"Measuring it", "Measured it"},
	labs.RunFault:        {"Breaking it", "Broke it"},
	labs.KeepSnapshot:    {"Keeping a snapshot", "Kept a snapshot"},
	labs.RemoveLab:       {"Removing the lab of %s", "Removed the lab of %s"},
	labs.SaveLab:         {"Saving the lab of %s as it is now", "Saved the lab of %s"},
	labs.ReviveLab:       {"Starting the stopped hosts of %s; their data is kept", "Started the stopped hosts of %s"},
	labs.SweepLab:        {"Cleaning up an old lab of %s", "Cleaned up an old lab of %s"},
	labs.MeasureLabs:     {"Measuring the labs", "Measured the labs"},
	labs.CheckLab:        {"Checking %s", "Checked %s"},
	labs.AwaitPlace:      {"Waiting for a free place: others are being graded", "Waited while others were being graded"},
	labs.AwaitRoom:       {"Waiting until there is room: the machine is full", "Waited until there was room"},
	labs.GradeQuestion:   {"Grading question %s", "Graded question %s"},
	labs.PlayProofs:      {"Playing proofs from seed %s", "Played proofs from seed %s"},
	labs.ReadScenarios:   {"Reading the scenarios", "Read the scenarios"},
	labs.FetchScenarios:  {"Fetching %s", "Fetched %s"},
	labs.DiagnoseMachine: {"Examining this machine and the engine", "Examined this machine and the engine"},
}

// judges are the kinds of work that find out whether something is right.
var judges = map[labs.Work]bool{labs.CheckLab: true, labs.GradeQuestion: true, labs.PlayProofs: true, labs.ReadScenarios: true, labs.DiagnoseMachine: true}

// wordingOf returns what to call the work of an event.
func wordingOf(event labs.Event) wording {
	words, known := wordings[event.Step]
	if !known {
		return wording{name(event), name(event)}
	}
	return wording{strings.Replace(words.doing, "%s", event.Subject, 1), strings.Replace(words.did, "%s", event.Subject, 1)}
}

// Describe says in a few words what the work of an event does, and what it has done once it has ended.
func Describe(event labs.Event) (doing, did string) {
	words := wordingOf(event)
	return words.doing, words.did
}

// name returns an event's step name, unique among the current steps.
func name(event labs.Event) string {
	step := string(event.Step)
	if event.Step == labs.AwaitPlace {
		step = "waiting for a place"
	}
	return strings.TrimSpace(step + " " + event.Subject)
}

// Detail describes an event's progress, apart from counts.
func Detail(event labs.Event) string {
	switch {
	case event.Step == labs.AwaitRoom && event.Detail == "0":
		return "you are next"
	case event.Step == labs.AwaitRoom:
		return event.Detail + " ahead of you"
	case event.Step != labs.AwaitPlace:
		return event.Detail
	case event.Detail == "0":
		return ""
	}
	return event.Detail + " before you"
}

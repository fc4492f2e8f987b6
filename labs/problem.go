package labs

import "errors"

// Problem is an error for people: what happened, and what they can do about it. Each door
// presents it in its own way. It wraps the cause, for debugging.
type Problem struct {
	Code   string // identifies the problem for programs
	What   string // one plain sentence, without a full stop
	Advice string // advice beyond the acts, in plain sentences; may be empty
	Acts   []Act  // what can be done about it at the desk
	Usage  bool   // the request itself is wrong, and nothing was tried
	Err    error  // the cause; may be nil
}

// Act is an operation of the desk with its arguments. A door offers it as a command or a button.
type Act struct {
	Name     string `json:"act"`           // the name of the desk's method, in kebab-case
	For      string `json:"for,omitempty"` // its purpose in a few words: "Put it back"
	Scenario string `json:"scenario,omitempty"`
	Seed     uint64 `json:"seed,omitempty"`
	Attempt  int64  `json:"attempt,omitempty"`
	Exam     int64  `json:"exam,omitempty"`
	Question int    `json:"question,omitempty"`
	Registry string `json:"registry,omitempty"`
}

// The names of acts that problems suggest.
const (
	ActList            = "list"
	ActStart           = "start"
	ActEnter           = "enter"
	ActCheck           = "check"
	ActReset           = "reset"
	ActSaved           = "saved"
	ActExtend          = "extend"
	ActStop            = "stop"
	ActStopAll         = "stop-all"
	ActStatus          = "status"
	ActNext            = "next"
	ActRehearse        = "rehearse"
	ActRehearseCompany = "rehearse-company"
	ActQuestions       = "questions"
	ActShow            = "show"
	ActDebrief         = "debrief"
	ActHistory         = "history"
	ActExport          = "export"
	ActExamine         = "examine"
	ActImagesBuild     = "images-build"
	ActImagesLoad      = "images-load"
	ActImagesPush      = "images-push"
	ActLint            = "lint"
	ActRender          = "render"
	ActCollections     = "scenarios-list"
	ActExamStart       = "exam-start"
	ActExamList        = "exam-list"
	ActExamGoto        = "exam-goto"
	ActExamResume      = "exam-resume"
	ActExamReset       = "exam-reset"
	ActExamStatus      = "exam-status"
	ActExamSubmit      = "exam-submit"
	ActPeople          = "people"
)

// ForPush is the purpose of [ActImagesPush] where images of this version are missing.
const ForPush = "On a machine with Docker, with the same version of Endstate"

// The codes of problems, by which a door or a program tells them apart.
const (
	CodeMisuse          = "misuse"           // the request makes no sense
	CodeNotFound        = "not-found"        // it does not exist, or is not the learner's
	CodeForbidden       = "forbidden"        // the learner's role does not allow it
	CodeFetch           = "fetch"            // a collection of scenarios can't be fetched
	CodeFile            = "file"             // a file or folder can't be read or written, or its content is invalid
	CodeDiskFull        = "disk-full"        // the disk of this machine or of the engine is full
	CodeNoStore         = "no-store"         // the store of attempts can't be used
	CodeClocks          = "clocks-differ"    // this machine's clock and the engine's differ
	CodeEngine          = "engine"           // no engine answers, or not one that Endstate can use
	CodeNoSubnet        = "no-subnet"        // the range for networks of labs is used up
	CodeImageMissing    = "image-missing"    // it is neither available nor buildable
	CodeRegistry        = "registry"         // a registry does not answer, or refuses
	CodeBuild           = "build"            // the build of an image failed
	CodeInUse           = "in-use"           // it can't be removed while something uses it
	CodeScenarioInvalid = "scenario-invalid" // its files have mistakes
	CodeScenarioChanged = "scenario-changed" // since the lab was built from it
	CodeBlueprint       = "blueprint"        // an exam's questions can't be drawn from its blueprint
	CodeNoLab           = "no-lab"           // no lab is running
	CodeLabIncomplete   = "lab-incomplete"   // part of the lab was removed
	CodeSetup           = "setup"            // a script that builds or breaks a lab failed
	CodeReset           = "reset"            // the old lab was removed, and the new one does not start
	CodeNotReady        = "not-ready"        // a host does not get ready
	CodeHostDown        = "host-down"        // a host of the lab does not run
	CodeTooSlow         = "too-slow"         // a host gets too little processor time
	CodeShellMissing    = "no-shell"         // no shell can be opened in the host
	CodeRecordingFull   = "recording-full"   // the recording of the terminal has ended at its limit
)

// Error returns what happened, followed by the cause.
func (p *Problem) Error() string {
	if p.Err == nil {
		return p.What
	}
	return p.What + ": " + p.Err.Error()
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

// Misuse returns a [Problem] for a request that makes no sense.
func Misuse(what, advice string, acts ...Act) *Problem {
	return &Problem{Code: CodeMisuse, What: what, Advice: advice, Acts: acts, Usage: true}
}

// ErrNotFound is the error of an [Engine] or of [Snapshots] when a lab, a host, a file or a snapshot does not exist.
var ErrNotFound = errors.New("not found")

// ErrConflict is the error of [Engine.Launch] when a lab with that ID already exists.
var ErrConflict = errors.New("a lab with that name already exists")

// ErrUnsupported is the error of an engine that can't do what was asked, when there is another way.
var ErrUnsupported = errors.New("this engine can't do that")

// ErrDown is the error of [Engine.Execute] when the host is not running.
var ErrDown = errors.New("the host is down")

// ErrFrozen is the error of [Engine.Execute] when the host must stay frozen.
var ErrFrozen = errors.New("the host is frozen")

// Unreadable is the error of [Engine.CopyOut], and of reading its archive, when the
// learner's files themselves can't be read. The learner is shown the reason.
type Unreadable struct {
	Reason string // shown after a colon; without a full stop
	Err    error  // the cause; may be nil
}

// Error returns the reason.
func (u *Unreadable) Error() string { return "unreadable: " + u.Reason }

// Unwrap returns the cause.
func (u *Unreadable) Unwrap() error { return u.Err }

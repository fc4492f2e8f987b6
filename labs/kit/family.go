package kit

import (
	"context"
	"embed"
	"io/fs"
	"slices"

	"endstate/labs"
)

// Family is one topic: its images and its probes. A new topic is a new family.
type Family struct {
	Name   string
	Images []Image
	Probes []Probe
}

// Image is what hosts of a family are started from.
type Image struct {
	Name    string
	Builds  []Build  // ways to make it, the best one first
	Notable []string // Debian packages whose versions doctor reports
	// State lists the folders in which a host keeps everything that setups and faults change,
	// except for /run. An engine that can't commit hosts keeps these folders as their snapshot.
	State []string
	// Ready reports whether the host serves; it is called until it answers nil.
	// A nil Ready: the host serves as soon as it runs.
	Ready func(ctx context.Context, site Site, host labs.Host) error
	// Arm gives the grader's own account its password, before setup. May be nil.
	Arm func(ctx context.Context, site Site, host labs.Host, secret string) error
	// Seal returns what must stay as it is at hand-over for looks at the host to be worth
	// anything. It stands in [labs.Record.Seals], with which looks compare. May be nil.
	Seal func(ctx context.Context, site Site, host labs.Host) (any, error)
}

// Build is one way to make an image.
type Build struct {
	Server    string            // which server the image runs, where several could: "mongod", "ferretdb"
	Runs      Software          // the server, where its version is that of a package
	Needs     string            // reference of an image that must be local, or be had from a registry that answers
	From      []string          // names of the images it is built from; their references are build arguments
	Files     fs.FS             // the build context, with its Dockerfile
	Args      map[string]string // further build arguments
	Bootstrap bool              // made by debootstrap in place of a Dockerfile
}

// Folder returns a folder of embedded files, such as a build context. It panics if there is
// none.
func Folder(files embed.FS, path string) fs.FS {
	folder, err := fs.Sub(files, path)
	if err == nil {
		_, err = fs.Stat(folder, ".")
	}
	if err != nil {
		panic(err)
	}
	return folder
}

// Software is a program by name, and the Debian package that has its version.
type Software struct{ Name, Package string }

// Probe is how the grader looks at a host: what scenarios name, and what its
// fields are read into.
type Probe struct {
	Name string
	New  func() Look
}

// Look is one probe with its fields filled in: one thing that is looked at.
type Look interface {
	labs.Look
	// Observe looks. It returns a value that [labs.Normal] knows. An [Obstacle] is the
	// learner's doing, every other error the grader's.
	Observe(ctx context.Context, site Site) (any, error)
}

// Validator is a [Look] that can say, without a lab, that its fields make no sense.
type Validator interface {
	Validate() error
}

// Shorthand is a [Look] that can be written as a single string.
type Shorthand interface {
	SetShorthand(text string)
}

// ImageUser is a [Look] that needs images besides those of the hosts.
type ImageUser interface {
	ImageNames() []string
}

// LookImages returns the names of the images that looks need themselves, each once.
func LookImages(looks []labs.Look) []string {
	var names []string
	for _, look := range looks {
		if user, ok := look.(ImageUser); ok {
			names = append(names, user.ImageNames()...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// An Obstacle is what a [Look] answers when the learner's own system stands in
// the way of looking: a stopped server, a locked table, a missing repository.
// The grader must have seen that: a time-out alone shows nothing. The check that asked
// has failed, and the message says why; a guard could not be checked, which does no harm.
// Every other error of a look is the grader's and leaves the check ungraded.
type Obstacle struct {
	Message string
	// Finding: the answer itself says what is wrong, so that it breaks a guard, too. A
	// table that a guard asks for is not there any more.
	Finding bool
	Err     error // the cause; may be nil
}

// Error returns the message.
func (o *Obstacle) Error() string { return o.Message }

// Unwrap returns the cause.
func (o *Obstacle) Unwrap() error { return o.Err }

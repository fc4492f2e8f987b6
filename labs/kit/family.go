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
	// Skeleton is the folder of a small scenario that authors start from. It lints and proves as it
	// is. Nil for a family that has no scenarios of its own.
	Skeleton fs.FS
}

// Image is an image of a family, from which hosts are started.
type Image struct {
	Name    string
	Builds  []Build  // ways to build it, best first
	Notable []string // Debian packages whose versions doctor reports
	// State lists the folders in which a host keeps everything that setups and faults change,
	// except for /run. An engine that can't commit hosts keeps these folders as their snapshot.
	State []string
	// Ready returns nil if the host serves; it is called until it does. If Ready is nil, the
	// host serves as soon as it runs.
	Ready func(ctx context.Context, site Site, host labs.Host) error
	// Arm gives the grader's own account its password, before setup. May be nil.
	Arm func(ctx context.Context, site Site, host labs.Host, secret string) error
	// Seal returns what must not change after hand-over, or looks at the host prove nothing.
	// [labs.Record.Seals] keeps it, for looks to compare. May be nil.
	Seal func(ctx context.Context, site Site, host labs.Host) (any, error)
}

// Build is one way to build an image.
type Build struct {
	Server    string            // which server the image runs, if there is a choice: "mongod", "ferretdb"
	Runs      Software          // the server, if a package has its version
	Needs     string            // reference of an image that must be local or in a registry that answers
	From      []string          // names of the images it is built from; build arguments give their references
	Files     fs.FS             // the build context, with its Dockerfile
	Args      map[string]string // further build arguments
	Bootstrap bool              // built by debootstrap instead of a Dockerfile
}

// Folder returns a folder of embedded files, such as a build context. It panics if the folder
// does not exist.
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

// Probe is a way to look at a host: the name that scenarios use, and a function that returns
// an empty look, into which the fields are read.
type Probe struct {
	Name string
	New  func() Look
}

// Look is one probe with its fields filled in.
type Look interface {
	labs.Look
	// Observe returns an observation, of types that [labs.Normal] converts. An [Obstacle] means
	// that the learner caused the failure; any other error means that the grader failed.
	Observe(ctx context.Context, site Site) (any, error)
}

// Preparer is a [Look] that can start what Observe needs while nobody waits for it: hosts, with
// [Site.Reserve], servers, and connections. It is called while a learner works in the lab, again
// after each check, and must not do twice what is still there.
type Preparer interface {
	Look
	Prepare(ctx context.Context, site Site) error
}

// Validator is a [Look] that can find mistakes in its fields without a lab.
type Validator interface {
	Validate() error
}

// FilesValidator is a [Look] that can find mistakes in its scenario's files without a lab. Their
// templates are rendered.
type FilesValidator interface {
	ValidateFiles(files fs.FS) error
}

// Shorthand is a [Look] that can be written as a single string.
type Shorthand interface {
	SetShorthand(text string)
}

// Defaulter is a [Look] that takes fields that were left out from the scenario's params.
type Defaulter interface {
	SetDefaults(params map[string]any)
}

// ImageUser is a [Look] that needs images other than those of the hosts.
type ImageUser interface {
	ImageNames() []string
}

// LookImages returns the names of the images that looks themselves need, without duplicates.
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

// An Obstacle is the error of a [Look] that the learner's own system prevents: a stopped
// server, a locked table, a missing repository. The grader must have seen the cause; a timeout
// alone proves nothing. The check fails, and the message says why. A guard is skipped, which is
// not harm. Any other error of a look leaves the check ungraded.
type Obstacle struct {
	Message string
	// Finding means that the answer itself shows the damage, so it also breaks a guard: for
	// example, a table that the guard asks for no longer exists.
	Finding bool
	Err     error // the cause; may be nil
}

// Error returns the message.
func (o *Obstacle) Error() string { return o.Message }

// Unwrap returns the cause.
func (o *Obstacle) Unwrap() error { return o.Err }

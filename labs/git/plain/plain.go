// Package plain reads the files of a repository that has the form that Git writes by
// default, so that no program of Git's is needed for it: configuration, index, ignore files
// and objects. What it does not know for certain it refuses with [NotPlain], and Git itself
// is asked.
package plain

import (
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// NotPlain is why a repository is not plain.
type NotPlain struct{ why string }

func (o *NotPlain) Error() string { return "not plain: " + o.why }

func Errorf(format string, args ...any) error { return &NotPlain{fmt.Sprintf(format, args...)} }

// IsNotPlain reports whether an error says that a repository is not plain.
func IsNotPlain(err error) bool {
	var o *NotPlain
	return errors.As(err, &o)
}

// State is what one of HEAD, the index and the work tree has under a path.
type State struct {
	ID   plumbing.Hash
	Mode filemode.FileMode
}

// Package plain reads the files of a repository in the form that Git writes by default,
// without running Git: configuration, index, ignore files and objects. It refuses whatever
// it does not certainly understand with [NotPlain]; then Git itself must read the
// repository.
package plain

import (
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// NotPlain is the reason why a repository is not plain.
type NotPlain struct{ why string }

func (o *NotPlain) Error() string { return "not plain: " + o.why }

func Errorf(format string, args ...any) error { return &NotPlain{fmt.Sprintf(format, args...)} }

// IsNotPlain reports whether an error says that a repository is not plain.
func IsNotPlain(err error) bool {
	var o *NotPlain
	return errors.As(err, &o)
}

// State is the state of a path in HEAD, the index or the work tree.
type State struct {
	ID   plumbing.Hash
	Mode filemode.FileMode
}

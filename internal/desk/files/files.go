// Package files is the desk's room for copying files into and out of labs. It reads and writes as
// the user whose shell a learner can open, so it reaches nothing that the shell does not.
package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"endstate/internal/desk"
	"endstate/labs"
)

// Desk is what learners can do with the files of their labs.
type Desk struct{ parts desk.Parts }

// New returns the room of a desk.
func New(d *desk.Desk) *Desk { return &Desk{d.Parts()} }

// Place is a path in a host of a lab. A relative path begins in the home folder of the workspace.
type Place struct {
	Lab  string // its scenario; empty: the learner's only one
	Host string // that the scenario opens; empty: the workspace
	Path string
}

// CodePath is the code of problems with a path in a host.
const CodePath = "path"

// Statuses of the scripts.
const (
	isFolder  = 40
	isMissing = 41
)

// look says what a path is.
const look = `[ -d "$1" ] && exit 40; [ -e "$1" ] || [ -L "$1" ] || exit 41`

// pack writes a folder's content, or a file, as an archive.
const pack = `if [ -d "$1" ]; then cd -- "$1" && exec tar -c --hard-dereference -f - .; fi
cd -- "$(dirname -- "$1")" && exec tar -c --hard-dereference -f - -- "./$(basename -- "$1")"`

// unpack unpacks an archive into a folder.
const unpack = `cd -- "$1" && exec tar -x --no-same-owner -f -`

// Put copies something into a host. If the path is a folder or ends with a slash, it gets its own
// name there, or else the path's. write writes a tar archive in which it has that name. Put
// returns where it is now.
func (d *Desk) Put(ctx context.Context, who labs.Learner, to Place, name string, write func(w io.Writer, as string) error, emit labs.Emit) (*Place, error) {
	at, err := d.reach(ctx, who, to, emit)
	if err != nil {
		return nil, err
	}
	folder := at.path
	status, _, err := at.run(ctx, look, at.path, nil, io.Discard)
	switch {
	case err != nil:
		return nil, err
	case status != isFolder && strings.HasSuffix(to.Path, "/"):
		return nil, at.problem(fmt.Sprintf("There is no folder %s in `%s`", at.path, at.host.Name), nil)
	case status != isFolder:
		folder, name = path.Dir(at.path), path.Base(at.path)
	}
	read, written := io.Pipe()
	packed := make(chan error, 1)
	go func() {
		err := write(written, name)
		packed <- err
		written.CloseWithError(err)
	}()
	status, said, err := at.run(ctx, unpack, folder, read, io.Discard)
	_ = read.Close()
	if failed := <-packed; failed != nil && !errors.Is(failed, io.ErrClosedPipe) {
		return nil, failed
	}
	if err != nil {
		return nil, err
	}
	if status != 0 {
		return nil, at.problem(fmt.Sprintf("It can't be written to %s in `%s`", folder, at.host.Name), errors.New(said))
	}
	return &Place{at.lab.Scenario, at.host.Name, path.Join(folder, name)}, nil
}

// Get copies a file or folder out of a host: read reads it as a tar archive, which may hold
// anything.
func (d *Desk) Get(ctx context.Context, who labs.Learner, from Place, read func(io.Reader) error, emit labs.Emit) error {
	at, err := d.reach(ctx, who, from, emit)
	if err != nil {
		return err
	}
	status, _, err := at.run(ctx, look, at.path, nil, io.Discard)
	if err != nil {
		return err
	}
	if status == isMissing {
		return at.problem(fmt.Sprintf("There is no %s in `%s`, or you can't see it", at.path, at.host.Name), nil)
	}
	out, written := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := read(out)
		done <- err
		_, _ = io.Copy(io.Discard, out) // what follows the archive, so that tar ends
		out.CloseWithError(err)
	}()
	status, said, err := at.run(ctx, pack, at.path, nil, written)
	written.CloseWithError(err)
	if failed := <-done; failed != nil && status == 0 {
		return failed
	}
	if err == nil && status != 0 {
		err = at.problem(fmt.Sprintf("Not all of %s in `%s` can be read", at.path, at.host.Name), errors.New(said))
	}
	return err
}

// reached is a path in a host.
type reached struct {
	engine labs.Engine
	lab    *labs.Lab
	host   labs.Host
	path   string
}

// reach finds the host of a place, if the scenario opens it.
func (d *Desk) reach(ctx context.Context, who labs.Learner, place Place, emit labs.Emit) (*reached, error) {
	lab, v, err := d.parts.OutsideExams(ctx, who, place.Lab, "copied into or out of", emit)
	if err != nil {
		return nil, err
	}
	if place.Host == "" {
		place.Host = labs.Workspace
	}
	if spec := v.Host(place.Host); spec == nil || !spec.Open {
		return nil, labs.Misuse(fmt.Sprintf("The scenario opens no host %q", place.Host), "Only files that a shell reaches can be copied.")
	}
	host, err := lab.Host(place.Host)
	if err != nil {
		return nil, err
	}
	name := strings.TrimPrefix(place.Path, "~/")
	if name == "" || name == "~" {
		name = "."
	}
	if !path.IsAbs(name) {
		name = "./" + name // so that no name is taken for an option
	}
	return &reached{d.parts.Engine(), lab, host, name}, nil
}

// run runs a script on a path of the host, as the user of its shell. It returns the script's
// status and what it said.
func (r *reached) run(ctx context.Context, script, name string, in io.Reader, out io.Writer) (status int, said string, err error) {
	command := labs.Command{Args: []string{"sh", "-c", script, "sh", name}}
	if r.host.Name == labs.Workspace {
		command.User, command.Dir = labs.UserName, labs.LearnerHome
	}
	process, err := r.engine.Execute(ctx, r.host, command)
	if errors.Is(err, labs.ErrDown) {
		return 0, "", &labs.Problem{
			Code: labs.CodeHostDown, What: "The host `" + r.host.Name + "` does not run", Usage: true,
			Acts: []labs.Act{{Name: labs.ActEnter, For: "Start it again", Scenario: r.lab.Scenario}},
		}
	}
	if err != nil {
		return 0, "", err
	}
	defer process.Close()
	defer context.AfterFunc(ctx, func() { _ = process.Kill(ctx) })()
	fed := make(chan error, 1)
	go func() { fed <- feed(process, in) }()
	_, copied := io.Copy(out, process.Stdout())
	if copied != nil {
		_ = process.Kill(ctx)
		return 0, "", copied
	}
	status, err = process.Wait(ctx)
	said = strings.TrimSpace(process.Stderr())
	if err == nil && status == 0 {
		err = <-fed
	}
	return status, said, errors.Join(err, context.Cause(ctx))
}

// feed writes a process's input and ends it.
func feed(process labs.Process, in io.Reader) error {
	if in == nil {
		in = &bytes.Reader{}
	}
	_, err := io.Copy(process.Stdin(), in)
	_ = process.Stdin().Close() // it may have ended already
	return err
}

func (r *reached) problem(what string, cause error) error {
	return &labs.Problem{Code: CodePath, What: what, Advice: "Look at it in the shell.", Err: cause, Usage: true, Acts: []labs.Act{{Name: labs.ActEnter, For: "Open it", Scenario: r.lab.Scenario}}}
}

package images

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

// Every image stands on Debian's sid: the one suite with Oracle's MySQL.
const (
	suite     = "sid"
	slimImage = "debian:" + suite + "-slim"
	mirror    = "http://deb.debian.org/debian"
	rootRef   = "endstate/root:" + suite
)

//go:embed base
var baseFiles embed.FS

// Base is the image that every other stands on: debian:sid-slim, or the same
// thing bootstrapped where no registry answers.
func Base() kit.Image {
	files, err := fs.Sub(baseFiles, "base")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return kit.Image{Name: "base", Builds: []kit.Build{
		{Needs: slimImage, Files: files, Dockerfile: "Dockerfile"},
		{Bootstrap: true, Files: files, Dockerfile: "Dockerfile"},
	}}
}

// What a bootstrapped system has and the slim image has not.
var slimmed = []string{
	"./dev/*", "./proc/*", "./sys/*", "./tmp/*", "./debootstrap", "./var/cache/apt/*", "./var/lib/apt/lists/*", "./var/log/*",
	"./usr/share/doc/*", "./usr/share/locale/*", "./usr/share/man/*", "./usr/share/info/*", "./usr/share/i18n/*",
}

// bootstrap makes a minimal system with debootstrap and imports it.
func bootstrap(ctx context.Context, store Store, emit labs.Emit) (ref string, err error) {
	if _, err := store.Find(ctx, rootRef); err == nil {
		return rootRef, nil
	}
	end := emit.Step(labs.BootstrapBase, suite)
	defer func() { end(err) }()
	path, err := exec.LookPath("debootstrap")
	if err != nil || os.Geteuid() != 0 {
		return "", &labs.Problem{
			What:   "The base image " + slimImage + " is not here, no registry gives it, and it can't be bootstrapped",
			Advice: "Pull " + slimImage + ", or install debootstrap and run this as root.",
			Acts:   []labs.Act{{Name: labs.ActImagesLoad, For: "Or bring it in a file"}},
			Err:    err,
		}
	}
	dir, err := os.MkdirTemp("", "endstate-root-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := runBootstrap(ctx, path, dir, emit); err != nil {
		return "", err
	}
	return rootRef, importRoot(ctx, store, dir)
}

func runBootstrap(ctx context.Context, debootstrap, dir string, emit labs.Emit) error {
	command := exec.CommandContext(ctx, debootstrap, "--variant=minbase", suite, dir, mirror)
	progress := &lineProgress{emit: emit}
	command.Stdout, command.Stderr = progress, progress
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	if err := command.Run(); err != nil {
		return &labs.Problem{
			What: "Bootstrapping Debian failed", Advice: "debootstrap said last: " + progress.last + "\nIs the Debian mirror reached, and the disk not full?", Err: err,
		}
	}
	return nil
}

func importRoot(ctx context.Context, store Store, dir string) error {
	args := []string{"--create", "--numeric-owner", "--one-file-system", "--directory", dir}
	for _, pattern := range slimmed {
		args = append(args, "--exclude", pattern)
	}
	command := exec.CommandContext(ctx, "tar", append(args, ".")...)
	var said bytes.Buffer
	command.Stderr = &said
	root, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	importErr := store.Import(ctx, root, rootRef)
	// An import that failed may have read nothing: tar would wait for a reader for ever.
	_ = root.Close()
	if err := command.Wait(); err != nil && importErr == nil {
		return fmt.Errorf("pack the bootstrapped system: %w: %s", err, said.String())
	}
	return importErr
}

// lineProgress emits what a command writes, line by line.
type lineProgress struct {
	emit labs.Emit
	last string
}

func (p *lineProgress) Write(b []byte) (int, error) {
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		p.last = strings.TrimPrefix(strings.TrimSpace(line), "I: ")
		p.emit.Move(labs.BootstrapBase, suite, p.last, 0, 0)
	}
	return len(b), nil
}

package images

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

// All images are based on Debian sid, the only suite with Oracle's MySQL.
const (
	suite     = "sid"
	slimImage = "debian:" + suite + "-slim"
	mirror    = "http://deb.debian.org/debian"
	rootRef   = "endstate/root:" + suite
)

//go:embed base
var baseFiles embed.FS

// Base returns the image that all others are based on: debian:sid-slim or, if no registry
// answers, its bootstrapped equivalent.
func Base() kit.Image {
	files := kit.Folder(baseFiles, "base")
	return kit.Image{Name: "base", Builds: []kit.Build{
		{Needs: slimImage, Files: files},
		{Bootstrap: true, Files: files},
	}}
}

// excluded are the files of a bootstrapped system that the slim image does not have.
var excluded = []string{
	"./dev/*", "./proc/*", "./sys/*", "./tmp/*", "./debootstrap", "./var/cache/apt/*", "./var/lib/apt/lists/*", "./var/log/*",
	"./usr/share/doc/*", "./usr/share/locale/*", "./usr/share/man/*", "./usr/share/info/*", "./usr/share/i18n/*",
}

// bootstrap creates a minimal system with debootstrap, imports it, and returns its reference.
func bootstrap(ctx context.Context, store Store, emit labs.Emit) (ref string, err error) {
	if _, err := store.Find(ctx, rootRef); err == nil {
		return rootRef, nil
	}
	end := emit.Step(labs.BootstrapBase, suite)
	defer func() { end(err) }()
	path, err := exec.LookPath("debootstrap")
	if err != nil || os.Geteuid() != 0 {
		return "", &labs.Problem{
			Code:   labs.CodeImageMissing,
			What:   "The base image " + slimImage + " is not available locally or from a registry, and it can't be bootstrapped",
			Advice: "Pull " + slimImage + ", or install debootstrap and run this as root.",
			Acts:   []labs.Act{{Name: labs.ActImagesLoad, For: "Or load it from a file"}},
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

// runBootstrap runs debootstrap in its two stages. In between, it says to dpkg that nobody needs
// a system that is half installed, so dpkg need not wait for the disk after each file.
func runBootstrap(ctx context.Context, debootstrap, dir string, emit labs.Emit) error {
	progress := &lineProgress{emit: emit}
	stage := func(name string, args ...string) error {
		command := exec.CommandContext(ctx, name, args...)
		command.Stdout, command.Stderr = progress, progress
		command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
		return command.Run()
	}
	err := stage(debootstrap, "--foreign", "--variant=minbase", suite, dir, mirror)
	if err == nil {
		err = unsafeIO(dir)
	}
	if err == nil {
		err = stage("chroot", dir, "/debootstrap/debootstrap", "--second-stage")
	}
	if err == nil {
		return nil
	}
	return &labs.Problem{
		Code: labs.CodeBuild,
		What: "Bootstrapping Debian failed", Advice: "The last output of debootstrap: " + progress.last + "\nCheck that the Debian mirror can be reached and the disk is not full.", Err: err,
	}
}

// unsafeIO configures dpkg as the slim image does.
func unsafeIO(dir string) error {
	folder := filepath.Join(dir, "etc/dpkg/dpkg.cfg.d")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "docker-apt-speedup"), []byte("force-unsafe-io\n"), 0o644)
}

func importRoot(ctx context.Context, store Store, dir string) error {
	args := []string{"--create", "--numeric-owner", "--one-file-system", "--directory", dir}
	for _, pattern := range excluded {
		args = append(args, "--exclude", pattern)
	}
	command := exec.CommandContext(ctx, "tar", append(args, ".")...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	root, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	importErr := store.Import(ctx, root, rootRef)
	// A failed import may not have read anything. Close the pipe, or tar would wait forever.
	_ = root.Close()
	if err := command.Wait(); err != nil && importErr == nil {
		return fmt.Errorf("pack the bootstrapped system: %w: %s", err, stderr.String())
	}
	return importErr
}

// lineProgress emits the output of a command, line by line.
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

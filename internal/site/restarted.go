package site

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

// How a host of the copy is started: see boot, the main program of the image. It waits for a file
// before it reads any configuration, and makes another one once the host has started.
const (
	restartedWaits = "wait"
	unpackScript   = `find "$@" -mindepth 1 -delete; exec tar -x -C / -f -`
	startScript    = "touch /run/start; until [ -e /run/booted ]; do sleep 0.02; done"
)

// Restarted returns a lab of the grader's own, as this one would be after a restart of its hosts:
// hosts from the same images, with everything in the learner's folders. It exists until the round
// ends.
func (s *Site) Restarted(ctx context.Context, folders []string) (*labs.Lab, error) {
	return kit.Once(s, "restarted "+strings.Join(folders, " "), func() (*labs.Lab, error) { return s.restarted(ctx, folders) })
}

func (s *Site) restarted(ctx context.Context, folders []string) (*labs.Lab, error) {
	leave, err := s.place(ctx)
	if err != nil {
		return nil, err
	}
	s.OnClose(leave)
	launch, cancel := context.WithCancel(ctx)
	defer cancel()
	var copied *labs.Lab
	launched := InBackground(func() (err error) {
		copied, err = s.engine.Launch(launch, s.restartedPlan(), nil)
		return err
	})
	archives, err := s.pack(ctx, folders)
	if err != nil {
		cancel() // nobody needs them
	}
	err = errors.Join(err, launched())
	if copied != nil {
		s.OnClose(func() { _ = s.engine.Remove(context.WithoutCancel(ctx), copied) })
	}
	if err != nil {
		return nil, fmt.Errorf("restart a copy of the lab: %w", err)
	}
	failed := make(chan error, len(copied.Hosts))
	for _, host := range copied.Hosts {
		go func() { failed <- s.startCopy(ctx, host, folders, archives[host.Name]) }()
	}
	for range copied.Hosts {
		err = errors.Join(err, <-failed)
	}
	return copied, err
}

// restartedPlan returns the plan of the lab's copy.
func (s *Site) restartedPlan() labs.Plan {
	plan := labs.Plan{Lab: s.scratch(freshLife)}
	for _, spec := range s.subject.Hosts {
		host := spec.Plan(s.subject.Images[spec.Image].Ref)
		host.Command = []string{"boot", restartedWaits}
		plan.Hosts = append(plan.Hosts, host)
	}
	return plan
}

// pack copies the folders of all hosts, and returns an archive for each host, by its name.
func (s *Site) pack(ctx context.Context, folders []string) (map[string][]byte, error) {
	archives := map[string][]byte{}
	for _, host := range s.subject.Lab.Hosts {
		var buffer bytes.Buffer
		w := tar.NewWriter(&buffer)
		for _, folder := range folders {
			entries, err := s.filesAndPipes(ctx, host, folder)
			if err == nil {
				err = packWhole(w, folder, entries)
			}
			if err != nil {
				return nil, err
			}
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		archives[host.Name] = buffer.Bytes()
	}
	return archives, nil
}

// packWhole packs a folder, itself included.
func packWhole(w *tar.Writer, folder string, entries []kit.Entry) error {
	for _, entry := range entries {
		if err := writeEntry(w, path.Join(folder, entry.Path)[1:], entry.Mode.Perm(), entry); err != nil {
			return err
		}
	}
	return nil
}

// startCopy gives a host of the copy its files, and starts it.
func (s *Site) startCopy(ctx context.Context, host labs.Host, folders []string, archive []byte) error {
	unpack := append([]string{"bash", "-c", unpackScript, "unpack"}, folders...)
	if err := s.execute(ctx, host, labs.UserName, unpack, archive); err != nil {
		return err
	}
	return s.execute(ctx, host, "root", []string{"bash", "-c", startScript}, nil)
}

// execute runs a command with an input to its end.
func (s *Site) execute(ctx context.Context, host labs.Host, user string, args []string, input []byte) error {
	process, err := s.engine.Execute(ctx, host, labs.Command{Args: args, User: user})
	if err != nil {
		return err
	}
	defer process.Close()
	stop := context.AfterFunc(ctx, func() { _ = process.Close() })
	defer stop()
	go func() {
		_, _ = process.Stdin().Write(input)
		_ = process.Stdin().Close()
	}()
	result, err := outcome(ctx, process, kit.FreshRun{})
	if err == nil && result.Status != 0 {
		err = fmt.Errorf("%s in %s: status %d: %s", strings.Join(args, " "), host.Name, result.Status, result.Stderr)
	}
	return err
}

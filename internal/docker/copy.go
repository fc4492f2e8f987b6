package docker

import (
	"bytes"
	"context"
	"io"
	"path"
	"strconv"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"

	"endstate/labs"
)

// CopyIn unpacks a tar archive into a folder of a host.
func (e *Engine) CopyIn(ctx context.Context, host labs.Host, dir string, archive io.Reader) error {
	if err := e.api.CopyToContainer(ctx, host.ID, dir, archive, container.CopyToContainerOptions{}); err != nil {
		return failure(err, "copy into host %s", host.Name)
	}
	return nil
}

// CopyOut returns a file or folder of a host as a tar archive.
func (e *Engine) CopyOut(ctx context.Context, host labs.Host, name string) (io.ReadCloser, error) {
	archive, _, err := e.api.CopyFromContainer(ctx, host.ID, name)
	if err == nil {
		return archive, nil
	}
	if !errdefs.IsNotFound(err) && ctx.Err() == nil {
		if reason := e.inTheWay(ctx, host, name); reason != "" {
			return nil, &labs.Unreadable{Reason: reason, Err: err}
		}
	}
	// Of a host that is gone the engine says the same as of a file.
	if _, there := e.api.ContainerStatPath(ctx, host.ID, "/"); there == nil && errdefs.IsNotFound(err) {
		err = labs.ErrNotFound
	}
	return nil, failure(err, "copy %s out of host %s", name, host.Name)
}

// inTheWay tells what lies on the way to a path that the engine can't follow, as a host
// has it; empty, if nothing does. What the engine itself says of that names paths of its
// own machine.
func (e *Engine) inTheWay(ctx context.Context, host labs.Host, name string) string {
	for i := range name {
		if i == 0 || name[i] != '/' {
			continue
		}
		folder := name[:i]
		if _, err := e.api.ContainerStatPath(ctx, host.ID, folder+"/."); err == nil || errdefs.IsNotFound(err) {
			continue
		}
		if found, err := e.api.ContainerStatPath(ctx, host.ID, folder); err == nil && found.Mode.IsRegular() {
			return "`" + folder + "` is a file, not a folder"
		}
		return "`" + folder + "` is a link that leads to no folder"
	}
	if _, err := e.api.ContainerStatPath(ctx, host.ID, path.Dir(name)); err != nil {
		return ""
	}
	if _, err := e.api.ContainerStatPath(ctx, host.ID, name); err != nil && !errdefs.IsNotFound(err) {
		return "it is a link that leads nowhere"
	}
	return ""
}

// Logs returns the last lines that a host's main process wrote.
func (e *Engine) Logs(ctx context.Context, host labs.Host, lines int) (string, error) {
	stream, err := e.api.ContainerLogs(ctx, host.ID, container.LogsOptions{
		ShowStdout: true, ShowStderr: true, Tail: strconv.Itoa(lines),
	})
	if err != nil {
		return "", failure(err, "read the log of host %s", host.Name)
	}
	defer stream.Close()
	var text bytes.Buffer
	if _, err := stdcopy.StdCopy(&text, &text, stream); err != nil {
		return "", failure(err, "read the log of host %s", host.Name)
	}
	return text.String(), nil
}

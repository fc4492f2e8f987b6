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

// CopyOut returns a file or folder in a host as a tar archive.
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
	// The engine gives the same answer for a missing host as for a missing file.
	if _, there := e.api.ContainerStatPath(ctx, host.ID, "/"); there == nil && errdefs.IsNotFound(err) {
		err = labs.ErrNotFound
	}
	return nil, failure(err, "copy %s out of host %s", name, host.Name)
}

// inTheWay describes what stops the engine from following a path in a host, or returns ""
// if nothing does. The engine's own error names paths on its own machine.
func (e *Engine) inTheWay(ctx context.Context, host labs.Host, name string) string {
	for i := range name {
		if i == 0 || name[i] != '/' {
			continue
		}
		folder := name[:i]
		if _, err := e.api.ContainerStatPath(ctx, host.ID, folder+"/."); err == nil || errdefs.IsNotFound(err) {
			continue
		}
		if found, err := e.api.ContainerStatPath(ctx, host.ID, folder); err == nil && found.LinkTarget == "" {
			return "`" + folder + "` is not a folder"
		}
		return "`" + folder + "` is a link that does not lead to a folder"
	}
	if _, err := e.api.ContainerStatPath(ctx, host.ID, path.Dir(name)); err != nil {
		return ""
	}
	if _, err := e.api.ContainerStatPath(ctx, host.ID, name); err != nil && !errdefs.IsNotFound(err) {
		return "it is a dangling link"
	}
	return ""
}

// Logs returns the last lines of output of a host's main process.
func (e *Engine) Logs(ctx context.Context, host labs.Host, lines int) (string, error) {
	stream, err := e.api.ContainerLogs(ctx, host.ID, container.LogsOptions{ShowStdout: true, ShowStderr: true, Tail: strconv.Itoa(lines)})
	var text bytes.Buffer
	if err == nil {
		defer stream.Close()
		_, err = stdcopy.StdCopy(&text, &text, stream)
	}
	if err != nil {
		return "", failure(err, "read the log of host %s", host.Name)
	}
	return text.String(), nil
}

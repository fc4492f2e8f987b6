package docker

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"

	"endstate/labs"
)

// CopyIn unpacks a tar archive into a folder of a host.
func (e *Engine) CopyIn(ctx context.Context, host labs.Host, dir string, archive io.Reader) error {
	if err := e.api.CopyToContainer(ctx, host.ID, dir, archive, container.CopyToContainerOptions{}); err != nil {
		return fmt.Errorf("copy into host %s: %w", host.Name, err)
	}
	return nil
}

// CopyOut returns a file or folder of a host as a tar archive.
func (e *Engine) CopyOut(ctx context.Context, host labs.Host, path string) (io.ReadCloser, error) {
	archive, _, err := e.api.CopyFromContainer(ctx, host.ID, path)
	if errdefs.IsNotFound(err) {
		return nil, fmt.Errorf("copy %s out of host %s: %w", path, host.Name, labs.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("copy %s out of host %s: %w", path, host.Name, err)
	}
	return archive, nil
}

// Logs returns the last lines that a host's main process wrote.
func (e *Engine) Logs(ctx context.Context, host labs.Host, lines int) (string, error) {
	stream, err := e.api.ContainerLogs(ctx, host.ID, container.LogsOptions{
		ShowStdout: true, ShowStderr: true, Tail: strconv.Itoa(lines),
	})
	if err != nil {
		return "", fmt.Errorf("read the log of host %s: %w", host.Name, err)
	}
	defer stream.Close()
	var text bytes.Buffer
	if _, err := stdcopy.StdCopy(&text, &text, stream); err != nil {
		return "", fmt.Errorf("read the log of host %s: %w", host.Name, err)
	}
	return text.String(), nil
}

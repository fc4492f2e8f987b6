package docker

import (
	"bytes"
	"context"
	"encoding/json"
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

// Memory returns the memory in use by a lab's running hosts, in bytes. Like the
// docker command it leaves out file caches that are not in use.
func (e *Engine) Memory(ctx context.Context, lab *labs.Lab) (int64, error) {
	var sum int64
	for _, host := range lab.Hosts {
		if !host.Running {
			continue
		}
		used, err := e.memoryOf(ctx, host)
		if err != nil {
			return 0, err
		}
		sum += used
	}
	return sum, nil
}

func (e *Engine) memoryOf(ctx context.Context, host labs.Host) (int64, error) {
	answer, err := e.api.ContainerStatsOneShot(ctx, host.ID)
	if err != nil {
		return 0, fmt.Errorf("measure host %s: %w", host.Name, err)
	}
	defer answer.Body.Close()
	var stats container.StatsResponse
	if err := json.NewDecoder(answer.Body).Decode(&stats); err != nil {
		return 0, fmt.Errorf("measure host %s: %w", host.Name, err)
	}
	memory := stats.MemoryStats
	for _, name := range []string{"total_inactive_file", "inactive_file"} { // cgroup v1, v2
		if cache, ok := memory.Stats[name]; ok && cache < memory.Usage {
			return int64(memory.Usage - cache), nil
		}
	}
	return int64(memory.Usage), nil
}

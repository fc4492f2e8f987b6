package docker

import (
	"context"
	"fmt"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/volume"

	"endstate/labs"
)

// A lab that is set up in its own hosts has its record in the label of a volume, which no host
// mounts. Labels of containers can't be changed, so the workspace's name tells whether the lab
// was handed over: renaming it is a single step.
const (
	recordPrefix = "endstate-record-" // of the volume; the workspace's ID follows
	handedSuffix = "-handed-over"
)

func containerName(lab, host string) string { return "endstate-" + lab + "-" + host }

// handedName is the name of a workspace in which a lab was set up, once it is handed over.
func handedName(lab string) string { return containerName(lab, labs.Workspace) + handedSuffix }

// preparing reports whether a container is the workspace of a lab that is being set up.
func preparing(c container.Summary) bool {
	return c.Labels[labelSetup] != "" && (len(c.Names) == 0 || !strings.HasSuffix(c.Names[0], handedSuffix))
}

// HandOver keeps the record of a lab that was set up in its own hosts, and marks the lab as handed
// over.
func (e *Engine) HandOver(ctx context.Context, lab *labs.Lab, record labs.Record) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	workspace, err := lab.Host(labs.Workspace)
	if err != nil {
		return err
	}
	text, err := record.Encode()
	if err != nil {
		return fmt.Errorf("hand over lab %s: %w", lab.ID, err)
	}
	call, cancel := callContext(ctx)
	defer cancel()
	labels := e.labLabels(labs.Plan{Lab: *lab})
	labels[labelRecord] = text
	if _, err = e.api.VolumeCreate(call, volume.CreateOptions{Name: recordPrefix + workspace.ID, Labels: labels}); err == nil {
		err = e.api.ContainerRename(call, workspace.ID, handedName(lab.ID))
	}
	if err != nil {
		return failure(err, "hand over lab %s", lab.ID)
	}
	return nil
}

// handedRecord returns the record of a lab that was set up in its own hosts.
func (e *Engine) handedRecord(ctx context.Context, workspace labs.Host) (labs.Record, error) {
	kept, err := e.api.VolumeInspect(ctx, recordPrefix+workspace.ID)
	if errdefs.IsNotFound(err) {
		return labs.Record{}, fmt.Errorf("load the record of a lab: %w", labs.ErrNotFound)
	}
	if err != nil {
		return labs.Record{}, failure(err, "load the record of a lab")
	}
	return labs.DecodeRecord(kept.Labels[labelRecord])
}

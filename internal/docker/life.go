package docker

import (
	"context"
	"fmt"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/volume"

	"endstate/labs"
)

// Extend moves a lab's expiry to a later time. The labels of a container can't be changed, so
// the expiry is a label of an empty volume: every process sees it, and it is removed with the lab.
func (e *Engine) Extend(ctx context.Context, lab *labs.Lab, until time.Time) error {
	call, cancel := callContext(ctx)
	defer cancel()
	older, err := e.api.VolumeList(call, volume.ListOptions{Filters: partsOf(lab)})
	if err != nil {
		return failure(err, "extend lab %s", lab.ID)
	}
	extended := *lab
	extended.Expires = until
	created, err := e.api.VolumeCreate(call, volume.CreateOptions{
		Name: fmt.Sprintf("endstate-%s-until-%d", lab.ID, until.Unix()), Labels: e.labLabels(labs.Plan{Lab: extended}),
	})
	if err != nil {
		return failure(err, "extend lab %s", lab.ID)
	}
	// The lab may have been removed meanwhile, and then nothing would remove the volume.
	hosts, err := e.api.ContainerList(call, container.ListOptions{All: true, Filters: partsOf(lab)})
	if err == nil && len(hosts) == 0 {
		_ = e.api.VolumeRemove(call, created.Name, false)
		err = labs.ErrNotFound
	}
	if err != nil {
		return failure(err, "extend lab %s", lab.ID)
	}
	for _, one := range older.Volumes {
		if one.Labels[labelRecord] == "" && labOf(one.Labels).Expires.Before(until) && one.Name != created.Name {
			_ = e.api.VolumeRemove(call, one.Name, false) // the latest expiry counts
		}
	}
	return nil
}

// partsOf selects everything that belongs to a lab.
func partsOf(lab *labs.Lab) filters.Args {
	return filters.NewArgs(filters.Arg("label", labelLab+"="+lab.ID), filters.Arg("label", labelOwner+"="+lab.Owner))
}

// volumeMade returns when a volume was created.
func volumeMade(v *volume.Volume) time.Time {
	made, _ := time.Parse(time.RFC3339, v.CreatedAt)
	return made
}

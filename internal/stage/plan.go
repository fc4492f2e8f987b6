package stage

import (
	"time"

	"endstate/labs"
)

// setupPlan returns the plan of the hosts in which a variant is built and broken.
func setupPlan(v *labs.Variant, images map[string]labs.ImageRef, key, owner string, now time.Time) labs.Plan {
	plan := labs.Plan{
		Lab: labs.Lab{
			ID: setupID(key), Role: labs.RoleSetup, Scenario: v.Name, Key: v.Key, Seed: v.Seed, Owner: owner,
			Started: now, Expires: now.Add(setupTimeout), Snapshot: key,
		},
		Network: v.SharesNetwork(),
	}
	for _, spec := range v.Hosts {
		host := spec.Plan(images[spec.Image].Ref)
		host.Trusted = true
		plan.Hosts = append(plan.Hosts, host)
	}
	return plan
}

// labPlan returns the plan of a lab started from a snapshot.
func labPlan(v *labs.Variant, snapshot *labs.Snapshot, owner string, started, expires time.Time) labs.Plan {
	plan := labs.Plan{
		Lab: labs.Lab{
			ID: labs.LabID(owner, v.Name), Role: labs.RoleLab, Scenario: v.Name, Key: v.Key, Seed: v.Seed, Owner: owner,
			Started: started, Expires: expires, Snapshot: snapshot.Key,
		},
		Network: v.SharesNetwork(),
	}
	for _, spec := range v.Hosts {
		host := spec.Plan(snapshot.Images[spec.Name])
		host.Restart, host.Disk = true, labs.DiskBound
		plan.Hosts = append(plan.Hosts, host)
	}
	return plan
}

package labs

import "time"

// What a host may take when its scenario does not say.
const (
	defaultMemory = 512 << 20
	defaultCPUs   = 2 // with one, mongosh takes twice as long to start
	defaultPIDs   = 256
)

// setupPlan is the plan of the hosts in which a variant is built and broken.
func setupPlan(v *Variant, images map[string]ImageRef, key, owner string, now time.Time) Plan {
	plan := Plan{
		Lab: Lab{
			ID: setupID(key), Role: RoleSetup, Scenario: v.Name, Key: v.Key, Seed: v.Seed, Owner: owner,
			Started: now, Expires: now.Add(setupTimeout), Snapshot: key,
		},
		Network: len(v.Hosts) > 1, // a host alone has nobody to speak to
	}
	for _, spec := range v.Hosts {
		host := hostPlan(spec, images[spec.Image].Ref)
		host.Trusted = true
		plan.Hosts = append(plan.Hosts, host)
	}
	return plan
}

// labPlan is the plan of a lab started from a snapshot.
func labPlan(v *Variant, snapshot *Snapshot, owner string, started, expires time.Time) Plan {
	plan := Plan{
		Lab: Lab{
			ID: LabID(owner, v.Name), Role: RoleLab, Scenario: v.Name, Key: v.Key, Seed: v.Seed, Owner: owner,
			Started: started, Expires: expires, Snapshot: snapshot.Key, Record: snapshot.Record,
		},
		Network: len(v.Hosts) > 1,
	}
	for _, spec := range v.Hosts {
		host := hostPlan(spec, snapshot.Images[spec.Name])
		host.Restart, host.Disk = true, diskBound
		plan.Hosts = append(plan.Hosts, host)
	}
	return plan
}

func hostPlan(spec HostSpec, ref string) HostPlan {
	plan := HostPlan{
		Name: spec.Name, Image: ref, Family: spec.Image, Command: spec.Command, Environment: spec.Environment,
		Memory: spec.Memory, CPUs: spec.CPUs, PIDs: spec.PIDs, CapAdd: spec.CapAdd,
	}
	if plan.Memory == 0 {
		plan.Memory = defaultMemory
	}
	if plan.CPUs == 0 {
		plan.CPUs = defaultCPUs
	}
	if plan.PIDs == 0 {
		plan.PIDs = defaultPIDs
	}
	return plan
}

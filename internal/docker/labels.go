package docker

import (
	"strconv"
	"time"

	"endstate/labs"
)

// The labels on containers and networks. An image's own labels are inherited by
// what is started from it, so these are always set, never assumed absent.
const (
	labelLab      = "endstate.lab"
	labelRole     = "endstate.role"
	labelScenario = "endstate.scenario"
	labelVariant  = "endstate.variant"
	labelSeed     = "endstate.seed"
	labelOwner    = "endstate.owner"
	labelStarted  = "endstate.started" // RFC 3339
	labelExpires  = "endstate.expires" // RFC 3339
	labelSnapshot = "endstate.snapshot"
	labelRecord   = "endstate.record" // of the workspace's image in a snapshot; of all else it is empty
	labelMoment   = "endstate.moment" // the same on all images that were kept together, as a snapshot
	labelHost     = "endstate.host"
	labelHosts    = "endstate.hosts" // how many the lab has
	labelFamily   = "endstate.image" // the family's name of the image
	labelVersion  = "endstate.version"
	labelMaker    = "endstate.maker"  // the process that made it
	labelServer   = "endstate.server" // set by images: the server inside, with its version
)

func (e *Engine) labLabels(plan labs.Plan) map[string]string {
	lab := plan.Lab
	return map[string]string{
		labelLab: lab.ID, labelRole: string(lab.Role), labelScenario: lab.Scenario, labelVariant: lab.Key,
		labelSeed: strconv.FormatUint(lab.Seed, 10), labelOwner: lab.Owner,
		labelStarted: lab.Started.UTC().Format(time.RFC3339), labelExpires: lab.Expires.UTC().Format(time.RFC3339),
		labelSnapshot: lab.Snapshot, labelHosts: strconv.Itoa(len(plan.Hosts)), labelVersion: e.version,
		labelMaker: e.maker,
	}
}

// labOf reads a lab's identity from labels. What can't be read stays zero, so a
// lab with a label that we did not write is past its expiry, and swept.
func labOf(labels map[string]string) *labs.Lab {
	seed, _ := strconv.ParseUint(labels[labelSeed], 10, 64)
	started, _ := time.Parse(time.RFC3339, labels[labelStarted])
	expires, _ := time.Parse(time.RFC3339, labels[labelExpires])
	return &labs.Lab{
		ID: labels[labelLab], Role: labs.Role(labels[labelRole]), Scenario: labels[labelScenario], Key: labels[labelVariant],
		Seed: seed, Owner: labels[labelOwner], Started: started, Expires: expires,
		Snapshot: labels[labelSnapshot],
	}
}

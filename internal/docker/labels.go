package docker

import (
	"strconv"
	"time"

	"endstate/labs"
)

// The labels of containers and networks. Containers inherit their image's labels, so always
// set all of them.
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
	labelRecord   = "endstate.record" // on the workspace's image of a snapshot; empty on everything else
	labelMoment   = "endstate.moment" // the same on all images of a snapshot
	labelSaved    = "endstate.saved"  // the name of a state that a learner saved
	labelHost     = "endstate.host"
	labelHosts    = "endstate.hosts" // the number of the lab's hosts
	labelFamily   = "endstate.image" // the image's name in its family
	labelVersion  = "endstate.version"
	labelSetup    = "endstate.setup"  // on a workspace in which its lab is set up: see [Engine.HandOver]
	labelAnchor   = "endstate.anchor" // on the container that keeps the links of a lab's segments up
	labelMaker    = "endstate.maker"  // the process that created it
	labelServer   = "endstate.server" // set by images: the server in it, with its version
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

// labOf reads a lab's identity from labels. Unreadable values stay zero, so a lab with
// foreign labels counts as expired, and is swept.
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

package kubernetes

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation"

	"endstate/labs"
)

// Labels select, and annotations hold exact values: labels have 63 characters at most.
const (
	labelLab      = "endstate.lab"
	labelOwner    = "endstate.owner"
	labelScenario = "endstate.scenario"
	labelRole     = "endstate.role"
	labelHost     = "endstate.host"
	labelKind     = "endstate.kind" // of config maps and secrets
	labelSnapshot = "endstate.snapshot"

	noteVariant   = "endstate.variant"
	noteSeed      = "endstate.seed"
	noteStarted   = "endstate.started" // RFC 3339
	noteExpires   = "endstate.expires" // RFC 3339
	noteHosts     = "endstate.hosts"   // the number of the lab's hosts
	noteNamespace = "endstate.namespace"
	noteVersion   = "endstate.version"
	noteFamily    = "endstate.image" // the image's name in its family
	noteServer    = "endstate.server"
	noteUsed      = "endstate.used" // RFC 3339
	noteSaved     = "endstate.saved"
	noteMade      = "endstate.made" // RFC 3339
	noteSize      = "endstate.size" // bytes
	noteImages    = "endstate.images"
	noteBase      = "endstate.base" // what a host was started from: the reference in its plan
)

// The kinds of objects in the grader's namespace.
const (
	kindLab      = "lab"
	kindRecord   = "record"
	kindSnapshot = "snapshot"
)

// labelValue returns a value as a label can hold it.
func labelValue(value string) string {
	if len(validation.IsValidLabelValue(value)) == 0 {
		return value
	}
	return "h-" + hash(value)
}

func hash(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:12])
}

// labLabels returns the labels of everything that belongs to a lab.
func labLabels(lab labs.Lab) map[string]string {
	return map[string]string{
		labelLab: labelValue(lab.ID), labelOwner: labelValue(lab.Owner), labelScenario: labelValue(lab.Scenario), labelRole: string(lab.Role),
		labelSnapshot: labelValue(lab.Snapshot),
	}
}

// labNotes returns the annotations that identify a lab.
func (e *Engine) labNotes(plan labs.Plan, namespace string) map[string]string {
	lab := plan.Lab
	return map[string]string{
		labelLab: lab.ID, labelOwner: lab.Owner, labelScenario: lab.Scenario, labelSnapshot: lab.Snapshot,
		noteVariant: lab.Key, noteSeed: strconv.FormatUint(lab.Seed, 10),
		noteStarted: lab.Started.UTC().Format(time.RFC3339), noteExpires: lab.Expires.UTC().Format(time.RFC3339),
		noteHosts: strconv.Itoa(len(plan.Hosts)), noteNamespace: namespace, noteVersion: e.version,
	}
}

// labOf reads a lab's identity. Unreadable values stay zero, so a lab with foreign annotations
// counts as expired, and is swept.
func labOf(labels, notes map[string]string) *labs.Lab {
	seed, _ := strconv.ParseUint(notes[noteSeed], 10, 64)
	started, _ := time.Parse(time.RFC3339, notes[noteStarted])
	expires, _ := time.Parse(time.RFC3339, notes[noteExpires])
	return &labs.Lab{
		ID: notes[labelLab], Role: labs.Role(labels[labelRole]), Scenario: notes[labelScenario], Key: notes[noteVariant],
		Seed: seed, Owner: notes[labelOwner], Started: started, Expires: expires, Snapshot: notes[labelSnapshot],
	}
}

// objectName returns the name of an object that is about something with an ID.
func objectName(kind, id string) string {
	name := kind + "-" + strings.ToLower(id)
	if len(validation.IsDNS1123Label(name)) == 0 && strings.ToLower(id) == id {
		return name
	}
	return kind + "-" + hash(id)
}

// hostID joins the names of a pod and its namespace.
func hostID(namespace, pod string) string { return namespace + "/" + pod }

// splitID splits the ID of a host: a pod's main container, or a container within another host.
func splitID(id string) (namespace, pod, inside string) {
	parts := strings.SplitN(id+"//", "/", 4)
	return parts[0], parts[1], cmp.Or(parts[2], container)
}

// isQuota reports whether an object was refused because of a quota.
func isQuota(err error) bool {
	return apierrors.IsForbidden(err) && strings.Contains(err.Error(), "exceeded quota")
}

package labs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Role says what a lab is for.
type Role string

// The roles of a lab.
const (
	RoleLab     Role = "lab"     // handed to a learner
	RoleSetup   Role = "setup"   // being built and broken, to become a snapshot
	RoleScratch Role = "scratch" // made for looks of checks
)

// Lab is a running variant: its hosts and their private network. All of it
// stands in labels on the engine, so any process sees the same labs.
type Lab struct {
	ID       string    `json:"lab"`
	Role     Role      `json:"-"`
	Scenario string    `json:"scenario"`
	Key      string    `json:"variant"` // of the variant when the lab was started
	Seed     uint64    `json:"seed"`
	Owner    string    `json:"owner"`
	Started  time.Time `json:"started"`
	Expires  time.Time `json:"expires"`
	Snapshot string    `json:"snapshot"` // key of the snapshot it was started from
	Hosts    []Host    `json:"hosts"`
	// Whole: every host that was planned is there and was started. It is false while
	// the lab is being started, and stays so if that was cut off.
	Whole bool `json:"-"`
	// Orphan: the process that made it is known to have ended.
	Orphan bool `json:"-"`
	// Made is when the engine made the oldest part of what is there: a reset recreates
	// everything, but keeps Started.
	Made time.Time `json:"-"`
}

// Host is one machine of a lab, such as a container.
type Host struct {
	Name   string    `json:"host"`
	ID     string    `json:"id"`    // the engine's
	Image  string    `json:"image"` // the family's name of its image
	Server string    `json:"server,omitempty"`
	State  HostState `json:"state"`
	Exit   int       `json:"exit,omitempty"` // exit status of its main process, when it is down
}

// MarshalJSON also tells what a host's state means to a program that does not know all states.
func (h Host) MarshalJSON() ([]byte, error) {
	type fields Host
	return json.Marshal(struct {
		fields
		Running     bool `json:"running"`
		Frozen      bool `json:"frozen,omitempty"`
		Restarting  bool `json:"restarting,omitempty"`
		OutOfMemory bool `json:"out_of_memory,omitempty"`
	}{fields(h), h.State.Up(), h.State == HostFrozen, h.State == HostRestarting, h.State == HostOutOfMemory})
}

// HostState is the state of a host. The zero value: the engine has no such host.
type HostState string

// The states of a host.
const (
	HostCreated     HostState = "created"   // never started
	HostPreparing   HostState = "preparing" // its lab is being set up in it: see [Engine.HandOver]
	HostRunning     HostState = "running"
	HostFrozen      HostState = "frozen"        // started, and everything in it stands still: see [Engine.Freeze]
	HostRestarting  HostState = "restarting"    // its main process ended, and the engine is about to start it again
	HostStopped     HostState = "stopped"       // its main process ended, or it was stopped from outside
	HostOutOfMemory HostState = "out-of-memory" // stopped because it ran out of memory
)

// Started reports whether a host was ever started.
func (s HostState) Started() bool { return s != "" && s != HostCreated && s != HostPreparing }

// Up reports whether a host has processes, which may be frozen.
func (s HostState) Up() bool { return s == HostRunning || s == HostFrozen }

// StartTimeout is how long a start may take. One that is not done by then never will be.
const StartTimeout = 2 * time.Minute

// ProofsOf stands between who proves and the name of a proof's own, as the owner of its lab.
const ProofsOf = "/prove-"

// KeptOf stands in the place of [ProofsOf] for a lab that outlives its proof.
const KeptOf = "/kept-"

// IsKeptFor reports whether an owner has kept the lab of a proof.
func (l *Lab) IsKeptFor(owner string) bool {
	return owner != "" && strings.HasPrefix(l.Owner, owner+KeptOf)
}

// LabID returns the ID of the lab that an owner has of a scenario. As it follows
// from the two, an owner can have no second lab of one scenario.
func LabID(owner, scenario string) string {
	sum := sha256.Sum256([]byte(owner + "\x00" + scenario))
	return scenario + "-" + hex.EncodeToString(sum[:16])
}

// BelongsTo reports whether an owner owns the lab; see [Learner.Owns]. All labs belong to
// the owner "".
func (l *Lab) BelongsTo(owner string) bool {
	return owner == "" || Learner{Name: owner}.Owns(l.Owner)
}

// Host returns a host by name, or an error that names those there are.
func (l *Lab) Host(name string) (Host, error) {
	names := make([]string, 0, len(l.Hosts))
	for _, h := range l.Hosts {
		if h.Name == name {
			return h, nil
		}
		names = append(names, h.Name)
	}
	if len(names) == 0 {
		names = append(names, "none")
	}
	return Host{}, Misuse(fmt.Sprintf("The lab has no host %q", name), "Its hosts: "+strings.Join(names, ", ")+".")
}

// Expired reports whether the lab's time is up.
func (l *Lab) Expired(now time.Time) bool { return now.After(l.Expires) }

// Over reports whether a sweep should remove the lab.
func (l *Lab) Over(now time.Time) bool { return l.Expired(now) || l.Abandoned(now) }

// Handed reports whether the lab was ever handed over, so that there may be work in it. All
// hosts are created before any is started, and nobody enters the lab before all are. So if a
// host was never started, the start was interrupted; if one is missing, somebody removed it.
func (l *Lab) Handed() bool {
	return l.Whole || len(l.Hosts) > 0 && !slices.ContainsFunc(l.Hosts, func(h Host) bool { return !h.State.Started() })
}

// Damaged reports whether the lab was handed over, and has lost a host since.
func (l *Lab) Damaged() bool { return l.Role == RoleLab && !l.Whole && l.Handed() }

// Abandoned reports whether the lab is what a process left that ended before it was done:
// of a start, before the lab was handed over.
func (l *Lab) Abandoned(now time.Time) bool {
	if l.Role != RoleLab || strings.Contains(l.Owner, ProofsOf) {
		return l.Orphan // nobody but that process works in it
	}
	return !l.Handed() && (l.Orphan || now.Sub(l.Made) > StartTimeout)
}

// Remade reports whether a reset recreated the hosts after the lab was started. The margin
// allows for a difference between the starter's clock and the engine's.
func (l *Lab) Remade() bool { return l.Made.Sub(l.Started) > StartTimeout }

// Running reports whether every host runs.
func (l *Lab) Running() bool {
	for _, h := range l.Hosts {
		if !h.State.Up() {
			return false
		}
	}
	return len(l.Hosts) > 0
}

// Servers returns the servers that the lab's hosts run, each once.
func (l *Lab) Servers() []string {
	var servers []string
	for _, h := range l.Hosts {
		if h.Server != "" && !slices.Contains(servers, h.Server) {
			servers = append(servers, h.Server)
		}
	}
	return servers
}

package labs

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"
)

// Engine runs hosts. The interface is narrow so that another engine is one package: even a
// connection into a host needs only Execute.
//
// If the context ends during an operation, the operation either returns what it created or
// removes it.
type Engine interface {
	// Launch creates and starts the hosts of a plan in parallel. If it fails, it removes
	// everything it created. ErrConflict: a lab with the plan's ID exists. ErrUnsupported: the plan
	// says Setup, and the engine has no way to set a lab up where a learner works later.
	Launch(ctx context.Context, plan Plan, emit Emit) (*Lab, error)
	// HandOver ends the setup of a lab whose plan says Setup, and keeps its record as long as the
	// lab exists: see [Snapshots.Record]. It is done completely or not at all.
	HandOver(ctx context.Context, lab *Lab, record Record) error
	// Run launches the only host of a plan and connects to its command's input and output. The
	// engine removes the host when the command ends or the process is closed. Until then, more
	// commands can be executed in the host. ErrUnsupported: the engine can't place it within another.
	Run(ctx context.Context, plan Plan) (Host, Process, error)
	// Labs lists the labs that match, of every role.
	Labs(ctx context.Context, which Which) ([]*Lab, error)
	// Now returns the time of the engine's clock, which measures the ages of labs.
	Now() time.Time
	// Extend moves the expiry of a lab to a later time. From then on, Labs returns it to every
	// process. A time before the expiry changes nothing. ErrNotFound: the lab has no hosts.
	Extend(ctx context.Context, lab *Lab, until time.Time) error
	// Restart stops the hosts of a lab that are up, and then starts all hosts. An engine keeps
	// their disks, names and addresses. Their processes end, and folders in memory are emptied.
	Restart(ctx context.Context, lab *Lab) error
	// Remove removes the hosts and the network of a lab, which its ID and owner identify. It
	// succeeds if there is nothing to remove.
	Remove(ctx context.Context, lab *Lab) error

	// Execute runs a command in a host. If the host is frozen for a moment, it waits. ErrDown:
	// the host is not running. ErrFrozen: the host must stay frozen.
	Execute(ctx context.Context, host Host, command Command) (Process, error)
	// Freeze suspends everything that runs in a host, so that nothing in it changes, until thaw
	// is called or this process ends. Several processes may freeze a host; it continues when the
	// last of them thaws it. With lasting, it stays frozen even after this process has ended,
	// until a process that also froze it with lasting thaws it. A host that a killed process
	// left frozen continues at the next Execute, or within a second if a command in it is
	// attended. ErrDown: the host is not running.
	Freeze(ctx context.Context, host Host, lasting bool) (thaw func() error, err error)
	// CopyOut returns a file or folder of a host as a tar archive, without running
	// anything in the host. ErrNotFound: the path does not exist.
	CopyOut(ctx context.Context, host Host, path string) (io.ReadCloser, error)
	// Vitals returns a host's current state. ErrNotFound: the host does not exist.
	Vitals(ctx context.Context, host Host) (Vitals, error)
	// Usage returns the processor time that a host has used since it started.
	Usage(ctx context.Context, host Host) (Usage, error)
	// Logs returns the last lines of output of a host's main process.
	Logs(ctx context.Context, host Host, lines int) (string, error)
	// Written returns how much a host has written to its disk, in bytes.
	Written(ctx context.Context, host Host) (int64, error)
	// Stop stops a host until [Engine.Restart], and keeps its disk. It succeeds if the host is
	// already down.
	Stop(ctx context.Context, host Host) error
	// Memory returns the memory used by a lab's hosts, in bytes, without caches that the kernel
	// can reclaim.
	Memory(ctx context.Context, lab *Lab) (int64, error)
}

// Snapshots keeps variants after their fault, to start labs from. It is a cache: if a snapshot
// is missing, the stage makes it. It also keeps the states of labs that learners saved, which
// can't be made again.
//
// Each snapshot has a record. Lists don't contain it, because it may be large; it is loaded to
// grade. Learners can't reach it. A killed process never leaves a snapshot with part of a
// record, or with another snapshot's record.
type Snapshots interface {
	// Keep saves the hosts of a lab, and the record, under the snapshot's key. If it fails, it
	// removes everything it created.
	Keep(ctx context.Context, lab *Lab, snapshot Snapshot, record Record) error
	// Find returns the snapshot with the key, and marks it as used now. ErrNotFound: there is
	// none, or the image of one of these hosts is missing.
	Find(ctx context.Context, key string, hosts []string) (*Snapshot, error)
	// Record returns the record of the snapshot that a lab was started from, or of the lab's own
	// setup. It exists as long as the lab's workspace does, even if the snapshot was dropped since. ErrNotFound: the
	// workspace does not exist, or was started without a record.
	Record(ctx context.Context, lab *Lab) (Record, error)
	// List lists all snapshots, with their sizes.
	List(ctx context.Context) ([]Snapshot, error)
	// LastUsed returns when a snapshot was last found; the zero time if it is gone.
	LastUsed(ctx context.Context, snapshot Snapshot) (time.Time, error)
	// Drop deletes a snapshot unless a lab uses it, and reports whether it is gone.
	Drop(ctx context.Context, snapshot Snapshot) (bool, error)
}

// Which selects labs. Empty fields match every lab.
type Which struct{ ID, Owner, Scenario string }

// DiskBound is how much a host may write to its disk, in bytes. An engine enforces it if its
// storage can. Otherwise the usage is watched, and a host that exceeds it is stopped, with its
// disk kept.
const DiskBound = 4 << 30

// Plan says what an engine has to create. It is complete before anything is done.
type Plan struct {
	Lab     Lab // its identity; Hosts are ignored
	Hosts   []HostPlan
	Network bool // the hosts share a separate network; otherwise they have none. See also [HostPlan.Networks]
	// Setup means that the lab is set up in these hosts. Until it is handed over, with
	// [Engine.HandOver], it is not whole, and its workspace is listed as preparing.
	Setup bool
}

// HostPlan describes a host to create.
type HostPlan struct {
	Name        string
	Image       string // the engine's reference
	Family      string // the family's name of the image
	Command     []string
	Environment map[string]string
	User        string
	Memory      int64 // bytes
	CPUs        float64
	PIDs        int64
	Disk        int64 // bytes that it may write, if the engine can enforce that; 0: no limit
	CapAdd      []string
	// Networks are the names of the networks that it is on, in place of the one that all hosts
	// share. They reach nothing but hosts of the lab, so it may send any packet. Each interface has
	// the name of its network, and no address: the host's own programs configure it. They find the
	// names in ENDSTATE_NETWORKS. The first one is for management: there, names of hosts stand for
	// the addresses that [Plan.Management] returns, and ENDSTATE_MANAGEMENT is the host's own.
	Networks []string
	Forwards bool // with Networks: it forwards packets between them
	// NetworkOf is the engine's ID of a running host whose Networks this one shares. It has none of
	// its own.
	NetworkOf string
	ReadOnly  bool
	Scratch   []Scratch
	Restart   bool // starts again when the engine is restarted
	// Within is the engine's ID of a running host whose network and processes this one shares. It
	// has none of its own, and ends with that host. If it is also Trusted, it helps to set that host
	// up: Command replaces the image's own main program.
	Within   string
	Loopback []string // further names of the host's own loopback address
	Trusted  bool     // no learner can get in: the engine's usual capabilities are kept
}

// Management returns the address of a host on the network for management; its prefix has 24 bits.
func (p Plan) Management(host string) string {
	return fmt.Sprintf("198.51.100.%d", 1+slices.IndexFunc(p.Hosts, func(h HostPlan) bool { return h.Name == host }))
}

// NetworkNames returns the names of the networks that hosts of the plan are on, each once.
func (p Plan) NetworkNames() []string {
	var names []string
	for _, host := range p.Hosts {
		for _, name := range host.Networks {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// Scratch is a folder of a host that is kept in memory and is empty at the start.
type Scratch struct {
	Path string
	Size int64       // bytes
	Mode fs.FileMode // permissions, with [fs.ModeSticky]
	Exec bool        // programs in it can be executed
}

// The limits of a host whose plan sets none.
const (
	defaultMemory = 512 << 20 // bytes
	defaultCPUs   = 2         // with one, mongosh takes twice as long to start
	defaultPIDs   = 256
)

// Plan returns the plan of the host, started from an image of the engine.
func (h HostSpec) Plan(ref string) HostPlan {
	plan := HostPlan{
		Name: h.Name, Image: ref, Family: h.Image, Command: h.Command, Environment: h.Environment,
		Memory: h.Memory, CPUs: h.CPUs, PIDs: h.PIDs, CapAdd: h.CapAdd, Networks: h.Networks, Forwards: h.Forwards,
	}
	plan.SetDefaults()
	return plan
}

// SetDefaults sets the limits that are zero.
func (p *HostPlan) SetDefaults() {
	p.Memory = cmp.Or(p.Memory, defaultMemory)
	p.CPUs = cmp.Or(p.CPUs, defaultCPUs)
	p.PIDs = cmp.Or(p.PIDs, defaultPIDs)
}

// Vitals describe the current state of a host, by the engine's clock.
type Vitals struct {
	State HostState
	Exit  int // exit status of its main process, when it is down
	// Restarts counts how often the engine started it again after it had ended by itself.
	Restarts int
	// Again means that this is not its first run, for whatever reason it had ended.
	Again bool
	Age   time.Duration // since it last started
	Down  time.Duration // since it last ended; a very long time if it never did
}

// Usage is the processor time of a host.
type Usage struct {
	Worked    time.Duration // processor time used
	Throttled time.Duration // time spent waiting because of its limit
}

// Command is a command to execute in a host.
type Command struct {
	Args        []string
	Environment map[string]string
	User        string
	Dir         string
	Terminal    bool
	Columns     int // with Terminal
	Rows        int
	Attended    bool // a person is using it, as with Terminal: see [Engine.Freeze]
}

// Process is a running command in a host, or a host's main process.
type Process interface {
	// Stdin is the command's input. Closing it ends the input.
	Stdin() io.WriteCloser
	// Stdout is the command's output. It ends when the command ends.
	Stdout() io.Reader
	// Stderr returns what the command has written there so far. It is empty for a terminal.
	Stderr() string
	// Resize sets the size of the command's terminal.
	Resize(ctx context.Context, columns, rows int) error
	// Wait waits until the command ends and returns its exit status: [ExitKilled] if it was
	// killed.
	Wait(ctx context.Context) (int, error)
	// Kill kills the command, and what it started as the same user, waits a few seconds for its
	// end, and closes it. It does so even if the context has ended.
	Kill(ctx context.Context) error
	// Close ends the command's input and stops reading its output. A host's main process ends,
	// with its host ([Engine.Run]). An executed command may go on until it needs its input or
	// output: see Kill.
	Close() error
}

// ExitKilled is the exit status of a command that was killed. An engine that reports this
// differently translates it.
const ExitKilled = 137

// Snapshot is a variant after its fault, from which labs are started.
type Snapshot struct {
	Key      string            `json:"snapshot"`
	Scenario string            `json:"scenario"`
	Seed     uint64            `json:"seed"`
	Images   map[string]string `json:"-"`     // host → the engine's reference
	Size     int64             `json:"bytes"` // without the images it is based on
	// Name is what a learner calls a state that they saved. Only [Snapshots.Find] and
	// [Snapshots.List] know it and Made. It is empty for snapshots of variants.
	Name string    `json:"-"`
	Made time.Time `json:"-"`
}

// Saved reports whether a learner saved the snapshot. It can't be made again, so it does not
// belong to the cache: it exists as long as its lab.
func (s Snapshot) Saved() bool { return s.Name != "" }

// EngineInfo is what an engine tells about itself.
type EngineInfo struct {
	Name      string // the name of its software
	Version   string
	Address   string
	System    string // the operating system and architecture of its machine
	CPUs      int
	Memory    int64      // bytes
	Data      string     // the folder on its machine where it keeps its data
	Elsewhere bool       // it is reached through a network, and so may be on another machine
	Details   []string   // further facts for diagnosis, in the engine's own words
	Gaps      []*Problem // walls of a lab that it can't provide; the code names the wall
}

// Need is something that labs need from an engine, and whether it is there.
type Need struct {
	About, Text string
	Advice      string // what to do if it is not as it should be; empty: it is
	Acts        []Act  // what can be done about it at the desk
	Fatal       bool   // with advice: no lab can start as it is
}

// ImageRef is an available image.
type ImageRef struct {
	Name     string            `json:"image"`
	Ref      string            `json:"ref"`              // the engine's reference
	ID       string            `json:"id"`               // the engine's ID, which identifies the content
	Server   string            `json:"server,omitempty"` // the server it runs, with its version
	Packages map[string]string `json:"packages,omitempty"`
	Size     int64             `json:"bytes"`
}

// Images provides images.
type Images interface {
	// Ensure finds the named images, and builds or pulls those that are missing.
	Ensure(ctx context.Context, names []string, emit Emit) (map[string]ImageRef, error)
}

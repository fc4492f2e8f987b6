package labs

import (
	"cmp"
	"context"
	"io"
	"io/fs"
	"time"
)

// Engine runs hosts. It is kept this narrow so that another engine is one
// package; a connection into a host needs nothing but Execute (see [Site.Dial]).
//
// An operation that was begun is not torn by the end of its context: what it
// creates is either answered or removed.
type Engine interface {
	// Launch creates and starts the hosts of a plan side by side. When it fails it
	// has removed all it made. ErrConflict: a lab with the plan's ID is there.
	Launch(ctx context.Context, plan Plan, emit Emit) (*Lab, error)
	// Run launches the one host of a plan, with its command's input and output. The host
	// is gone once the command has ended, or its process was closed. Until then more commands
	// can be executed in it.
	Run(ctx context.Context, plan Plan) (Host, Process, error)
	// Labs lists the labs that are asked for, of every role.
	Labs(ctx context.Context, which Which) ([]*Lab, error)
	// Now is the time by the engine's clock, by which the ages of labs are measured.
	Now() time.Time
	// Restart stops the hosts of a lab that are up, and starts all of them. An engine keeps
	// their disks, names and addresses. Their processes end, and folders in memory are emptied.
	Restart(ctx context.Context, lab *Lab) error
	// Remove removes the hosts and the network of a lab, which its ID and its owner tell
	// from all others. Nothing there is success.
	Remove(ctx context.Context, lab *Lab) error

	// Execute runs a command in a host. ErrDown: the host does not run. ErrFrozen: it is
	// to stay frozen. One that is frozen for a moment is waited for.
	Execute(ctx context.Context, host Host, command Command) (Process, error)
	// Freeze stops all that runs in a host, so that nothing in it changes, until thaw is
	// called or this process is gone. Several may do so; it runs on when the last of them
	// has thawed it. With lasting it stays frozen until anybody thaws it who froze it so, be
	// it a later process. A host that a killed process left frozen runs on when Execute meets
	// it, or within a second if somebody sits at a command in it. ErrDown: the host does not
	// run.
	Freeze(ctx context.Context, host Host, lasting bool) (thaw func() error, err error)
	// CopyIn unpacks a tar archive into a folder of a host.
	CopyIn(ctx context.Context, host Host, dir string, archive io.Reader) error
	// CopyOut returns a file or folder of a host as a tar archive, without running
	// anything in the host. ErrNotFound: nothing has that path.
	CopyOut(ctx context.Context, host Host, path string) (io.ReadCloser, error)
	// Vitals returns how a host stands at this moment. ErrNotFound: it is gone.
	Vitals(ctx context.Context, host Host) (Vitals, error)
	// Usage returns how much of the processors a host had since it began.
	Usage(ctx context.Context, host Host) (Usage, error)
	// Logs returns the last lines that a host's main process wrote.
	Logs(ctx context.Context, host Host, lines int) (string, error)
	// Written returns how much a host has written to its disk, in bytes.
	Written(ctx context.Context, host Host) (int64, error)
	// Stop stops a host until [Engine.Restart], which finds its disk as it was. A host that is
	// down is success.
	Stop(ctx context.Context, host Host) error
	// Memory returns the memory in use by a lab's hosts, in bytes, without caches
	// that the kernel can take back.
	Memory(ctx context.Context, lab *Lab) (int64, error)
}

// Snapshots keeps variants after their fault, to start labs from. It is a cache: whoever
// does not find a snapshot makes it.
//
// Each snapshot has a record, which no list carries, as it may be large. It is loaded to
// grade. It is kept where no learner reaches it, and no process that is killed can leave
// a snapshot with half a record or with another's.
type Snapshots interface {
	// Keep keeps the hosts of a lab, and the record, under the snapshot's key. When it
	// fails it has removed all it made.
	Keep(ctx context.Context, lab *Lab, snapshot Snapshot, record Record) error
	// Find finds the snapshot of a lab with these hosts, and marks it as used now.
	// ErrNotFound: none has the key, or not all of it is there.
	Find(ctx context.Context, key string, hosts []string) (*Snapshot, error)
	// Record returns the record of the snapshot that a lab was started from. It is there as
	// long as the lab and its workspace are, whatever has become of the snapshot since.
	// ErrNotFound: the workspace is gone, or was started without a record.
	Record(ctx context.Context, lab *Lab) (Record, error)
	// List lists all snapshots, with their sizes.
	List(ctx context.Context) ([]Snapshot, error)
	// LastUsed returns when a snapshot was last found; the zero time if it is gone.
	LastUsed(ctx context.Context, snapshot Snapshot) (time.Time, error)
	// Drop deletes a snapshot that no lab uses, and reports whether it did. None there is
	// success.
	Drop(ctx context.Context, snapshot Snapshot) (bool, error)
}

// Which says what labs are asked for. What is empty does not matter.
type Which struct{ ID, Owner, Scenario string }

// DiskBound is what a host may write to its disk, in bytes. An engine whose storage can
// bound that does. With others it is watched, and the host is stopped, with all that is in it.
const DiskBound = 4 << 30

// Plan is what an engine is to make: data, decided before anything is done.
type Plan struct {
	Lab     Lab // its identity; Hosts are not read
	Hosts   []HostPlan
	Network bool // the hosts share a network of their own; else they have none
}

// HostPlan is one host to be made.
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
	Disk        int64 // bytes that it may write, where the engine can bound that; 0: no bound
	CapAdd      []string
	ReadOnly    bool
	Scratch     []Scratch
	Restart     bool // comes back after the engine was restarted
	Trusted     bool // no learner gets here: the engine's usual capabilities are kept
}

// Scratch is a folder of a host that is kept in memory, and empty at first.
type Scratch struct {
	Path string
	Size int64       // bytes
	Mode fs.FileMode // permissions, with [fs.ModeSticky]
	Exec bool        // programs in it can be run
}

// What a host may take when nothing else is said.
const (
	defaultMemory = 512 << 20 // bytes
	defaultCPUs   = 2         // with one, mongosh takes twice as long to start
	defaultPIDs   = 256
)

// SetDefaults sets the limits that are not set.
func (p *HostPlan) SetDefaults() {
	p.Memory = cmp.Or(p.Memory, defaultMemory)
	p.CPUs = cmp.Or(p.CPUs, defaultCPUs)
	p.PIDs = cmp.Or(p.PIDs, defaultPIDs)
}

// Vitals are how a host stands, by the engine's own clock.
type Vitals struct {
	State HostState
	Exit  int // exit status of its main process, when it is down
	// Restarts counts how often the engine started it again because it had ended by itself.
	Restarts int
	// Again tells that it had ended before it began the last time, for whatever reason.
	Again bool
	Age   time.Duration // since it began the last time
	Down  time.Duration // since it ended the last time; a very long time if it never did
}

// Usage is how much of the processors a host had.
type Usage struct {
	Worked    time.Duration // processor time that it used
	Throttled time.Duration // how long a limit on its processor time made it wait
}

// Command is what is executed in a host.
type Command struct {
	Args        []string
	Environment map[string]string
	User        string
	Dir         string
	Terminal    bool
	Columns     int // with Terminal
	Rows        int
	Attended    bool // somebody sits at it, as with Terminal: see [Engine.Freeze]
}

// Process is a command at work in a host, or a host's own.
type Process interface {
	// Stdin is the command's input; closing it tells the command that no more comes.
	Stdin() io.WriteCloser
	// Stdout ends when the command has.
	Stdout() io.Reader
	// Stderr returns what the command wrote there so far, of a terminal nothing.
	Stderr() string
	// Resize tells the command's terminal its size.
	Resize(ctx context.Context, columns, rows int) error
	// Wait waits for the command's end and returns its exit status, [ExitKilled] if it was
	// killed.
	Wait(ctx context.Context) (int, error)
	// Close ends the command's input and stops reading its output. A host's own command ends,
	// with its host ([Engine.Run]); one that was executed has to end at the end of its input.
	Close() error
}

// ExitKilled is the exit status of a command that was killed. An engine that says so in
// another way translates it.
const ExitKilled = 137

// Snapshot is a variant after its fault, kept to start labs from.
type Snapshot struct {
	Key      string            `json:"snapshot"`
	Scenario string            `json:"scenario"`
	Seed     uint64            `json:"seed"`
	Images   map[string]string `json:"-"`     // host → the engine's reference
	Size     int64             `json:"bytes"` // beyond the images it was made from
}

// EngineInfo is what an engine tells about itself.
type EngineInfo struct {
	Name    string // of its software
	Version string
	Address string
	System  string // the operating system and architecture of its machine
	CPUs    int
	Memory  int64      // bytes
	Data    string     // the folder on its machine where it keeps its data
	Details []string   // further facts for diagnosis, in the engine's own words
	Gaps    []*Problem // walls of a lab that it can't provide; the code names the wall
}

// ImageRef is an image that is there.
type ImageRef struct {
	Name     string            `json:"image"`
	Ref      string            `json:"ref"`              // the engine's reference
	ID       string            `json:"id"`               // the engine's ID: content, not name
	Server   string            `json:"server,omitempty"` // the server it runs, with its version
	Packages map[string]string `json:"packages,omitempty"`
	Size     int64             `json:"bytes"`
}

// Images makes sure of images.
type Images interface {
	// Ensure finds the named images, and builds or pulls those that are not there.
	Ensure(ctx context.Context, names []string, emit Emit) (map[string]ImageRef, error)
}

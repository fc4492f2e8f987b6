package kit

import (
	"io"
	"io/fs"
	"time"

	"endstate/labs"
)

// Entry is a file, folder or link that was copied out of a host.
type Entry struct {
	Path string // slash-separated, relative to the requested path, which is "."; may contain any bytes
	Mode fs.FileMode
	Link string // target of a symbolic link
	Data []byte // content of a file; hard links share it
	// Modified is the time of the last change, in seconds since 1970.
	Modified int64
}

// FreshRun is a command to run in a host of its own, which has no network, is read-only except
// for a copy of files, and is removed afterwards.
type FreshRun struct {
	Image string                  // the image's name
	Files func() ([]Entry, error) // called while the host starts
	// NetworkOf is a host whose networks the command is on; see [labs.HostPlan.NetworkOf]. No host: it
	// has no network.
	NetworkOf labs.Host
	Dir       string // the folder that they are put into; empty: /work
	Links     bool   // keep links that lead out of the folder
	Command   string // for bash, run in Dir
	// Time limits the processor time of the command and all its processes. Waiting for a
	// processor does not count; it may wait for anything else for a few seconds.
	Time   time.Duration
	Memory int64 // bytes
	// Server is the image of a server that runs beside the command, in a host of its own that ends
	// with it. They share a network, which nobody else is in: the server is at 127.0.0.1, and has
	// the names in ServerNames. Empty: there is none.
	Server      string
	ServerNames []string
	Output      int64 // limit of what is read of its output, in bytes; 0: 64 KiB
	// Lends is a folder in which another command of the same round may run in this host, before
	// the files arrive. That command must have the folder as its Dir, need no more memory, and
	// run nothing that the learner wrote. Empty: the host is not lent.
	Lends string
	// Borrows means that the command may run in a host whose Lends is the command's Dir.
	Borrows bool
	// Read reads the output, instead of Stdout. May be nil.
	Read func(io.Reader) error
	// Apart are files in [ApartDir] that only root can read. If there are any, the command runs
	// there as root, may start long before the files arrive, and must unpack them from its
	// standard input, a tar archive, into [FreshDir]. Time does not limit it: it must itself run
	// the learner's code as another user, and limit its time. It must never run that code as root.
	Apart []Entry
}

// FreshResult is the result of a command in a fresh host.
type FreshResult struct {
	Status  int
	Stdout  string // at most the first [FreshRun.Output] bytes; Stderr likewise
	Stderr  string
	Overran Overrun
}

// Overrun says why a command was ended.
type Overrun string

// Why a command was ended: it used up its processor time, or it waited for something other
// than a processor for too long. Empty: it ended by itself.
const (
	UsedUp Overrun = "processor"
	Waited Overrun = "waits"
)

// ApartDir is the folder of files that only root can read, and FreshDir the usual folder of a
// run's files.
const (
	ApartDir = "/judge"
	FreshDir = "/work"
)

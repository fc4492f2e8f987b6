package kit

import (
	"io"
	"io/fs"
	"time"
)

// Entry is a file, folder or link that was copied out of a host.
type Entry struct {
	Path string // slash-separated, below what was asked for; "." is that itself. Any bytes.
	Mode fs.FileMode
	Link string // target of a symbolic link
	Data []byte // content of a file; several that are one file share it
	// Modified is when it was changed last, in seconds since 1970.
	Modified int64
}

// FreshRun is a command to be run in a host that is made for it: without a network,
// read-only but for a copy of files, and gone afterwards.
type FreshRun struct {
	Image   string                  // the family's name
	Files   func() ([]Entry, error) // asked for while the host is being made
	Dir     string                  // the folder that they are put into; /work if it is empty
	Links   bool                    // links that lead out of it are kept too
	Command string                  // for bash, in the folder of the files
	// Time is the longest that the command may use a processor, all its processes together.
	// To wait for a processor costs nothing; for anything else it may wait for a few seconds.
	Time   time.Duration
	Memory int64 // bytes
	Output int64 // the most that is read of what it writes, in bytes; 0: 64 KiB
	// Lends is a folder in which another command of the same round may run in this host, until
	// the files come. Such a command has the folder as its Dir, needs no more memory, and can
	// run nothing that the learner wrote. Empty: none may.
	Lends string
	// Borrows means that the command may run in a host that lends its folder.
	Borrows bool
	// Read takes what the command writes, in place of Stdout. It may be nil.
	Read func(io.Reader) error
	// Apart are files that only root can read, in [ApartDir]. With them the command is
	// root's, and not watched: it keeps the learner's code apart from them, and to its time,
	// itself. Nothing that the learner wrote may come to be what it runs.
	Apart []Entry
}

// FreshResult is what came of a command in a fresh host.
type FreshResult struct {
	Status  int
	Stdout  string // its beginning, at most [FreshRun.Output], as of Stderr
	Stderr  string
	Overran Overrun
}

// Overrun tells why a command was ended.
type Overrun string

// Why a command was ended: it used up its time of a processor, or it waited for
// something that did not come. Empty: it ended by itself.
const (
	UsedUp Overrun = "processor"
	Waited Overrun = "waits"
)

// ApartDir is where files lie that only root can read.
const ApartDir = "/judge"

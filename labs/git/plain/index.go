package plain

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// indexEntry is an entry of the index.
type IndexEntry struct {
	State
	Path        string
	Stage       int // 0, or the stage of a conflict, 1 to 3
	IntentToAdd bool
	Size        uint32 // the file's size when Git last looked at it
	Modified    uint32 // its modification time then, in seconds since 1970
}

const (
	indexHeader   = 12
	indexFixed    = 62 // bytes of an entry before its path
	flagAssume    = 1 << 15
	flagExtended  = 1 << 14
	flagStage     = 12
	flagIntentAdd = 1 << 13
)

// plainIndex reads an index of version 2 or 3 with a valid checksum and nothing that
// changes how the work tree is read. https://git-scm.com/docs/index-format
func Index(data []byte) (entries []IndexEntry, err error) {
	if len(data) == 0 {
		return nil, nil
	}
	end := len(data) - sha1.Size
	if end < indexHeader || sha1.Sum(data[:end]) != [sha1.Size]byte(data[end:]) || string(data[:4]) != "DIRC" {
		return nil, Errorf("the checksum of the index")
	}
	version, count := binary.BigEndian.Uint32(data[4:]), binary.BigEndian.Uint32(data[8:])
	if version != 2 && version != 3 {
		return nil, Errorf("an index of version %d", version)
	}
	rest := data[indexHeader:end]
	for range count {
		var entry IndexEntry
		if entry, rest, err = plainIndexEntry(rest, version); err != nil {
			return nil, err
		}
		if last := len(entries) - 1; last >= 0 && !before(entries[last], entry) {
			return nil, Errorf("the order of the index")
		}
		entries = append(entries, entry)
	}
	return entries, plainExtensions(rest)
}

func before(a, b IndexEntry) bool {
	return a.Path < b.Path || a.Path == b.Path && a.Stage < b.Stage
}

func plainIndexEntry(data []byte, version uint32) (entry IndexEntry, rest []byte, err error) {
	if len(data) < indexFixed {
		return entry, nil, Errorf("a truncated index")
	}
	number := func(at int) uint32 { return binary.BigEndian.Uint32(data[at:]) }
	entry.Modified, entry.Mode, entry.Size = number(8), filemode.FileMode(number(24)), number(36)
	entry.ID = plumbing.Hash(data[40:60])
	flags, head := binary.BigEndian.Uint16(data[60:]), indexFixed
	entry.Stage = int(flags>>flagStage) & 3
	if flags&flagExtended != 0 && version > 2 && len(data) > indexFixed+2 {
		more := binary.BigEndian.Uint16(data[indexFixed:])
		entry.IntentToAdd, head = more == flagIntentAdd, indexFixed+2
		if more&^flagIntentAdd != 0 {
			return entry, nil, Errorf("a file that is left out of the work tree")
		}
	} else if flags&flagExtended != 0 {
		return entry, nil, Errorf("flags of the index")
	}
	length := bytes.IndexByte(data[head:], 0)
	padded := (head + length + 8) &^ 7
	if length <= 0 || padded > len(data) || flags&flagAssume != 0 {
		return entry, nil, Errorf("an entry of the index")
	}
	entry.Path = string(data[head : head+length])
	if entry.Mode != filemode.Regular && entry.Mode != filemode.Executable && entry.Mode != filemode.Symlink || strings.HasSuffix(entry.Path, ".gitattributes") {
		return entry, nil, Errorf("%s in the index", entry.Path)
	}
	return entry, data[padded:], nil
}

// plainExtensions accepts extensions that only make Git faster.
func plainExtensions(data []byte) error {
	for len(data) >= 8 {
		name, size := string(data[:4]), uint64(binary.BigEndian.Uint32(data[4:]))
		if size > uint64(len(data)-8) || name != "TREE" && name != "REUC" && name != "EOIE" && name != "IEOT" {
			return Errorf("the index's extension %q", name)
		}
		data = data[8+size:]
	}
	if len(data) > 0 {
		return Errorf("the end of the index")
	}
	return nil
}

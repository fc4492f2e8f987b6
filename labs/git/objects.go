package git

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/storage/memory"

	"endstate/labs"
)

// What a repository's objects may come to when they are inflated.
const (
	maxObject  = 32 << 20  // bytes of one
	maxObjects = 256 << 20 // bytes of all
	maxCount   = 100_000
)

// An index of version 4 names a file by what it shares with the one before, so a
// small one can stand for names without end. Git writes version 2 unless told otherwise.
const maxIndex4 = 64 << 10

// loader reads objects, loose and packed, into memory under limits. An object goes
// by the hash of its content, whatever name it came under.
type loader struct {
	packs [][]byte
	store *memory.Storage
	bytes int64
	count int
}

func newLoader() *loader { return &loader{store: memory.NewStorage()} }

// add takes a file of the objects folder. Indexes of packs, alternates and the like
// are not needed: what they say follows from the objects, or leads out of the copy.
func (l *loader) add(name string, entry labs.Entry) error {
	dir, file, nested := strings.Cut(name, "/")
	switch {
	case !entry.Mode.IsRegular():
		return nil
	case nested && dir == "pack" && strings.HasSuffix(file, ".pack"):
		l.packs = append(l.packs, entry.Data)
	case nested && len(dir) == 2 && len(file) == 38:
		return l.loose(entry.Data)
	}
	return nil
}

func (l *loader) account(size int64) error {
	l.count++
	l.bytes += size
	if size < 0 || size > maxObject || l.bytes > maxObjects || l.count > maxCount {
		return damaged(nil, "its objects are larger than %d MiB, or more than %d", maxObjects>>20, maxCount)
	}
	return nil
}

// loose reads an object that has a file of its own.
// https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
func (l *loader) loose(data []byte) error {
	inflated, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil // Git too passes over what is no object, until someone asks for it
	}
	content, err := io.ReadAll(io.LimitReader(inflated, maxObject+64))
	if err != nil {
		return nil
	}
	if err := l.account(int64(len(content))); err != nil {
		return err
	}
	header, body, found := bytes.Cut(content, []byte{0})
	kind, size, _ := strings.Cut(string(header[:min(len(header), 64)]), " ")
	kindOf, err := plumbing.ParseObjectType(kind)
	if length, sizeErr := strconv.Atoi(size); !found || err != nil || sizeErr != nil || length != len(body) {
		return nil
	}
	object := &plumbing.MemoryObject{}
	object.SetType(kindOf)
	if _, err := object.Write(body); err != nil {
		return err
	}
	_, err = l.store.SetEncodedObject(object)
	return err
}

// storage returns all objects, those of packs too.
func (l *loader) storage() (*memory.Storage, error) {
	for _, pack := range l.packs {
		if err := l.boundPack(pack); err != nil {
			return nil, err
		}
	}
	for _, pack := range l.packs {
		parser, err := packfile.NewParserWithStorage(packfile.NewScanner(bytes.NewReader(pack)), l.store)
		if err == nil {
			_, err = parser.Parse()
		}
		if err != nil {
			return nil, damaged(err, "a pack is damaged: %v", err)
		}
	}
	return l.store, nil
}

// boundPack walks a pack without keeping anything, and accounts for what each of
// its objects says it comes to. The scanner refuses an object that is larger than
// it says.
func (l *loader) boundPack(pack []byte) error {
	scanner := packfile.NewScanner(bytes.NewReader(pack))
	_, count, err := scanner.Header()
	if err != nil {
		return damaged(err, "a pack is damaged: %v", err)
	}
	if count > maxCount {
		return l.account(maxObject + 1)
	}
	for range count {
		header, err := scanner.NextObjectHeader()
		if err != nil {
			return damaged(err, "a pack is damaged: %v", err)
		}
		if err := l.account(header.Length); err != nil {
			return err
		}
		delta := header.Type == plumbing.OFSDeltaObject || header.Type == plumbing.REFDeltaObject
		head := &headWriter{}
		if _, _, err := scanner.NextObject(head); err != nil {
			return damaged(err, "a pack is damaged: %v", err)
		}
		if !delta {
			continue
		}
		if err := l.account(targetSize(head.data)); err != nil {
			return err
		}
	}
	return nil
}

// targetSize reads from a delta's head how large its result is; -1: it can't be read.
// https://git-scm.com/docs/pack-format#_deltified_representation
func targetSize(delta []byte) int64 {
	_, n := binary.Uvarint(delta)
	if n <= 0 {
		return -1
	}
	size, n := binary.Uvarint(delta[n:])
	if n <= 0 || size > maxObject {
		return -1
	}
	return int64(size)
}

// headWriter keeps the first bytes and lets the rest go.
type headWriter struct{ data []byte }

func (h *headWriter) Write(b []byte) (int, error) {
	h.data = append(h.data, b[:min(len(b), 32-min(32, len(h.data)))]...)
	return len(b), nil
}

func boundIndex(data []byte) error {
	if len(data) < 8 {
		return nil
	}
	if version := binary.BigEndian.Uint32(data[4:]); version == 4 && len(data) > maxIndex4 {
		return damaged(errors.New("large index of version 4"), "its index is of version 4 and too large (git update-index --index-version 2)")
	}
	return nil
}

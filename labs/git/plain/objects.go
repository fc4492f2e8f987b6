package plain

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/storage/memory"

	"endstate/labs/kit"
)

// loader reads objects, loose and packed, into memory within a budget.
type loader struct {
	ctx    context.Context
	packs  map[string][]byte
	store  *memory.Storage
	budget *kit.Budget
}

var (
	looseFile = regexp.MustCompile(`^([0-9a-f]{2})/([0-9a-f]{38})$`)
	packFile  = regexp.MustCompile(`^pack/(pack-[0-9a-f]{40})\.(pack|idx|rev|bitmap|keep)$`)
	graphFile = regexp.MustCompile(`^(info/packs|info/commit-graph|info/commit-graphs/.*|pack/multi-pack-index)$`)
)

// plainObjects reads all objects of a plain repository.
func Objects(ctx context.Context, entries []kit.Entry, budget *kit.Budget) (*memory.Storage, error) {
	l := &loader{ctx: ctx, packs: map[string][]byte{}, store: memory.NewStorage(), budget: budget}
	indexes := map[string]bool{}
	for _, entry := range entries {
		name, ok := strings.CutPrefix(entry.Path, ".git/objects/")
		if !ok || entry.Mode.IsDir() {
			continue
		}
		loose, pack := looseFile.FindStringSubmatch(name), packFile.FindStringSubmatch(name)
		switch {
		case loose != nil:
			if err := l.loose(loose[1]+loose[2], entry.Data); err != nil {
				return nil, err
			}
		case pack != nil && pack[2] == "pack":
			l.packs[pack[1]] = entry.Data
		case pack != nil && pack[2] == "idx":
			indexes[pack[1]] = true
		case pack == nil && !graphFile.MatchString(name):
			return nil, Errorf("%s", entry.Path)
		}
	}
	for name := range l.packs {
		if !indexes[name] {
			return nil, Errorf("a pack without an index")
		}
	}
	return l.store, l.unpack()
}

// loose reads an object that has its own file.
// https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
func (l *loader) loose(id string, data []byte) error {
	inflated, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return Errorf("the object %s", id)
	}
	content, err := io.ReadAll(io.LimitReader(inflated, kit.ObjectLimits.Item+64))
	if err != nil {
		return Errorf("the object %s", id)
	}
	if err := l.budget.Take(l.ctx, "", int64(len(content))); err != nil {
		return err
	}
	header, body, found := bytes.Cut(content, []byte{0})
	kind, size, _ := strings.Cut(string(header[:min(len(header), 64)]), " ")
	kindOf, err := plumbing.ParseObjectType(kind)
	if length, sizeErr := strconv.Atoi(size); !found || err != nil || sizeErr != nil || length != len(body) {
		return Errorf("the object %s", id)
	}
	hash, err := l.store.SetEncodedObject(NewObject(kindOf, body, plumbing.ZeroHash))
	if err == nil && hash.String() != id {
		return Errorf("the object %s", id)
	}
	return err
}

// unpack reads the packs.
func (l *loader) unpack() error {
	for _, pack := range l.packs {
		if err := l.boundPack(pack); err != nil {
			return err
		}
	}
	for _, pack := range l.packs {
		parser, err := packfile.NewParserWithStorage(packfile.NewScanner(bytes.NewReader(pack)), l.store)
		if err == nil {
			_, err = parser.Parse()
		}
		if err != nil {
			return Errorf("a pack: %v", err)
		}
	}
	return nil
}

// boundPack walks a pack without storing anything, and checks the sizes of its objects
// against the budget. The scanner refuses an object that is larger than it claims.
func (l *loader) boundPack(pack []byte) error {
	scanner := packfile.NewScanner(bytes.NewReader(pack))
	_, count, err := scanner.Header()
	if err != nil || int64(count) > kit.ObjectLimits.Items {
		return Errorf("the head of a pack")
	}
	for range count {
		header, err := scanner.NextObjectHeader()
		if err != nil {
			return Errorf("a pack: %v", err)
		}
		if err := l.budget.Take(l.ctx, "", header.Length); err != nil {
			return err
		}
		head := &headWriter{}
		if _, _, err := scanner.NextObject(head); err != nil {
			return Errorf("a pack: %v", err)
		}
		if header.Type != plumbing.OFSDeltaObject && header.Type != plumbing.REFDeltaObject {
			continue
		}
		if err := l.budget.Take(l.ctx, "", targetSize(head.data)); err != nil {
			return err
		}
	}
	return nil
}

// targetSize reads the size of a delta's result from its header; -1 if it can't be read.
// https://git-scm.com/docs/pack-format#_deltified_representation
func targetSize(delta []byte) int64 {
	_, n := binary.Uvarint(delta)
	if n <= 0 {
		return -1
	}
	size, n := binary.Uvarint(delta[n:])
	if n <= 0 || size > uint64(kit.ObjectLimits.Item) {
		return -1
	}
	return int64(size)
}

// headWriter stores the first bytes and discards the rest.
type headWriter struct{ data []byte }

func (h *headWriter) Write(b []byte) (int, error) {
	h.data = append(h.data, b[:min(len(b), 32-min(32, len(h.data)))]...)
	return len(b), nil
}

// given is an object with a given ID.
type given struct {
	plumbing.MemoryObject
	id plumbing.Hash
}

// Hash returns the ID.
func (o *given) Hash() plumbing.Hash { return o.id }

// newObject makes an object in memory. Without an ID, its ID is the hash of its content.
func NewObject(kind plumbing.ObjectType, content []byte, id plumbing.Hash) *given {
	if id.IsZero() {
		id = plumbing.ComputeHash(kind, content)
	}
	o := &given{id: id}
	o.SetType(kind)
	_, _ = o.Write(content) // into memory
	return o
}
